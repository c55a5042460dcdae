package values

import "go/types"

// Undetermined is what Unspelled says of a type that the type checker could not determine.
const Undetermined = "a type that cannot be determined"

// Unspelled says what code of pkg cannot write in a type as it stands, "" if it can write all of it. Names have to be
// exported and in a package that pkg can import, and structs and interfaces without a name must not have fields or methods
// that only another package can name. An alias that cannot be named is no obstacle if its type can be written.
func Unspelled(t types.Type, pkg *types.Package) (why string) {
	Spell(t, func(n *Node) Next {
		for {
			alias, ok := n.Type.(*types.Alias)
			if !ok || unnameable(alias.Obj(), pkg) == "" {
				break
			}
			n.Type = alias.Rhs()
		}
		why = unwritable(n, pkg)
		if why != "" {
			return Stop
		}
		return Enter
	})
	return why
}

// unwritable says why code of pkg cannot write a type, apart from what it holds.
func unwritable(n *Node, pkg *types.Package) string {
	if foreign(n.Object, pkg) && n.Held == Field {
		return "a struct with unexported fields of package " + n.Object.Pkg().Path()
	}
	if foreign(n.Object, pkg) {
		return "an interface with unexported methods of package " + n.Object.Pkg().Path()
	}
	switch t := n.Type.(type) {
	case *types.Basic:
		if t.Kind() == types.Invalid {
			return Undetermined
		}
		return hidden(t.Name(), t.Kind() == types.UnsafePointer || t.Name() == "byte" || t.Name() == "rune", pkg)
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return hidden(t.Obj().Name(), false, pkg)
		}
		return unnameable(t.Obj(), pkg)
	case *types.Alias:
		return unnameable(t.Obj(), pkg)
	}
	return ""
}

// hidden says why code of pkg cannot write a predeclared type: it declares something else under the name, and there is no
// other.
func hidden(name string, other bool, pkg *types.Package) string {
	if other || pkg.Scope().Lookup(name) == nil {
		return ""
	}
	return "the predeclared type " + name + ", which package " + pkg.Path() + " declares as something else"
}

// foreign reports whether a field or method is unexported, and of another package.
func foreign(object types.Object, pkg *types.Package) bool {
	return object != nil && !object.Exported() && object.Pkg() != nil && !SamePackage(object.Pkg(), pkg)
}

// unnameable says why code of pkg cannot name a declared type or alias, "" if it can.
func unnameable(object *types.TypeName, pkg *types.Package) string {
	other := object.Pkg()
	switch {
	case other == nil || SamePackage(other, pkg):
		return ""
	case !object.Exported():
		return other.Path() + "." + object.Name() + ", which that package does not export"
	case !CanImport(pkg.Path(), other.Path()):
		return other.Path() + "." + object.Name() + ", which is internal to another tree"
	}
	return ""
}

// CanSpell reports whether code of pkg can write a type without its aliases.
func CanSpell(t types.Type, pkg *types.Package) bool {
	return Spell(types.Unalias(t), func(n *Node) Next {
		if n.Type = types.Unalias(n.Type); unwritable(n, pkg) != "" {
			return Stop
		}
		return Enter
	})
}

// Unreachable returns a declared type that code of pkg would have to name to write a type, and cannot. It returns nil if
// there is none.
func Unreachable(t types.Type, pkg *types.Package) (found *types.TypeName) {
	Spell(t, func(n *Node) Next {
		n.Type = types.Unalias(n.Type)
		switch t := n.Type.(type) {
		case *types.Named:
			if unnameable(t.Obj(), pkg) != "" {
				found = t.Obj()
				return Stop
			}
			return Enter
		case *types.Pointer, *types.Slice, *types.Array, *types.Map:
			return Enter
		}
		return Skip
	})
	return found
}
