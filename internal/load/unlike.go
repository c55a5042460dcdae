package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// unlike says how the declarations differ that a name has on different platforms, all of which build the file use: what is
// generated for that file is the same on each, and can fit only one of them. It is "" where they are alike, as far as
// their syntax shows. Where method is not empty, it is about that method of a type. Types are alike whatever they are,
// unless exactly is true.
func (r *Run) unlike(u *Unit, object types.Object, method string, exactly bool, use *ast.File) string {
	s := u.Source(use)
	if s == nil || object.Pkg() == nil {
		return ""
	}
	f := u.Folder
	if path := object.Pkg().Path(); path != u.Path {
		if f = r.dependence(s).folder(path); f == nil {
			return ""
		}
	}
	name := object.Name()
	if method != "" {
		name += "." + method
	}
	var first *declaration
	for _, one := range f.declarations()[name] {
		switch {
		case one.source.File.Name.Name != object.Pkg().Name():
		case always(f.Dir, one.source, s):
			return "" // a build with another one as well would fail
		case first == nil:
			first = &one
		case !first.like(&one) || exactly && first.typeText() != one.typeText():
			return fmt.Sprintf("%s is declared in %s and in %s, not alike", name, first.source.Name, one.source.Name)
		}
	}
	return ""
}

// like reports whether what uses one declaration can use another one: both are types, or both are functions or values
// whose types are written alike or not at all.
func (d *declaration) like(other *declaration) bool {
	one, two := d.kind(), other.kind()
	return one == two || one == "" && two != typeKind || two == "" && one != typeKind
}

// typeKind is the kind of a declared type.
const typeKind = "type"

// kind spells the type of a function or value without names of parameters, "" where it is not written.
func (d *declaration) kind() string {
	if len(d.nodes) == 0 {
		return ""
	}
	switch n := d.nodes[0].(type) {
	case *ast.TypeSpec:
		return typeKind
	case *ast.FuncLit:
		return spelled(n.Type)
	case *ast.FuncType:
		return spelled(n)
	}
	return ""
}

// spelled spells a function type without names.
func spelled(t *ast.FuncType) string {
	var b strings.Builder
	for _, list := range []*ast.FieldList{t.TypeParams, t.Params, t.Results} {
		b.WriteByte('(')
		if list != nil {
			for _, field := range list.List {
				b.WriteString(strings.Repeat(types.ExprString(field.Type)+", ", max(1, len(field.Names))))
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

// typeText spells what a type is declared as, methods of an interface without names of parameters; "" for anything else.
func (d *declaration) typeText() string {
	if len(d.nodes) == 0 {
		return ""
	}
	spec, ok := d.nodes[0].(*ast.TypeSpec)
	if !ok {
		return ""
	}
	iface, ok := spec.Type.(*ast.InterfaceType)
	if !ok {
		return types.ExprString(spec.Type)
	}
	var methods []string
	for _, field := range iface.Methods.List {
		text := types.ExprString(field.Type)
		if fn, ok := field.Type.(*ast.FuncType); ok {
			text = field.Names[0].Name + spelled(fn)
		}
		methods = append(methods, text)
	}
	slices.Sort(methods)
	return "interface " + strings.Join(methods, "; ")
}
