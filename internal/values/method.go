package values

import "go/types"

// method finds a method that a type declares itself, or that an interface or constraint asks for. A method that a struct
// has from an embedded field says nothing about the other fields.
func method(t types.Type, name string) *types.Signature {
	object, index, _ := types.LookupFieldOrMethod(t, false, nil, name)
	fn, ok := object.(*types.Func)
	if !ok {
		return nil
	}
	if len(index) != 1 && !types.IsInterface(t) {
		return nil
	}
	return fn.Signature()
}

// saysKey reports whether a type has a RetryKey() string.
func saysKey(t types.Type) bool {
	sig := method(t, "RetryKey")
	return sig != nil && sig.Params().Len() == 0 && sig.Results().Len() == 1 &&
		types.Identical(sig.Results().At(0).Type(), types.Typ[types.String])
}

// encodes reports whether a type has an encoding for itself.
func encodes(t types.Type) bool {
	bytes := types.NewSlice(types.Typ[types.Byte])
	for _, form := range []struct {
		name    string
		appends bool
	}{{"AppendBinary", true}, {"MarshalBinary", false}, {"AppendText", true}, {"MarshalText", false}} {
		sig := method(t, form.name)
		if sig == nil || sig.Results().Len() != 2 || !types.Identical(sig.Results().At(0).Type(), bytes) ||
			!IsError(sig.Results().At(1).Type()) {
			continue
		}
		if form.appends {
			if sig.Params().Len() == 1 && types.Identical(sig.Params().At(0).Type(), bytes) {
				return true
			}
		} else if sig.Params().Len() == 0 {
			return true
		}
	}
	return false
}

// codings are the methods by which a type decides itself what its JSON is.
var codings = []string{
	"MarshalJSON", "MarshalJSONTo", "MarshalText", "AppendText", "UnmarshalJSON", "UnmarshalJSONFrom", "UnmarshalText",
}

// ownCoding names a method by which a type, or a pointer to it, decides itself what its JSON is, "" if there is none. The
// method may come from an embedded field.
func ownCoding(t types.Type) string {
	if _, pointer := types.Unalias(t).(*types.Pointer); pointer || types.IsInterface(t) {
		return "" // what it points to is asked by itself
	}
	for _, name := range codings {
		if object, _, _ := types.LookupFieldOrMethod(t, true, nil, name); object != nil {
			if _, ok := object.(*types.Func); ok {
				return name
			}
		}
	}
	return ""
}
