package values

import "go/types"

// CanSpell reports whether code of pkg can write a type: the names in it, and the fields of structs that have no name.
func CanSpell(t types.Type, pkg *types.Package) bool {
	can := func(t types.Type) bool { return CanSpell(t, pkg) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return Unreachable(t, pkg) == nil
	case *types.Pointer:
		return can(t.Elem())
	case *types.Slice:
		return can(t.Elem())
	case *types.Array:
		return can(t.Elem())
	case *types.Chan:
		return can(t.Elem())
	case *types.Map:
		return can(t.Key()) && can(t.Elem())
	case *types.Signature:
		return can(t.Params()) && can(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if !can(v.Type()) {
				return false
			}
		}
	case *types.Struct:
		for field := range t.Fields() {
			if !field.Exported() && !SamePackage(field.Pkg(), pkg) || !can(field.Type()) {
				return false
			}
		}
	case *types.Interface:
		for method := range t.ExplicitMethods() {
			if !method.Exported() && !SamePackage(method.Pkg(), pkg) || !can(method.Type()) {
				return false
			}
		}
		for embedded := range t.EmbeddedTypes() {
			if !can(embedded) {
				return false
			}
		}
	}
	return true
}
