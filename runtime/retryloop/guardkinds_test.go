//go:build go1.25

package retryloop_test

import (
	"context"
	"testing"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestGuardKinds asks guards of kinds that have a nil, and of one that has none.
func TestGuardKinds(t *testing.T) {
	for name, test := range map[string]struct {
		guard retryloop.Waiter
		want  error
	}{
		"nil interface": {nil, nil},
		"nil pointer":   {(*limiter)(nil), nil},
		"nil function":  {waitFunc(nil), nil},
		"function":      {waitFunc(func() error { return errOpen }), errOpen},
		"nil map":       {waitMap(nil), nil},
		"map":           {waitMap{}, errOpen},
		"struct":        {waitStruct{}, errOpen},
	} {
		var ctx context.Context // nil counts as one that is never done
		if _, got := retryloop.Await(ctx, test.guard); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

type (
	waitFunc   func() error
	waitMap    map[int]int
	waitStruct struct{}
)

func (f waitFunc) Wait(context.Context) error { return f() }
func (waitMap) Wait(ctx context.Context) error {
	if ctx == nil {
		return nil
	}
	return errOpen
}
func (waitStruct) Wait(context.Context) error { return errOpen }

// TestGuardCost asks a breaker for attempts that succeed: that allocates nothing.
func TestGuardCost(t *testing.T) {
	b := allows{}
	if n := testing.AllocsPerRun(100, func() {
		done, refused := retryloop.Allow(&b)
		ended := retryloop.ErrUnfinished
		defer retryloop.Tell(done, &ended)
		ended = refused
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

type allows struct{}

func (a *allows) Allow() (func(error), error) { return tellNothing, nil }

func tellNothing(error) {}
