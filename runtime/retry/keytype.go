package retry

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
)

// Identity adds a receiver as what it is rather than what it holds: a pointer by what it points to, anything else by
// ==. The run keeps it alive, so that nothing else takes its place. One that cannot be compared is equal to none.
func (k *Key) Identity(receiver any) {
	if k.run == nil {
		return // the run has ended: nothing is looked up
	}
	if !reflect.ValueOf(receiver).Comparable() {
		receiver = new(byte)
	}
	k.local = binary.AppendUvarint(k.local, k.run.number(receiver))
}

// AddType adds a type argument.
func AddType[T any](k *Key) {
	t := reflect.TypeFor[T]()
	switch {
	case !k.durable && k.run != nil:
		k.local = binary.AppendUvarint(k.local, k.run.number(t))
	case k.durable:
		k.typeShape(t)
		if codes(t) || codes(reflect.PointerTo(t)) {
			k.fail(fmt.Errorf("type argument %v says itself what its JSON is, which need not come back equal", t))
		}
	}
}

// codes reports whether a type says itself what its JSON is.
func codes(t reflect.Type) bool {
	for _, name := range []string{"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"} {
		if _, ok := t.MethodByName(name); ok {
			return true
		}
	}
	return false
}

// fail notes why the call cannot be told apart, the first reason.
func (k *Key) fail(why error) {
	if k.err == nil {
		k.err = why
	}
}

// AddBasic adds a value of a type parameter whose constraint lets in basic types alone, or slices of bytes.
func AddBasic[T any](k *Key, value T) {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Bool:
		k.Bool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		k.Int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		k.Uint(v.Uint())
	case reflect.Float32, reflect.Float64:
		k.Float(v.Float())
	case reflect.Complex64, reflect.Complex128:
		k.Complex(v.Complex())
	case reflect.String:
		k.String(v.String())
	case reflect.Slice:
		k.Bytes(v.Bytes())
	default:
		k.fail(fmt.Errorf("an argument of type %T cannot be told apart", value))
	}
}

// typeName adds a type by the name it has in every process, and its kind.
func (k *Key) typeName(t reflect.Type) {
	var s speller
	s.spell(t)
	k.String(s.text.String())
}

// typeShape adds a type by its name and the names and types of its fields: two types that functions declare may have
// the same name.
func (k *Key) typeShape(t reflect.Type) {
	s := speller{seen: map[reflect.Type]bool{}}
	s.spell(t)
	k.String(s.text.String())
}

// speller spells types, those without a name by what they are made of.
type speller struct {
	text strings.Builder
	seen map[reflect.Type]bool // types with names that have been spelled out; nil where none is
}

func (s *speller) spell(t reflect.Type) {
	if t.Name() != "" {
		s.text.WriteString(t.PkgPath() + "." + t.Name() + " " + t.Kind().String())
		if t.PkgPath() == "" || s.seen == nil || s.seen[t] {
			return
		}
		s.seen[t] = true
		s.text.WriteString(" ")
	}
	switch t.Kind() {
	case reflect.Pointer:
		s.part("*", t.Elem())
	case reflect.Slice:
		s.part("[]", t.Elem())
	case reflect.Array:
		s.part(fmt.Sprintf("[%d]", t.Len()), t.Elem())
	case reflect.Chan:
		s.part(t.ChanDir().String()+" ", t.Elem())
	case reflect.Map:
		s.part("map[", t.Key())
		s.part("]", t.Elem())
	case reflect.Func:
		s.function(t)
	case reflect.Struct:
		s.text.WriteString("struct{")
		for i := range t.NumField() {
			field := t.Field(i)
			s.part(fmt.Sprintf("%s.%s %t %q ", field.PkgPath, field.Name, field.Anonymous, field.Tag), field.Type)
			s.text.WriteString("; ")
		}
		s.text.WriteString("}")
	case reflect.Interface:
		s.text.WriteString("interface{")
		for i := range t.NumMethod() {
			method := t.Method(i)
			s.part(method.PkgPath+"."+method.Name+" ", method.Type)
			s.text.WriteString("; ")
		}
		s.text.WriteString("}")
	}
}

func (s *speller) part(before string, t reflect.Type) {
	s.text.WriteString(before)
	s.spell(t)
}

func (s *speller) function(t reflect.Type) {
	s.text.WriteString("func(")
	for i := range t.NumIn() {
		s.part("", t.In(i))
		s.text.WriteString(", ")
	}
	fmt.Fprintf(&s.text, "%t)(", t.IsVariadic())
	for i := range t.NumOut() {
		s.part("", t.Out(i))
		s.text.WriteString(", ")
	}
	s.text.WriteString(")")
}
