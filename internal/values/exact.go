package values

import (
	"go/types"
	"reflect"
	"strings"
	"unicode"
)

// Inexact says why encoding/json would not give values of a type back as they were, "" where it does. The path leads
// to what is wrong.
func Inexact(t types.Type, pkg *types.Package, path string) string {
	w := exactWalker{keyWalker{pkg: pkg}}
	return w.walk(t, path)
}

// exactWalker walks through what a type is made of.
type exactWalker struct{ keyWalker }

func (w *exactWalker) walk(t types.Type, path string) string {
	t = types.Unalias(t)
	wrong := func(why string) string { return path + " is " + w.spell(t) + ": " + why }
	if named, ok := t.(*types.Named); ok {
		if within(named, w.open) {
			return wrong("it holds itself, and JSON has no circles")
		}
		w.open = append(w.open, named)
		defer func() { w.open = w.open[:len(w.open)-1] }()
	}
	if IsBigInt(t) {
		return wrong("JSON finds how to write it behind a pointer alone; give back a *big.Int")
	}
	if ExactByItself(t) {
		return ""
	}
	if IsNamed(t, "time", "Time") {
		return wrong("JSON drops its monotonic reading and the name of its location; give back the Unix time, as int64, or its text")
	}
	if IsNamed(t, "encoding/json", "Number") {
		return wrong("an empty one is written as 0; give back a string")
	}
	if name := ownCoding(t); name != "" {
		return wrong("what its method " + name + " makes of it need not come back equal; give back a type of plain fields")
	}
	if param, ok := t.(*types.TypeParam); ok {
		if basicOnly(param.Constraint(), exactBasic) {
			return ""
		}
		return wrong("its constraint lets in types that JSON does not give back equal; constrain it to booleans, strings, integers and floats, as cmp.Ordered does")
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if !exactBasic(u) {
			return wrong("JSON has no such values")
		}
		return ""
	case *types.Pointer:
		if IsBigInt(u.Elem()) {
			return ""
		}
		switch types.Unalias(u.Elem()).Underlying().(type) {
		case *types.Pointer, *types.Slice, *types.Map:
			return wrong("JSON has one null for the pointer and what it points to")
		}
		return w.walk(u.Elem(), path)
	case *types.Slice:
		return w.walk(u.Elem(), path+"[]")
	case *types.Array:
		return w.walk(u.Elem(), path+"[]")
	case *types.Map:
		key, ok := u.Key().Underlying().(*types.Basic)
		if !ok || key.Info()&(types.IsString|types.IsInteger) == 0 || ownCoding(u.Key()) != "" {
			return wrong("JSON has maps with keys of strings and integers alone")
		}
		return w.walk(u.Elem(), path+"[]")
	case *types.Struct:
		return w.structure(u, path, map[string]string{})
	case *types.Interface:
		return wrong("JSON does not say which type it holds")
	}
	return wrong("JSON has no such values")
}

// structure checks the fields of a struct and of those embedded in it. Names maps the JSON names met so far, in lower
// case, to the fields that have them.
func (w *exactWalker) structure(s *types.Struct, path string, names map[string]string) string {
	for i := range s.NumFields() {
		field := s.Field(i)
		at := path + "." + field.Name()
		if field.Name() == "_" {
			continue
		}
		tag := reflect.StructTag(s.Tag(i)).Get("json")
		name, options, _ := strings.Cut(tag, ",")
		embedded, isStruct := types.Unalias(field.Type()).Underlying().(*types.Struct)
		if field.Embedded() && name == "" && isStruct && !ExactByItself(field.Type()) && ownCoding(field.Type()) == "" && !IsNamed(field.Type(), "time", "Time") {
			if why := w.structure(embedded, at, names); why != "" {
				return why
			}
			continue
		}
		switch {
		case !field.Exported():
			return at + " is unexported, so that JSON leaves it out; export it, or give back a type without it"
		case tag == "-":
			return at + ` has the tag json:"-", so that JSON leaves it out; drop the tag, or give back a type without it`
		case options != "":
			return at + " has the JSON option " + options + ", which does not keep every value; drop it"
		case !plainName(name):
			return at + " has the JSON name " + name + ", which encoding/json does not take; drop the tag"
		}
		if name == "" {
			name = field.Name()
		}
		folded := strings.ToLower(name)
		if other, ok := names[folded]; ok {
			return at + " has the same JSON name as " + other + " but for the case of letters; give it another in its tag"
		}
		names[folded] = at
		if _, pointer := field.Type().Underlying().(*types.Pointer); field.Embedded() && pointer {
			return at + " is an embedded pointer, which JSON flattens; give it a name"
		}
		if why := w.walk(field.Type(), at); why != "" {
			return why
		}
	}
	return ""
}

// plainName reports whether a name in a tag is one that encoding/json takes.
func plainName(name string) bool {
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return true
}

// exactBasic accepts the basic types whose values JSON gives back, those aside that it refuses.
func exactBasic(t types.Type) bool {
	u, ok := t.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	return u.Kind() != types.UnsafePointer && u.Info()&(types.IsBoolean|types.IsString|types.IsInteger|types.IsFloat) != 0 && ownCoding(t) == ""
}

// ExactByItself lists the types whose own encodings give every value back, but for addresses that are not valid, which
// are an error when they are recorded.
func ExactByItself(t types.Type) bool {
	return IsBigInt(t) || IsNamed(t, "net/netip", "Addr") || IsNamed(t, "net/netip", "AddrPort") || IsNamed(t, "net/netip", "Prefix")
}

// ownCoding names a method by which a type, or a pointer to it, says itself what its JSON is, "" for none. It may have
// it from an embedded field.
func ownCoding(t types.Type) string {
	if _, pointer := types.Unalias(t).(*types.Pointer); pointer || types.IsInterface(t) {
		return "" // what it points to is asked by itself
	}
	for _, name := range []string{"MarshalJSON", "MarshalJSONTo", "MarshalText", "AppendText", "UnmarshalJSON", "UnmarshalJSONFrom", "UnmarshalText"} {
		if object, _, _ := types.LookupFieldOrMethod(t, true, nil, name); object != nil {
			if _, ok := object.(*types.Func); ok {
				return name
			}
		}
	}
	return ""
}
