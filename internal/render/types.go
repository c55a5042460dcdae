package render

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/dave/jennifer/jen"
)

// typeOf writes a type as the source would: aliases, names of parameters and the expressions behind array lengths
// are kept, so that the text does not depend on the platform it was checked under.
func (f *file) typeOf(t types.Type) *jen.Statement {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return f.imported("unsafe", "unsafe", "Pointer")
		}
		return jen.Id(t.Name())
	case *types.Alias:
		return f.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		return f.named(t.Obj(), t.TypeArgs())
	case *types.TypeParam:
		if name, ok := f.renamed[t]; ok {
			return jen.Id(name)
		}
		return jen.Id(t.Obj().Name())
	case *types.Pointer:
		return jen.Op("*").Add(f.typeOf(t.Elem()))
	case *types.Slice:
		return jen.Index().Add(f.typeOf(t.Elem()))
	case *types.Array:
		return jen.Index(f.length(t)).Add(f.typeOf(t.Elem()))
	case *types.Map:
		return jen.Map(f.typeOf(t.Key())).Add(f.typeOf(t.Elem()))
	case *types.Chan:
		return f.channel(t)
	case *types.Signature:
		return jen.Func().Add(f.signature(t))
	case *types.Struct:
		return f.structure(t)
	case *types.Interface:
		return f.interfaceType(t)
	case *types.Union:
		return f.union(t)
	}
	panic("generator: no way to write a " + t.String()) // go/types has no other kinds of type in a signature
}

// named writes the name of a declared type, with its type arguments.
func (f *file) named(object *types.TypeName, args *types.TypeList) *jen.Statement {
	var s *jen.Statement
	if pkg := object.Pkg(); pkg == nil || pkg.Path() == f.Path {
		s = jen.Id(object.Name())
	} else {
		s = f.imported(pkg.Path(), pkg.Name(), object.Name())
	}
	var list []jen.Code
	for arg := range args.Types() {
		list = append(list, f.typeOf(arg))
	}
	if len(list) > 0 {
		s.Types(list...)
	}
	return s
}

func (f *file) channel(t *types.Chan) *jen.Statement {
	elem := f.typeOf(t.Elem())
	switch t.Dir() {
	case types.SendOnly:
		return jen.Chan().Op("<-").Add(elem)
	case types.RecvOnly:
		return jen.Op("<-").Chan().Add(elem)
	}
	// chan (<-chan T) would read as (chan<- chan T) without the parentheses.
	if inner, ok := t.Elem().(*types.Chan); ok && inner.Dir() == types.RecvOnly {
		return jen.Chan().Parens(elem)
	}
	return jen.Chan().Add(elem)
}

// signature writes the parameters and results of a function type.
func (f *file) signature(sig *types.Signature) *jen.Statement {
	s := jen.Params(f.tuple(sig.Params(), sig.Variadic())...)
	results := f.tuple(sig.Results(), false)
	switch {
	case len(results) == 0:
	case len(results) == 1 && !spelled(sig.Results()):
		s.Add(results[0])
	default:
		s.Params(results...)
	}
	return s
}

