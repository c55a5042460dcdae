package values

import "go/types"

// Told reports whether values of a type can be told apart by code of pkg.
func Told(t types.Type, pkg *types.Package) bool { return Untold(t, pkg, "") == "" }

// Untold says what of a type cannot be told apart in a key, "" if everything can. The path leads to it.
func Untold(t types.Type, pkg *types.Package, path string) (why string) {
	Walk(t, path, func(n *Node) Next {
		if n.Held == Field && n.Object.Name() == "_" {
			return Skip
		}
		if n.Again {
			why = n.Path + " is " + spelled(n.Type, pkg) + " again: a type that holds itself may go round in circles; add a method RetryKey() string to it"
			return Stop
		}
		form, lacks := FormOf(n.Type, pkg)
		if form != ArrayForm && n.Held == Element && lacks == "" && HoldsLock(n.Type) {
			lacks = holdsLock // what slices, arrays and maps hold is copied to be read
		}
		if lacks != "" {
			why = n.Path + " is " + spelled(n.Type, pkg) + ": " + lacks
			return Stop
		}
		return form.enter()
	})
	return why
}

// enter says whether what a type holds tells its values apart.
func (f Form) enter() Next {
	switch f {
	case PointerForm, SliceForm, ArrayForm, MapForm, StructForm:
		return Enter
	}
	return Skip
}

// spelled writes a type as code of pkg would.
func spelled(t types.Type, pkg *types.Package) string {
	return types.TypeString(t, func(other *types.Package) string {
		if SamePackage(other, pkg) {
			return ""
		}
		return other.Name()
	})
}
