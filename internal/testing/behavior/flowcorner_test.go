package behavior

import (
	"context"
	"reflect"
	"slices"
	"testing"
)

// TestKeysThatAreNotEqualToThemselves copies maps with NaN for keys, entry by entry.
func TestKeysThatAreNotEqualToThemselves(t *testing.T) {
	w := &World{}
	run(t, w, twice(func(ctx context.Context) {
		rates, err := w.RatesWithRetry(ctx)
		if err != nil || len(rates) != 3 {
			t.Fatalf("gave %v, %v", rates, err)
		}
		for key, list := range rates {
			if !slices.Equal(list, []int{1}) {
				t.Errorf("gave %v under %v, want what the task gave", list, key)
			}
			list[0] = 99
		}
	}))
}

// TestConditionThatIsNeverAsked has no retry left at once: the result is given, and is not what to go on from.
func TestConditionThatIsNeverAsked(t *testing.T) {
	w := &World{}
	run(t, w, twice(func(ctx context.Context) {
		if state, err := w.PollWithRetry(ctx); state != "running" || err != nil {
			t.Errorf("gave %q, %v", state, err)
		}
	}))
	w.counts(t, map[string]int{"Poll": 2})
}

// TestTypesOfTheSameName has functions declare types of the same name, which differ in their fields.
func TestTypesOfTheSameName(t *testing.T) {
	calls := []func(context.Context) (int, error){
		func(ctx context.Context) (int, error) {
			type row struct{ A int }
			return PhantomWithRetry[row](ctx)
		},
		func(ctx context.Context) (int, error) {
			type row struct{ A string }
			return PhantomWithRetry[row](ctx)
		},
		func(ctx context.Context) (int, error) {
			type row struct {
				A []*struct{ B map[string]error }
			}
			return PhantomWithRetry[row](ctx)
		},
		func(ctx context.Context) (int, error) {
			type row struct{ A []*struct{ B map[string]any } }
			return PhantomWithRetry[row](ctx)
		},
		func(ctx context.Context) (int, error) { return PhantomWithRetry[func(...int) <-chan int](ctx) },
		func(ctx context.Context) (int, error) { return PhantomWithRetry[func([]int) <-chan int](ctx) },
	}
	world = &World{}
	store := &disk{}
	for i := range calls {
		var got []int
		err := process(t, store, func(ctx context.Context) error {
			for _, call := range slices.Concat(calls[i:], calls[:i]) {
				n, err := call(ctx)
				if err != nil {
					return err
				}
				got = append(got, n)
			}
			return nil
		})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, []int{1, 2, 3, 4, 5, 6}) {
			t.Errorf("gave %v, %v, want a number for each type, the same in each process", got, err)
		}
	}
}

// TestAddresses records those that their texts tell all of.
func TestAddresses(t *testing.T) {
	for _, name := range []string{"none", "valid"} {
		store := &disk{}
		for range 2 {
			err := process(t, store, func(ctx context.Context) error {
				route, err := TraceWithRetry(ctx, name)
				if !reflect.DeepEqual(route, routes[name]) {
					t.Errorf("%s: gave %v", name, route)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	for name, why := range map[string]string{"port": "the AddrPort in To is not valid", "prefix": "the Prefix in Net is not valid"} {
		err := process(t, &disk{}, func(ctx context.Context) error {
			_, err := TraceWithRetry(ctx, name)
			return err
		})
		failed(t, err, 1, why)
	}
}
