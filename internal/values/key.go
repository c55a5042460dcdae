package values

import (
	"fmt"
	"go/types"
	"strings"
)

// Form says how the values of a type are told apart in the key of a call that is remembered.
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

// FormOf gives the form of a type as code of pkg sees it, NoForm with the reason where there is none. It does not look
// at what the type is made of.
func FormOf(t types.Type, pkg *types.Package) (form Form, why string) {
	t = types.Unalias(t)
	switch {
	case IsNamed(t, "time", "Time"):
		return TimeForm, ""
	case IsNamed(t, "net/url", "URL"):
		return URLForm, ""
	case IsNamed(t, "net/url", "Userinfo"):
		return UserinfoForm, ""
	case saysKey(t):
		return KeyedForm, ""
	case saysKey(types.NewPointer(t)):
		return KeyedPointer, ""
	}
	if param, ok := t.(*types.TypeParam); ok {
		if basicOnly(param.Constraint(), keyBasic) {
			return ParameterForm, ""
		}
		return NoForm, fmt.Sprintf("the constraint of %s lets in types that cannot; constrain it to basic types, as cmp.Ordered does, or to a RetryKey() string", param.Obj().Name())
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch u.Kind() {
		case types.UnsafePointer:
			return NoForm, "it says nothing about what it points to"
		case types.Invalid:
			return NoForm, "its type cannot be determined; does the package build?"
		}
		return BasicForm, ""
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

// formOfStruct gives the form of a struct. Fields that another package keeps to itself cannot be read from here.
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
		return NoForm, "package " + field.Pkg().Path() + " keeps fields of it to itself; add a method RetryKey() string to the type, or let the task be a method of a type that holds it"
	}
	if HoldsLock(t) {
		return NoForm, holdsLock
	}
	return StructForm, ""
}

const holdsLock = "it holds a lock, which reading it field by field would copy; add a method RetryKey() string to it, and refer to it by pointers"

func SamePackage(a, b *types.Package) bool {
	return a == b || a != nil && b != nil && a.Path() == b.Path()
}

// Unreachable finds a declared type within t that code of pkg cannot name, nil for none.
func Unreachable(t types.Type, pkg *types.Package) *types.TypeName {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() != nil && !SamePackage(obj.Pkg(), pkg) && (!obj.Exported() || !CanImport(pkg.Path(), obj.Pkg().Path())) {
			return obj
		}
		for arg := range t.TypeArgs().Types() {
			if obj := Unreachable(arg, pkg); obj != nil {
				return obj
			}
		}
	case *types.Pointer:
		return Unreachable(t.Elem(), pkg)
	case *types.Slice:
		return Unreachable(t.Elem(), pkg)
	case *types.Array:
		return Unreachable(t.Elem(), pkg)
	case *types.Map:
		if obj := Unreachable(t.Key(), pkg); obj != nil {
			return obj
		}
		return Unreachable(t.Elem(), pkg)
	}
	return nil
}

// method finds a method that a type declares itself, or that an interface or constraint asks for. One that a struct
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
		if sig == nil || sig.Results().Len() != 2 || !types.Identical(sig.Results().At(0).Type(), bytes) || !IsError(sig.Results().At(1).Type()) {
			continue
		}
		if form.appends && sig.Params().Len() == 1 && types.Identical(sig.Params().At(0).Type(), bytes) || !form.appends && sig.Params().Len() == 0 {
			return true
		}
	}
	return false
}

// basicOnly reports whether a type, or every type that a constraint lets in, is one that good accepts.
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

// keyBasic accepts the types whose values a key takes without knowing more.
func keyBasic(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer && u.Kind() != types.Invalid
	case *types.Slice:
		return types.Identical(u.Elem(), types.Typ[types.Byte])
	}
	return false
}

// Told reports whether values of a type can be told apart by code of pkg.
func Told(t types.Type, pkg *types.Package) bool { return Untold(t, pkg, "") == "" }

// Untold says what of a type cannot be told apart in a key, "" for nothing. The path leads to it.
func Untold(t types.Type, pkg *types.Package, path string) string {
	w := keyWalker{pkg: pkg}
	return w.walk(t, path)
}

// keyWalker walks through what a type is made of.
type keyWalker struct {
	pkg  *types.Package
	open []types.Type // the declared types that are being walked through
}

func (w *keyWalker) walk(t types.Type, path string) string {
	t = types.Unalias(t)
	if named, ok := t.(*types.Named); ok {
		if within(named, w.open) {
			return path + " is " + w.spell(t) + " again: a type that holds itself may go round in circles; add a method RetryKey() string to it"
		}
		w.open = append(w.open, named)
		defer func() { w.open = w.open[:len(w.open)-1] }()
	}
	form, why := FormOf(t, w.pkg)
	switch form {
	case NoForm:
		return path + " is " + w.spell(t) + ": " + why
	case PointerForm:
		return w.walk(t.Underlying().(*types.Pointer).Elem(), path)
	case SliceForm:
		return w.elements(t.Underlying().(*types.Slice).Elem(), path+"[]")
	case ArrayForm:
		return w.elements(t.Underlying().(*types.Array).Elem(), path+"[]")
	case MapForm:
		m := t.Underlying().(*types.Map)
		if why := w.walk(m.Key(), "a key of "+strings.TrimPrefix(path, "a key of ")); why != "" {
			return why
		}
		return w.elements(m.Elem(), path+"[]")
	case StructForm:
		for field := range t.Underlying().(*types.Struct).Fields() {
			if field.Name() == "_" {
				continue
			}
			if why := w.walk(field.Type(), path+"."+field.Name()); why != "" {
				return why
			}
		}
	}
	return ""
}

// elements walks through what a slice, array or map holds, which is copied to be read.
func (w *keyWalker) elements(t types.Type, path string) string {
	if why := w.walk(t, path); why != "" || !HoldsLock(t) {
		return why
	}
	return path + " is " + w.spell(t) + ": " + holdsLock
}

func (w *keyWalker) spell(t types.Type) string { return types.TypeString(t, inside(w.pkg)) }

// inside writes types as a package itself would.
func inside(pkg *types.Package) types.Qualifier {
	return func(other *types.Package) string {
		if SamePackage(other, pkg) {
			return ""
		}
		return other.Name()
	}
}
