package behavior

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// FuzzKeys makes two lists of arguments. Their calls have the same key only if they are the same in every bit.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("ab"), []byte("ba"))
	f.Add([]byte{1, 'a', 0}, []byte{0, 1, 'a'})
	f.Add([]byte{}, []byte{0, 0, 0, 1})
	f.Add([]byte("\x01\x01\x02\x02\x01\x01\x02\x02\x01\x01\x02\x02"), []byte("\x01\x02\x01\x02\x01\x02\x01\x02\x01\x02\x01\x02"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		one, other := source(a).nests(), source(b).nests()
		alike := describe(one) == describe(other)
		if got := callOf(t, one) == callOf(t, other); got != alike {
			t.Errorf("keys equal: %v; arguments equal: %v\n%s\n%s", got, alike, describe(one), describe(other))
		}
	})
}

// TestKeysOfNearMisses changes one thing at a time.
func TestKeysOfNearMisses(t *testing.T) {
	text := "b"
	nests := []Nest{
		{}, {A: "ab"}, {A: "a", B: "b"}, {B: "ab"}, {Raw: []byte{}}, {Raw: []byte{0}}, {Leaves: []Leaf{}}, {Leaves: []Leaf{{}}},
		{Leaves: []Leaf{{}, {}}}, {Maybe: &Leaf{}}, {Maybe: &Leaf{Name: text}}, {ByName: map[string]Leaf{}}, {ByName: map[string]Leaf{"": {}}},
		{ByName: map[string]Leaf{"a": {Name: "b"}}}, {ByName: map[string]Leaf{"b": {Name: "a"}}}, {ByName: map[string]Leaf{"ab": {}}},
		{Lists: map[Leaf][]string{}}, {Lists: map[Leaf][]string{{}: nil}}, {Lists: map[Leaf][]string{{}: {}}}, {Lists: map[Leaf][]string{{}: {""}}},
		{Number: math.Copysign(0, -1)}, {Number: math.NaN()}, {Number: math.Float64frombits(math.Float64bits(math.NaN()) + 1)},
		{Pair: [2]int16{1, 0}}, {Pair: [2]int16{0, 1}}, {hidden: struct{ X, Y []string }{X: []string{"a"}}}, {hidden: struct{ X, Y []string }{Y: []string{"a"}}},
	}
	seen := map[string]int{}
	for i, nest := range nests {
		key := callOf(t, []*Nest{&nest})
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have the same key", describe(nest), describe(nests[other]))
		}
		seen[key] = i
		if callOf(t, []*Nest{&nest}) != key {
			t.Errorf("%s has two keys", describe(nest))
		}
	}
}

// callOf returns what a store is told of a call.
func callOf(t *testing.T, nests []*Nest) string {
	t.Helper()
	store := &disk{}
	err := process2(retry.With(context.Background(), retry.Retries(0)), store, func(ctx context.Context) error {
		return KeepWithRetry(ctx, *nests[0], nests[1:]...)
	})
	if err != nil || len(store.calls) != 1 {
		t.Fatalf("gave %v, and %d records", err, len(store.calls))
	}
	return string(store.calls[0].Key[:])
}

// source turns bytes into arguments, with few values of each type, so that two are often nearly the same.
type source []byte

func (s source) nests() []*Nest {
	nests := []*Nest{s.nest()}
	for range s.number(3) {
		var nest *Nest
		if s.number(2) == 1 {
			nest = s.nest()
		}
		nests = append(nests, nest)
	}
	return nests
}

func (s *source) number(n int) int {
	if len(*s) == 0 {
		return 0
	}
	first := int((*s)[0])
	*s = (*s)[1:]
	return first % n
}

func (s *source) text() string { return []string{"", "a", "b", "ab", "\xff", "\x00"}[s.number(6)] }

func (s *source) leaf() Leaf { return Leaf{s.text(), s.number(2) == 1, uint32(s.number(3)) * 127} }

func (s *source) texts() []string {
	n := s.number(4)
	if n == 0 {
		return nil
	}
	list := []string{}
	for range n - 1 {
		list = append(list, s.text())
	}
	return list
}

func (s *source) nest() *Nest {
	n := &Nest{A: s.text(), B: s.text()}
	n.Raw = []([]byte){nil, {}, {0}, {1}}[s.number(4)]
	for range s.number(3) {
		n.Leaves = append(n.Leaves, s.leaf())
	}
	if s.number(2) == 1 {
		leaf := s.leaf()
		n.Maybe = &leaf
	}
	if size := s.number(4); size > 0 {
		n.ByName, n.Lists = map[string]Leaf{}, map[Leaf][]string{}
		for range size - 1 {
			n.ByName[s.text()] = s.leaf()
			n.Lists[s.leaf()] = s.texts()
		}
	}
	n.Number = []float64{0, math.Copysign(0, -1), math.NaN(), 1}[s.number(4)]
	n.Pair = [2]int16{int16(s.number(3) - 1), int16(s.number(3) - 1)}
	n.hidden.X, n.hidden.Y = s.texts(), s.texts()
	return n
}

// describe spells a value so that different ones have different texts, by other means than keys do.
func describe(v any) string { return describeValue(reflect.ValueOf(v)) }

func describeValue(v reflect.Value) string {
	var parts []string
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return "&" + describeValue(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			parts = append(parts, v.Type().Field(i).Name+":"+describeValue(v.Field(i)))
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "nil"
		}
		for i := range v.Len() {
			parts = append(parts, describeValue(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		for entries := v.MapRange(); entries.Next(); {
			parts = append(parts, describeValue(entries.Key())+":"+describeValue(entries.Value()))
		}
		slices.Sort(parts)
	case reflect.Float64:
		return fmt.Sprintf("%x", math.Float64bits(v.Float()))
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	default:
		return fmt.Sprint(v)
	}
	return "{" + strings.Join(parts, " ") + "}"
}
