package retryloop

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"net/url"
	"reflect"
	"slices"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Key identifies a call: by the task, the types it is declared with, and its receiver and arguments, which generated code
// adds one after the other. Two calls have the same key only if all of these are equal.
//
// The encoding of a value shows where it ends, so that different lists of values of the same types never have the same
// encoding. Numbers are varints, zigzag if signed. Floats are their 8 bytes, the highest first. Strings are their length
// and bytes. Pointers are a byte 0 for nil, or 1 and what they point to. Slices are a varint, 0 for nil and otherwise
// their length plus one, and the elements. Maps are the same with entries sorted by their encoding. Structs and arrays
// are their parts.
//
// A Key belongs to one goroutine.
type Key struct {
	task, types string
	durable     bool
	run         *flowRun
	data        []byte
	local       []byte // what only this process understands: the numbers of receivers and types
	maps        []entries
	err         error
}

// entries are the entries of a map that is being added.
type entries struct {
	start int // of the first
	begin []int
}

// NewKey begins the key of a call. Types spells the task with the path of its package, and its parameters and results
// with all their fields.
func NewKey(ctx context.Context, task, types string) Key {
	k := Key{task: task, types: types}
	if a := current(ctx); a != nil {
		k.run = a.run
	}
	return k
}

// base returns the part of the identity that every process knows.
func (k *Key) base() identity {
	head := binary.AppendUvarint(nil, uint64(len(k.task)))
	head = append(head, k.task...)
	head = binary.AppendUvarint(head, uint64(len(k.types)))
	head = append(head, k.types...)
	return sha256.Sum256(append(head, k.data...))
}

// Bool adds a boolean.
func (k *Key) Bool(v bool) {
	if v {
		k.data = append(k.data, 1)
	} else {
		k.data = append(k.data, 0)
	}
}

// Int adds a signed integer.
func (k *Key) Int(v int64) { k.data = binary.AppendVarint(k.data, v) }

// Uint adds an unsigned integer.
func (k *Key) Uint(v uint64) { k.data = binary.AppendUvarint(k.data, v) }

// Float adds a number by its bits: 0 and -0 differ, and a NaN equals itself.
func (k *Key) Float(v float64) { k.data = binary.BigEndian.AppendUint64(k.data, math.Float64bits(v)) }

// Float32 adds a number by its bits.
func (k *Key) Float32(v float32) {
	k.data = binary.BigEndian.AppendUint32(k.data, math.Float32bits(v))
}

// Complex adds a complex number.
func (k *Key) Complex(v complex128) { k.Float(real(v)); k.Float(imag(v)) }

// Complex64 adds a complex number.
func (k *Key) Complex64(v complex64) { k.Float32(real(v)); k.Float32(imag(v)) }

// String adds a string, which need not be UTF-8.
func (k *Key) String(v string) {
	k.Uint(uint64(len(v)))
	k.data = append(k.data, v...)
}

// Bytes adds a slice of bytes.
func (k *Key) Bytes(v []byte) {
	if k.Len(len(v), v == nil) {
		k.data = append(k.data, v...)
	}
}

// Has adds whether a pointer or an interface is not nil, and reports it.
func (k *Key) Has(something bool) bool {
	k.Bool(something)
	return something
}

// Len adds the length of a slice, and reports whether it has elements, which are added next.
func (k *Key) Len(n int, isNil bool) bool {
	if isNil {
		k.Uint(0)
		return false
	}
	k.Uint(uint64(n) + 1)
	return n > 0
}

// Map adds the length of a map, and reports whether it has entries, which are added next: [Key.Entry] goes before each,
// and [Key.EndMap] after the last.
func (k *Key) Map(n int, isNil bool) bool {
	if !k.Len(n, isNil) {
		return false
	}
	k.maps = append(k.maps, entries{start: len(k.data)})
	return true
}

// Entry begins an entry of a map: its key and value are added next.
func (k *Key) Entry() {
	m := &k.maps[len(k.maps)-1]
	m.begin = append(m.begin, len(k.data))
}

// EndMap ends a map. The order in which its entries were added does not matter.
func (k *Key) EndMap() {
	m := k.maps[len(k.maps)-1]
	k.maps = k.maps[:len(k.maps)-1]
	list := make([][]byte, len(m.begin))
	for i, begin := range m.begin {
		end := len(k.data)
		if i+1 < len(m.begin) {
			end = m.begin[i+1]
		}
		list[i] = k.data[begin:end]
	}
	slices.SortFunc(list, bytes.Compare)
	k.data = append(k.data[:m.start], bytes.Join(list, nil)...)
}

// Time adds a time: the instant, and the name and offset of its location.
func (k *Key) Time(v time.Time) {
	zone, offset := v.Zone()
	k.Int(v.Unix())
	k.Int(int64(v.Nanosecond()))
	k.String(v.Location().String())
	k.String(zone)
	k.Int(int64(offset))
}

// URL adds a URL.
func (k *Key) URL(v *url.URL) {
	for _, part := range []string{v.Scheme, v.Opaque, v.Host, v.Path, v.RawPath, v.RawQuery, v.Fragment, v.RawFragment} {
		k.String(part)
	}
	k.Bool(v.ForceQuery)
	k.Bool(v.OmitHost)
	if k.Has(v.User != nil) {
		k.Userinfo(v.User)
	}
}

// Userinfo adds the user of a URL.
func (k *Key) Userinfo(v *url.Userinfo) {
	password, set := v.Password()
	k.String(v.Username())
	k.String(password)
	k.Bool(set)
}

// Keyed adds a value by its RetryKey and its type. It may be nil.
func (k *Key) Keyed(v retry.Keyer) {
	value := reflect.ValueOf(v)
	if !k.Has(value.IsValid()) {
		return
	}
	k.typeName(value.Type())
	if k.Has(value.Kind() != reflect.Pointer || !value.IsNil()) {
		k.String(v.RetryKey())
	}
}

// Marshaled adds a value by the encoding that its type has: the binary one, or the text if there is none. An error of
// the encoding becomes the error of the call.
func (k *Key) Marshaled(v any) {
	var data []byte
	err := fmt.Errorf("%T has no encoding", v)
	switch v := v.(type) {
	case interface{ AppendBinary([]byte) ([]byte, error) }:
		data, err = v.AppendBinary(nil)
	case encoding.BinaryMarshaler:
		data, err = v.MarshalBinary()
	case interface{ AppendText([]byte) ([]byte, error) }:
		data, err = v.AppendText(nil)
	case encoding.TextMarshaler:
		data, err = v.MarshalText()
	}
	if err != nil {
		k.fail(fmt.Errorf("an argument cannot be encoded: %w", err))
	}
	k.String(string(data))
}
