package retryloop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"unicode/utf8"
)

// DurableKey is [NewKey] for a task with checkpoint=durable, whose key is the same in every process.
func DurableKey(ctx context.Context, task, types string) Key {
	k := NewKey(ctx, task, types)
	k.durable = true
	k.text.wanted = k.run != nil && k.run.store != nil
	return k
}

// RecallDurable is [Recall] for a task with checkpoint=durable. In a run that has a store, the results are recorded as
// JSON and decoded anew for each call. The generator has made sure that values of type T survive this unchanged, except
// for what only a value shows: strings that are not UTF-8, NaN, infinities, and a [netip.AddrPort] or [netip.Prefix]
// that is neither valid nor zero. These are errors when the results are recorded.
func RecallDurable[T any](ctx context.Context, key *Key) (Checkpoint[T], error) {
	p := Checkpoint[T]{encode: encodeJSON[T], decode: decodeJSON[T]}
	err := p.recall(ctx, key)
	return p, err
}

func encodeJSON[T any](results T) ([]byte, error) {
	data, err := json.Marshal(results)
	if err != nil {
		return nil, err
	}
	if what, why := lost(reflect.ValueOf(results)); what != "" {
		return nil, fmt.Errorf("%s is not %s, so JSON would change it", what, why)
	}
	return data, nil
}

func decodeJSON[T any](data []byte, results *T) error {
	if err := decodeAll(data, results); err != nil {
		return fmt.Errorf("the record is damaged: %w", err)
	}
	return nil
}

// decodeAll decodes JSON into a variable of the very type that was encoded.
func decodeAll(data []byte, variable any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(variable); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("it has data after the results")
	}
	return nil
}

// lost finds a value that JSON changes, although it keeps other values of the type. It returns what and where the value
// is, and what it is not. If there is none, what is "".
func lost(v reflect.Value) (what, why string) {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return fmt.Sprintf("the text %q", v.String()), "UTF-8"
		}
	case reflect.Pointer, reflect.Interface:
		return lost(v.Elem())
	case reflect.Struct:
		return lostInStruct(v)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "", ""
		}
		for i := range v.Len() {
			if what, why = lost(v.Index(i)); what != "" {
				return what, why
			}
		}
	case reflect.Map:
		return lostInMap(v)
	}
	return "", ""
}

func lostInStruct(v reflect.Value) (what, why string) {
	if invalidAddress(v) {
		return "the " + v.Type().Name(), "valid"
	}
	for i := range v.NumField() {
		if what, why = lost(v.Field(i)); what != "" {
			return what + " in " + v.Type().Field(i).Name, why
		}
	}
	return "", ""
}

func lostInMap(v reflect.Value) (what, why string) {
	for entries := v.MapRange(); entries.Next(); {
		if what, why = lost(entries.Key()); what != "" {
			return what, why
		}
		if what, why = lost(entries.Value()); what != "" {
			return what, why
		}
	}
	return "", ""
}

// invalidAddress reports whether a value is an invalid address that is not zero: its text leaves parts of it out.
func invalidAddress(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch a := v.Interface().(type) {
	case netip.AddrPort:
		return !a.IsValid() && a != (netip.AddrPort{})
	case netip.Prefix:
		return !a.IsValid() && a != (netip.Prefix{})
	}
	return false
}
