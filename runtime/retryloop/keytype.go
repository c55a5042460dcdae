package retryloop

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
)

// Identity adds a receiver by its identity: a pointer by its address, anything else by ==. The run keeps it alive, so that
// nothing else gets its address. A receiver that cannot be compared is equal to no other.
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
			k.fail(fmt.Errorf("type argument %v has its own JSON encoding, which need not keep values equal", t))
		}
	}
}

// codes reports whether a type has its own JSON encoding.
func codes(t reflect.Type) bool {
	for _, name := range []string{"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"} {
		if _, ok := t.MethodByName(name); ok {
			return true
		}
	}
	return false
}

// fail notes why the call cannot be identified. The first reason counts.
func (k *Key) fail(why error) {
	if k.err == nil {
		k.err = why
	}
}

// AddBasic adds a value of a type parameter whose constraint admits only basic types and slices of bytes.
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
		k.fail(fmt.Errorf("an argument of type %T cannot be encoded", value))
	}
}

// typeName adds a type by its name and kind.
func (k *Key) typeName(t reflect.Type) {
	var s speller
	s.spell(t)
	k.String(s.text.String())
}

// typeShape adds a type by its name and the names and types of its fields, since types declared in functions may have
// the same name.
func (k *Key) typeShape(t reflect.Type) {
	s := speller{seen: map[reflect.Type]bool{}}
	s.spell(t)
	k.String(s.text.String())
}

// speller spells types. A type without a name is spelled by its parts.
type speller struct {
	text strings.Builder
	seen map[reflect.Type]bool // named types whose parts have been spelled; nil to spell none
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
