package values

import "go/types"

// Form says how the values of a type are written to the key of a recorded call, which identifies it.
type Form int

// The forms.
const (
	NoForm           Form = iota // they cannot be written
	BasicForm                    // by value
	BytesForm                    // a slice of bytes
	PointerForm                  // by what it points to
	SliceForm                    // by the elements
	ArrayForm                    // by the elements
	MapForm                      // by the entries
	StructForm                   // by the fields
	KeyedForm                    // by RetryKey
	KeyedPointer                 // by RetryKey, which the pointer has
	MarshaledForm                // by the encoding that the type has for itself
	MarshaledPointer             // by the encoding that the pointer has
	TimeForm                     // time.Time
	URLForm                      // url.URL
	UserinfoForm                 // url.Userinfo
	ParameterForm                // a type parameter, which stands for basic types alone
)

// FormOf returns the form of a type as code of pkg sees it, or NoForm with the reason. It does not look at what the type
// holds.
func FormOf(t types.Type, pkg *types.Package) (form Form, why string) {
	t = types.Unalias(t)
	if form = formByName(t); form != NoForm {
		return form, ""
	}
	if param, ok := t.(*types.TypeParam); ok {
		if basicOnly(param.Constraint(), keyBasic) {
			return ParameterForm, ""
		}
		return NoForm, "the constraint of " + param.Obj().Name() +
			" allows types that cannot be; constrain it to basic types, as cmp.Ordered does, or to a RetryKey() string"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return formOfBasic(u)
	case *types.Pointer:
		return PointerForm, ""
	case *types.Slice:
		if types.Identical(u.Elem(), types.Typ[types.Byte]) {
			return BytesForm, ""
		}
		return SliceForm, ""
	case *types.Array:
		return ArrayForm, ""
	case *types.Map:
		return MapForm, ""
	case *types.Struct:
		return formOfStruct(t, u, pkg)
	case *types.Interface:
		return NoForm, "what it holds is not known; use a concrete type, or add RetryKey() string to the interface"
	}
	return NoForm, "such values cannot be compared"
}

// formByName returns the form of types that are known by name or that have a RetryKey.
func formByName(t types.Type) Form {
	switch {
	case IsNamed(t, "time", "Time"):
		return TimeForm
	case IsNamed(t, "net/url", "URL"):
		return URLForm
	case IsNamed(t, "net/url", "Userinfo"):
		return UserinfoForm
	case saysKey(t):
		return KeyedForm
	case saysKey(types.NewPointer(t)):
		return KeyedPointer
	}
	return NoForm
}

func formOfBasic(t *types.Basic) (Form, string) {
	switch t.Kind() {
	case types.UnsafePointer:
		return NoForm, "the pointer says nothing about what it points to"
	case types.Invalid:
		return NoForm, "its type cannot be determined; does the package build?"
	}
	return BasicForm, ""
}

// formOfStruct returns the form of a struct. Unexported fields of another package cannot be read from here.
func formOfStruct(t types.Type, u *types.Struct, pkg *types.Package) (Form, string) {
	for field := range u.Fields() {
		if field.Exported() || SamePackage(field.Pkg(), pkg) {
			if obj := Unreachable(field.Type(), pkg); obj != nil && field.Name() != "_" {
				return NoForm, "its field " + field.Name() + " has a type that package " + pkg.Path() + " cannot name"
			}
			continue
		}
		switch {
		case IsNamed(t, "math/big", "Float"):
			return NoForm, "its encoding leaves out precision and mode; use the result of its Text method"
		case IsNamed(t, "regexp", "Regexp"):
			return NoForm, "its text leaves out how it was compiled; use the expression, and compile it within the task"
		case encodes(t):
			return MarshaledForm, ""
		case encodes(types.NewPointer(t)):
			return MarshaledPointer, ""
		}
		return NoForm, "it has unexported fields of package " + field.Pkg().Path() + "; " +
			"add a method RetryKey() string to the type, or make the task a method of a type that holds it"
	}
	if HoldsLock(t) {
		return NoForm, holdsLock
	}
	return StructForm, ""
}

const holdsLock = "it holds a lock, which reading it field by field would copy; " +
	"add a method RetryKey() string to it, and use pointers to it"
