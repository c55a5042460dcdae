package retry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"
)

// DurableKey is [NewKey] for a task with checkpoint=durable, whose key is the same in every process.
func DurableKey(ctx context.Context, task, types string) Key {
	k := NewKey(ctx, task, types)
	k.durable = true
	return k
}

// RecallDurable is [Recall] for a task with checkpoint=durable. In a run that has a store the results are recorded as
// JSON, and decoded anew for each call; the generator has made sure that JSON gives values of type T back as they were,
// but for what only a value shows: strings that are not UTF-8, NaN and infinities are an error when it is recorded.
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
	if path := invalidText(reflect.ValueOf(results)); path != "" {
		return nil, fmt.Errorf("%s is not UTF-8, which JSON would not give back", path)
	}
	return data, nil
}

func decodeJSON[T any](data []byte, results *T) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(results); err != nil {
		return fmt.Errorf("the record is damaged: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("the record is damaged: something follows it")
	}
	return nil
}

// invalidText finds a string that is not UTF-8 and gives where it is, "" for none.
func invalidText(v reflect.Value) string {
	path := ""
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return fmt.Sprintf("the text %q", v.String())
		}
	case reflect.Pointer, reflect.Interface:
		return invalidText(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if path = invalidText(v.Field(i)); path != "" {
				return path + " in " + v.Type().Field(i).Name
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return ""
		}
		for i := range v.Len() {
			if path = invalidText(v.Index(i)); path != "" {
				return path
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if path = invalidText(entries.Key()); path == "" {
				path = invalidText(entries.Value())
			}
			if path != "" {
				return path
			}
		}
	}
	return ""
}
