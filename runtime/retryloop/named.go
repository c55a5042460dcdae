package retryloop

import (
	"encoding/json"
	"errors"
	"reflect"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// Named is an error that a policy names, as it goes from the process of a worker to that of a caller.
type Named struct {
	name string
	is   func(err error) bool // the error itself is it, and not one that wraps it
	find func(err error) (value json.RawMessage, found bool)
	make func(value json.RawMessage) error // nil if it cannot
}

// NamedValue is a variable or constant: both processes know its value by its name.
func NamedValue(name string, value error) Named {
	return Named{
		name: name,
		is:   func(err error) bool { return value != nil && isComparable(err) && err == value },
		find: func(err error) (json.RawMessage, bool) { return nil, value != nil && errors.Is(err, value) },
		make: func(json.RawMessage) error { return value },
	}
}

// NamedType is a type: what JSON carries of its value goes from one process to the other.
func NamedType[T error](name string) Named {
	return Named{
		name: name,
		is:   func(err error) bool { _, ok := err.(T); return ok },
		find: func(err error) (json.RawMessage, bool) {
			found, ok := errs.As[T](err)
			if !ok {
				return nil, false
			}
			data, err := encodeFields(reflect.ValueOf(&found).Elem())
			return data, err == nil
		},
		make: func(value json.RawMessage) error {
			var made T
			if err := decodeFields(value, reflect.ValueOf(&made).Elem()); err != nil {
				return nil
			}
			return made
		},
	}
}

// isComparable reports whether == on an error does not panic.
func isComparable(err error) bool { return reflect.ValueOf(err).Comparable() }

var errorType = reflect.TypeFor[error]()

// encodeFields is json.Marshal, but for the structs of most error types: fields that JSON cannot write are left out, and
// errors in fields are kept as texts.
func encodeFields(v reflect.Value) (json.RawMessage, error) {
	fields := fieldsOf(v)
	if !fields.IsValid() {
		return json.Marshal(v.Interface())
	}
	object := map[string]json.RawMessage{}
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		value := fields.Field(i).Interface()
		if err, ok := value.(error); ok && field.Type == errorType {
			value = err.Error()
		}
		if data, err := json.Marshal(value); err == nil {
			object[field.Name] = data
		}
	}
	return json.Marshal(object)
}

// decodeFields puts what encodeFields returned into a variable.
func decodeFields(data json.RawMessage, v reflect.Value) error {
	if v.Kind() == reflect.Pointer && string(data) != "null" {
		v.Set(reflect.New(v.Type().Elem()))
	}
	fields := fieldsOf(v)
	if !fields.IsValid() {
		return json.Unmarshal(data, v.Addr().Interface())
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		part, ok := object[field.Name]
		if !ok || !field.IsExported() {
			continue
		}
		var err error
		if field.Type == errorType {
			err = decodeText(part, fields.Field(i))
		} else {
			err = json.Unmarshal(part, fields.Field(i).Addr().Interface())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decodeText puts the text of an error into a field that holds an error.
func decodeText(data json.RawMessage, field reflect.Value) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return err
	}
	field.Set(reflect.ValueOf(errors.New(*text)))
	return nil
}

// fieldsOf returns the struct of an error that has no JSON encoding of its own: the value, or what it points to. Otherwise
// it returns the zero Value.
func fieldsOf(v reflect.Value) reflect.Value {
	if codes(v.Type()) {
		return reflect.Value{}
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.Struct || codes(v.Type()) {
		return reflect.Value{}
	}
	return v
}
