package behavior

import (
	"context"
	"encoding/json"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// task is what generated code would do for a durable task: it calls it, unless its results are recorded.
func task(ctx context.Context, name, types string, arguments func(*retryloop.Key)) (ran bool, err error) {
	key := retryloop.DurableKey(ctx, name, types)
	arguments(&key)
	point, err := retryloop.RecallDurable[int](ctx, &key)
	if err != nil || point.Found {
		return false, err
	}
	return true, point.Record(1)
}

// TestChangedCode calls a task in one process, and in the next after something of its code has changed.
func TestChangedCode(t *testing.T) {
	const name, types = "shop.Load", "example.com/shop.Load(string) example.com/shop.Stock {Items []string}"
	cases := map[string]struct {
		name, types string
		calls       []string // the arguments of the calls in the second process
		ran         string   // of these, what runs
	}{
		"nothing":                 {name, types, []string{"a"}, ""},
		"a field more":            {name, "example.com/shop.Load(string) example.com/shop.Stock {Items []string; Total int}", []string{"a"}, "a"},
		"the type of a field":     {name, "example.com/shop.Load(string) example.com/shop.Stock {Items []int}", []string{"a"}, "a"},
		"the type of an argument": {name, strings.Replace(types, "(string)", "(example.com/shop.Name {A string})", 1), []string{"a"}, "a"},
		"the name":                {"shop.Fetch", "example.com/shop.Fetch(string) example.com/shop.Stock {Items []string}", []string{"a"}, "a"},
		"the package":             {name, strings.Replace(types, "example.com/shop", "example.com/store", 1), []string{"a"}, "a"},
		"a call added before":     {name, types, []string{"b", "a"}, "b"},
		"an equal call added":     {name, types, []string{"a", "a"}, "a"}, // the second one: the first gets what was recorded
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			store := &disk{}
			call := func(name, types string, arguments ...string) (ran []string) {
				err := process2(t.Context(), store, func(ctx context.Context) error {
					for _, argument := range arguments {
						did, err := task(ctx, name, types, func(k *retryloop.Key) { k.String(argument) })
						if err != nil {
							return err
						}
						if did {
							ran = append(ran, argument)
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				return ran
			}
			call(name, types, "a")
			if ran := strings.Join(call(c.name, c.types, c.calls...), " "); ran != c.ran {
				t.Errorf("ran %q, want %q", ran, c.ran)
			}
		})
	}
}

// TestArgumentsForAReader shows what a store is told of arguments, for a person.
func TestArgumentsForAReader(t *testing.T) {
	long := strings.Repeat("ü", 300)
	address := &url.URL{Scheme: "https", Host: "example.com", Path: "/a", User: url.UserPassword("ada", "secret")}
	cases := map[string]struct {
		add  func(*retryloop.Key)
		want string
	}{
		"none":     {func(*retryloop.Key) {}, ""},
		"strings":  {func(k *retryloop.Key) { k.String("a b"); k.String("\"\n\xff") }, `"a b" "\"\n\xff"`},
		"numbers":  {func(k *retryloop.Key) { k.Int(-5); k.Uint(7); k.Float(0.1); k.Float32(0.1); k.Complex(1 - 2i) }, "-5 7 0.1 0.1 1 -2"},
		"booleans": {func(k *retryloop.Key) { k.Bool(true); k.Bool(false) }, "true false"},
		"bytes":    {func(k *retryloop.Key) { k.Bytes([]byte("ab")); k.Bytes(nil); k.Bytes([]byte{}) }, `"ab" nil ""`},
		"pointers": {func(k *retryloop.Key) { k.Has(false); k.Has(true); k.Int(1) }, "nil 1"},
		"a slice":  {func(k *retryloop.Key) { k.Len(2, false); k.Int(1); k.Int(2); k.Len(0, true); k.Len(0, false) }, "[2] 1 2 nil [0]"},
		"a map": {func(k *retryloop.Key) {
			k.Map(1, false)
			k.Entry()
			k.Int(1)
			k.Int(2)
			k.EndMap()
			k.Int(3)
		}, "map[1] 3"},
		"a nil map": {func(k *retryloop.Key) { k.Map(0, true); k.Map(0, false) }, "nil map[0]"},
		"a time": {func(k *retryloop.Key) { k.Time(time.Date(2026, 11, 23, 1, 2, 3, 4, time.UTC)) },
			"2026-11-23T01:02:03.000000004Z"},
		"a password":   {func(k *retryloop.Key) { k.URL(address); k.Userinfo(address.User) }, `"https://ada:xxxxx@example.com/a" "ada"`},
		"encodings":    {func(k *retryloop.Key) { k.Marshaled(netip.MustParseAddr("::1")); k.Marshaled(big.NewInt(12)) }, `"::1" "12"`},
		"a receiver":   {func(k *retryloop.Key) { k.Keyed(&Shop{name: "main"}) }, `"main"`},
		"no receiver":  {func(k *retryloop.Key) { k.Keyed(nil) }, "nil"},
		"a type":       {func(k *retryloop.Key) { retryloop.AddType[map[string]int](k); retryloop.AddBasic(k, 3) }, "map[string]int 3"},
		"a long text":  {func(k *retryloop.Key) { k.String(long); k.Int(1) }, `"` + strings.Repeat("ü", 100) + `"…`},
		"long bytes":   {func(k *retryloop.Key) { k.Bytes([]byte(long)) }, `"` + strings.Repeat("ü", 100) + `"…`},
		"many numbers": {func(k *retryloop.Key) { k.Len(1000, false); tens(k, 1000) }, "[1000]" + strings.Repeat(" 10", 65) + "…"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			store := &disk{}
			err := process2(t.Context(), store, func(ctx context.Context) error {
				_, err := task(ctx, "shop.Load", "example.com/shop.Load()", c.add)
				return err
			})
			if err != nil || store.calls[0].Text != c.want {
				t.Errorf("got  %s\nwant %s (%v)", store.calls[0].Text, c.want, err)
			}
		})
	}
}

func tens(k *retryloop.Key, n int) {
	for range n {
		k.Int(10)
	}
}

// TestTextOfGeneratedCode shows the text of a call by a real wrapper, whose results a person could read as well.
func TestTextOfGeneratedCode(t *testing.T) {
	store := &disk{}
	err := process2(retry.With(t.Context(), retry.Retries(0)), store, func(ctx context.Context) error {
		if _, err := (&Shop{World: &World{}, name: "main"}).LoadWithRetry(ctx, "a"); err != nil {
			return err
		}
		return KeepWithRetry(ctx, Nest{A: "x", Leaves: []Leaf{{Name: "leaf", On: true, Size: 3}}}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{`"main" "a"`, `"x" "" nil [1] "leaf" true 3 nil nil nil 0 0 0 nil nil [1] nil`} {
		if got := store.calls[i].Text; got != want {
			t.Errorf("call %d: %s, want %s", i, got, want)
		}
	}
	for _, results := range store.records["nightly"] {
		if !json.Valid(results) {
			t.Errorf("results %q are not JSON", results)
		}
	}
}
