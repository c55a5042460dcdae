package retry

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
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
		var text strings.Builder
		spell(&text, t, nil)
		k.String(text.String())
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
func (k *Key) typeName(t reflect.Type) { k.String(nameOf(t)) }

func nameOf(t reflect.Type) string {
	if t.Name() != "" {
		return t.PkgPath() + "." + t.Name() + " " + t.Kind().String()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + nameOf(t.Elem())
	case reflect.Slice:
		return "[]" + nameOf(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), nameOf(t.Elem()))
	case reflect.Map:
		return "map[" + nameOf(t.Key()) + "]" + nameOf(t.Elem())
	}
	return t.String()
}

// spell writes a type as it is in every process: the path and name of a declared one, and what it is made of. Types
// that are declared within functions may share a name.
func spell(text *strings.Builder, t reflect.Type, open []reflect.Type) {
	if t.Name() != "" {
		text.WriteString(t.PkgPath() + "." + t.Name() + " ")
		if slices.Contains(open, t) {
			return
		}
		open = append(open, t)
	}
	text.WriteString(t.Kind().String())
	parts := func(before string, types ...reflect.Type) {
		text.WriteString(before + "(")
		for _, part := range types {
			spell(text, part, open)
			text.WriteString(",")
		}
		text.WriteString(")")
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		parts("", t.Elem())
	case reflect.Array:
		parts(strconv.Itoa(t.Len()), t.Elem())
	case reflect.Chan:
		parts(t.ChanDir().String(), t.Elem())
	case reflect.Map:
		parts("", t.Key(), t.Elem())
	case reflect.Func:
		parts("", slices.Collect(t.Ins())...)
		parts(strconv.FormatBool(t.IsVariadic()), slices.Collect(t.Outs())...)
	case reflect.Struct:
		for field := range t.Fields() {
			parts(fmt.Sprintf(" %s.%s %t %q", field.PkgPath, field.Name, field.Anonymous, field.Tag), field.Type)
		}
	case reflect.Interface:
		for method := range t.Methods() {
			parts(" "+method.PkgPath+"."+method.Name, method.Type)
		}
	}
}
