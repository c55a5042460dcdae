package values

import "go/types"

// basicOnly reports whether good accepts a type or, if it is a constraint, every type that it allows.
func basicOnly(t types.Type, good func(types.Type) bool) bool {
	if union, ok := t.(*types.Union); ok {
		for term := range union.Terms() {
			if !basicOnly(term.Type(), good) {
				return false
			}
		}
		return true
	}
	constraint, ok := t.Underlying().(*types.Interface)
	if !ok {
		return good(t)
	}
	for embedded := range constraint.EmbeddedTypes() {
		if basicOnly(types.Unalias(embedded), good) {
			return true // what else the constraint asks for only narrows it
		}
	}
	return false
}

// keyBasic reports whether values of a type can be written to a key without knowing more.
func keyBasic(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer && u.Kind() != types.Invalid
	case *types.Slice:
		return types.Identical(u.Elem(), types.Typ[types.Byte])
	}
	return false
}

// exactBasic reports whether a type is a basic type whose values JSON returns.
func exactBasic(t types.Type) bool {
	u, ok := t.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	const exact = types.IsBoolean | types.IsString | types.IsInteger | types.IsFloat
	return u.Kind() != types.UnsafePointer && u.Info()&exact != 0 && ownCoding(t) == ""
}