func (f *file) tuple(tuple *types.Tuple, variadic bool) []jen.Code {
	var list []jen.Code
	named := spelled(tuple)
	for i := range tuple.Len() {
		v := tuple.At(i)
		t := f.parameter(v.Type(), variadic && i == tuple.Len()-1)
		if named {
			t = jen.Id(v.Name()).Add(t)
		}
		list = append(list, t)
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
func (f *file) parameter(t types.Type, variadic bool) *jen.Statement {
	if variadic {
		if slice, ok := t.(*types.Slice); ok {
			return jen.Op("...").Add(f.typeOf(slice.Elem()))
		}
	}
	return f.typeOf(t)
}

func (f *file) structure(t *types.Struct) *jen.Statement {
	var fields []jen.Code
	for i := range t.NumFields() {
		field := t.Field(i)
		s := f.typeOf(field.Type())
		if !field.Embedded() {
			s = jen.Id(field.Name()).Add(s)
		}
		if tag := t.Tag(i); tag != "" {
			s.Op(strconv.Quote(tag))
		}
		fields = append(fields, s)
	}
	return jen.Struct(fields...)
}

func (f *file) interfaceType(t *types.Interface) *jen.Statement {
	if t.IsImplicit() && t.NumEmbeddeds() == 1 {
		return f.typeOf(t.EmbeddedType(0))
	}
	if t.NumExplicitMethods() == 0 && t.NumEmbeddeds() == 0 {
		return jen.Interface()
	}
	var elems []jen.Code
	for method := range t.ExplicitMethods() {
		elems = append(elems, jen.Id(method.Name()).Add(f.signature(method.Signature())))
	}
	for embedded := range t.EmbeddedTypes() {
		elems = append(elems, f.typeOf(embedded))
	}
	return jen.Interface(elems...)
}

func (f *file) union(t *types.Union) *jen.Statement {
	s := jen.Null()
	for i := range t.Len() {
		if i > 0 {
			s.Op("|")
		}
		if t.Term(i).Tilde() {
			s.Op("~")
		}
		s.Add(f.typeOf(t.Term(i).Type()))
	}
	return s
}

// length writes the length of an array: as the source has it where that can be repeated here.
func (f *file) length(t *types.Array) *jen.Statement {
	if expr := f.lengths[t]; expr != nil {
		if s := f.constantExpr(expr); s != nil {
			return s
		}
	}
	return jen.Op(strconv.FormatInt(t.Len(), 10))
}

// constantExpr repeats a constant expression of the source, nil if it holds what cannot be repeated.
func (f *file) constantExpr(expr ast.Expr) *jen.Statement {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return jen.Op(e.Value)
	case *ast.ParenExpr:
		if x := f.constantExpr(e.X); x != nil {
			return jen.Parens(x)
		}
	case *ast.BinaryExpr:
		x, y := f.constantExpr(e.X), f.constantExpr(e.Y)
		if x != nil && y != nil {
			return x.Op(e.Op.String()).Add(y)
		}
	case *ast.Ident:
		if object, ok := f.Types.Scope().Lookup(e.Name).(*types.Const); ok && object.Val().Kind() != constant.Unknown {
			return jen.Id(e.Name)
		}
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		if !ok {
			return nil
		}
		for _, pkg := range f.Types.Imports() {
			if object, ok := pkg.Scope().Lookup(e.Sel.Name).(*types.Const); ok && f.sourceName(pkg.Path(), pkg.Name()) == id.Name {
				return f.imported(pkg.Path(), pkg.Name(), object.Name())
			}
		}
	}
	return nil
}

// typeParams writes a list of type parameters with their constraints, blank ones by the names given to them.
func (f *file) typeParams(list *types.TypeParamList) []jen.Code {
	var params []jen.Code
	for param := range list.TypeParams() {
		params = append(params, f.typeOf(param).Add(f.typeOf(param.Constraint())))
	}
	return params
}

// typeNames writes a list of type parameters as arguments.
func (f *file) typeNames(list *types.TypeParamList) []jen.Code {
	var names []jen.Code
	for param := range list.TypeParams() {
		names = append(names, f.typeOf(param))
	}
	return names
}

// zero writes the zero value of a type.
func (f *file) zero(t types.Type) *jen.Statement {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return jen.Op("*").New(f.typeOf(t))
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return jen.False()
		case u.Info()&types.IsNumeric != 0:
			return jen.Lit(0)
		case u.Info()&types.IsString != 0:
			return jen.Lit("")
		case u.Kind() == types.Invalid:
			return jen.Op("*").New(f.typeOf(t))
		}
	case *types.Struct, *types.Array:
		return f.typeOf(t).Values()
	}
	return jen.Nil()
}

// lengthsOf maps the array types of files to the expressions of their lengths.
func lengthsOf(info *types.Info) map[*types.Array]ast.Expr {
	lengths := map[*types.Array]ast.Expr{}
	for expr, tv := range info.Types {
		array, ok := expr.(*ast.ArrayType)
		if !ok || array.Len == nil {
			continue
		}
		if t, ok := tv.Type.(*types.Array); ok {
			lengths[t] = array.Len
		}
	}
	return lengths
}
