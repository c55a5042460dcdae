package values

import "go/types"

// Form says how the values of a type are told apart in the key of a recorded call.
type Form int

// The forms.
const (
	NoForm           Form = iota // they cannot be told apart
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
			" lets in types that cannot; constrain it to basic types, as cmp.Ordered does, or to a RetryKey() string"
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
		return NoForm, "what it holds is not known here; take a type of its own, or add RetryKey() string to the interface"
	}
	return NoForm, "two of them cannot be compared"
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
		return NoForm, "it says nothing about what it points to"
	case types.Invalid:
		return NoForm, "its type cannot be determined; does the package build?"
	}
	return BasicForm, ""
}

// formOfStruct returns the form of a struct. Fields that another package keeps to itself cannot be read from here.
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
			return NoForm, "its encoding leaves out precision and mode; take what its Text method gives"
		case IsNamed(t, "regexp", "Regexp"):
			return NoForm, "its text leaves out how it was compiled; take the expression, and compile it within the task"
		case encodes(t):
			return MarshaledForm, ""
		case encodes(types.NewPointer(t)):
			return MarshaledPointer, ""
		}
		return NoForm, "package " + field.Pkg().Path() + " keeps fields of it to itself; " +
			"add a method RetryKey() string to the type, or let the task be a method of a type that holds it"
	}
	if HoldsLock(t) {
		return NoForm, holdsLock
	}
	return StructForm, ""
}

const holdsLock = "it holds a lock, which reading it field by field would copy; " +
	"add a method RetryKey() string to it, and refer to it by pointers"
