package values

import "go/types"

// HoldsLock reports whether copying a value of the type copies a lock, by go vet's rule: the type, or a part of it,
// has Lock and Unlock methods on its pointer alone.
func HoldsLock(t types.Type) bool {
	return !Walk(t, "", func(n *Node) Next {
		if _, param := n.Type.(*types.TypeParam); param {
			return Skip
		}
		if named, ok := n.Type.(*types.Named); ok && !types.IsInterface(named) {
			pointer, value := types.NewMethodSet(types.NewPointer(named)), types.NewMethodSet(named)
			if has(pointer, "Lock") && has(pointer, "Unlock") && !has(value, "Lock") {
				return Stop
			}
		}
		return enterCopied(n)
	})
}

// EqualsItself reports whether every value of a type is equal to itself. A NaN is not, nor is anything that holds it.
func EqualsItself(t types.Type) bool {
	return Walk(t, "", func(n *Node) Next {
		switch u := n.Type.Underlying().(type) {
		case *types.Interface: // of a type parameter, too
			return Stop
		case *types.Basic:
			if u.Info()&(types.IsFloat|types.IsComplex) != 0 {
				return Stop
			}
		}
		return enterCopied(n)
	})
}

// enterCopied enters the types whose parts are copied with them.
func enterCopied(n *Node) Next {
	switch n.Type.Underlying().(type) {
	case *types.Array, *types.Struct:
		return Enter
	}
	return Skip
}

func has(methods *types.MethodSet, name string) bool {
	for method := range methods.Methods() {
		if method.Obj().Name() == name {
			return true
		}
	}
	return false
}
