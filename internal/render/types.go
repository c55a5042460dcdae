package render

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/values"
)

// typer writes types. It knows what a function calls the type parameters in them.
type typer struct {
	*file
	params map[*types.TypeParam]*name
}

// typeOf writes a type as the source would: aliases, names of parameters and the expressions behind array lengths
// are kept, so that the text does not depend on the platform it was checked under.
func (t typer) typeOf(typ types.Type) code {
	switch typ := typ.(type) {
	case *types.Basic:
		return t.basic(typ)
	case *types.Alias:
		return t.alias(typ)
	case *types.Named:
		return t.named(typ.Obj(), typ.TypeArgs())
	case *types.TypeParam:
		if n := t.params[typ]; n != nil {
			return join(n)
		}
		return join(typ.Obj().Name())
	case *types.Pointer:
		return join("*", t.typeOf(typ.Elem()))
	case *types.Slice:
		return join("[]", t.typeOf(typ.Elem()))
	case *types.Array:
		return join("[", t.length(typ), "]", t.typeOf(typ.Elem()))
	case *types.Map:
		return join("map[", t.typeOf(typ.Key()), "]", t.typeOf(typ.Elem()))
	case *types.Chan:
		return t.channel(typ)
	case *types.Signature:
		return join("func", t.signature(typ))
	case *types.Struct:
		return t.structure(typ)
	case *types.Interface:
		return t.interfaceType(typ)
	case *types.Union:
		return t.union(typ)
	}
	panic("render: no way to write a " + typ.String()) // go/types has no other kinds of type in a signature
}

// basic writes a predeclared type, by its other name where the package hides one.
func (t typer) basic(typ *types.Basic) code {
	text := typ.Name()
	switch {
	case typ.Kind() == types.UnsafePointer:
		return t.selected("unsafe", "unsafe", "Pointer")
	case text == "byte" && t.hides(text):
		text = "uint8"
	case text == "rune" && t.hides(text):
		text = "int32"
	}
	return join(t.predeclared(text))
}

// alias writes an alias, or what it stands for where this package cannot name it.
func (t typer) alias(typ *types.Alias) code {
	object := typ.Obj()
	switch {
	case object.Pkg() == nil && t.hides(object.Name()): // any
		return t.typeOf(typ.Rhs())
	case object.Pkg() == nil || object.Pkg().Path() == t.Path:
	case !object.Exported() || !values.CanImport(t.Path, object.Pkg().Path()):
		return t.typeOf(typ.Rhs())
	}
	return t.named(object, typ.TypeArgs())
}

// named writes the name of a declared type, with its type arguments.
func (t typer) named(object *types.TypeName, args *types.TypeList) code {
	var list []code
	for arg := range args.Types() {
		list = append(list, t.typeOf(arg))
	}
	switch pkg := object.Pkg(); {
	case pkg == nil:
		return join(t.predeclared(object.Name()))
	case pkg.Path() == t.Path:
		return join(t.local(object.Name()), brackets(list))
	default:
		return join(t.selected(pkg.Path(), pkg.Name(), object.Name()), brackets(list))
	}
}

func (t typer) channel(typ *types.Chan) code {
	elem := t.typeOf(typ.Elem())
	switch typ.Dir() {
	case types.SendOnly:
		return join("chan<- ", elem)
	case types.RecvOnly:
		return join("<-chan ", elem)
	}
	// chan (<-chan T) would read as (chan<- chan T) without the parentheses.
	if inner, ok := typ.Elem().(*types.Chan); ok && inner.Dir() == types.RecvOnly {
		return join("chan (", elem, ")")
	}
	return join("chan ", elem)
}

// signature writes the parameters and results of a function type.
func (t typer) signature(sig *types.Signature) code {
	params := join("(", commas(t.tuple(sig.Params(), sig.Variadic())), ")")
	results := t.tuple(sig.Results(), false)
	switch {
	case len(results) == 0:
		return params
	case len(results) == 1 && !spelled(sig.Results()):
		return join(params, " ", results[0])
	}
	return join(params, " (", commas(results), ")")
}

func (t typer) tuple(tuple *types.Tuple, variadic bool) []code {
	var list []code
	named := spelled(tuple)
	for i := range tuple.Len() {
		v := tuple.At(i)
		c := t.parameter(v.Type(), variadic && i == tuple.Len()-1)
		if named {
			c = join(v.Name()+" ", c)
		}
		list = append(list, c)
	}
	return list
}

// spelled reports whether the source names the variables of a tuple. The compiler's export data has names of its own
// for some that the source leaves without, and they are no identifiers.
func spelled(tuple *types.Tuple) bool {
	for v := range tuple.Variables() {
		if !token.IsIdentifier(v.Name()) {
			return false
		}
	}
	return tuple.Len() > 0
}

// parameter writes the type of a parameter, with dots where it is variadic.
func (t typer) parameter(typ types.Type, variadic bool) code {
	if slice, ok := typ.(*types.Slice); ok && variadic {
		return join("...", t.typeOf(slice.Elem()))
	}
	return t.typeOf(typ)
}

func (t typer) structure(typ *types.Struct) code {
	if typ.NumFields() == 0 {
		return join("struct{}")
	}
	return join(fields("struct", t.fieldsOf(typ, true)))
}

// fieldsOf writes the fields of a struct, with or without their tags.
func (t typer) fieldsOf(typ *types.Struct, tags bool) []code {
	var list []code
	for i := range typ.NumFields() {
		field := typ.Field(i)
		c := t.typeOf(field.Type())
		if !field.Embedded() {
			c = join(field.Name(), gap, c)
		}
		if tag := typ.Tag(i); tags && tag != "" {
			c = join(c, gap, quoted(tag))
		}
		list = append(list, c)
	}
	return list
}

// quoted writes a tag between the quotes that need no escapes.
func quoted(tag string) string {
	if strings.ContainsRune(tag, '`') || !strconv.CanBackquote(tag) {
		return strconv.Quote(tag)
	}
	return "`" + tag + "`"
}

func (t typer) interfaceType(typ *types.Interface) code {
	if typ.IsImplicit() && typ.NumEmbeddeds() == 1 {
		return t.typeOf(typ.EmbeddedType(0))
	}
	if typ.NumExplicitMethods() == 0 && typ.NumEmbeddeds() == 0 {
		return join("interface{}")
	}
	var list []code
	for method := range typ.ExplicitMethods() {
		list = append(list, join(method.Name(), t.signature(method.Signature())))
	}
	for embedded := range typ.EmbeddedTypes() {
		list = append(list, t.typeOf(embedded))
	}
	return join(fields("interface", list))
}

func (t typer) union(typ *types.Union) code {
	var c code
	for i := range typ.Len() {
		if i > 0 {
			c = join(c, " | ")
		}
		if typ.Term(i).Tilde() {
			c = join(c, "~")
		}
		c = join(c, t.typeOf(typ.Term(i).Type()))
	}
	return c
}

// methodsOf maps the positions of the methods of a file's interfaces, and of its function types, to how they are written.
func methodsOf(source *ast.File) map[token.Pos]*ast.FuncType {
	methods := map[token.Pos]*ast.FuncType{}
	ast.Inspect(source, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.TypeSpec:
			if signature, ok := ast.Unparen(n.Type).(*ast.FuncType); ok {
				methods[n.Name.Pos()] = signature
			}
		case *ast.InterfaceType:
			for _, field := range n.Methods.List {
				if method, ok := field.Type.(*ast.FuncType); ok && len(field.Names) > 0 {
					methods[field.Names[0].Pos()] = method
				}
			}
		}
		return true
	})
	return methods
}
