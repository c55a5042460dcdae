package values

import "go/types"

// Told reports whether code of pkg can identify values of a type: write all of each to a key.
func Told(t types.Type, pkg *types.Package) bool { return Untold(t, pkg, "") == "" }

// Untold says what part of a type code of pkg cannot write to a key, "" if it can write everything. The message begins
// with the path to that part.
func Untold(t types.Type, pkg *types.Package, path string) (why string) {
	Walk(t, path, func(n *Node) Next {
		if n.Held == Field && n.Object.Name() == "_" {
			return Skip
		}
		if n.Again {
			why = n.Path + " is " + spelled(n.Type, pkg) +
				" again: values of a type that holds itself may have cycles; add a method RetryKey() string to it"
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

// enter says whether the parts of a type are written to the key.
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
