package behavior

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestClosure retries a block where it stands: it sees the variables around it, and what it returns arrives.
func TestClosure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		text, err := Query[string](func(context.Context) (string, error) {
			//retry:ignore RL206 the test counts the attempts
			at = append(at, time.Since(start))
			return strings.Repeat("x", len(at)), fails(2)(len(at))
		}).WithRetry(t.Context())
		if text != "xxx" || err != nil || !slices.Equal(at, []time.Duration{0, time.Second, 3 * time.Second}) {
			t.Errorf("%q, %v after attempts at %v", text, err, at)
		}
	})
}

// TestClosureEnds checks what a caller gets when a block does not succeed.
func TestClosureEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails error
		want  []time.Duration
	}{
		{"retries run out", errOutage, []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}},
		{"not worth it", errUnwell, []time.Duration{0}},
		{"permanent", retry.Permanent(errOutage), []time.Duration{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var at []time.Duration
				n, err := Query[int](func(context.Context) (int, error) {
					at = append(at, time.Since(start))
					return len(at), test.fails
				}).WithRetry(t.Context())
				if n != len(test.want) || err != test.fails || !slices.Equal(at, test.want) {
					t.Errorf("%d, %v after attempts at %v, want the last attempt's own after %v", n, err, at, test.want)
				}
			})
		})
	}
}

// TestClosureCut checks that a context which is done ends the loop, with an error that names the type.
func TestClosureCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		//retry:ignore RL110 that the context ends first is what is tested
		_, err := Query[int](func(context.Context) (int, error) { return 0, errOutage }).WithRetry(ctx)
		e, ok := errors.AsType[*retry.Error](err)
		if !ok || !strings.HasSuffix(e.Task, "behavior.Query") || e.Attempts != 2 || !errors.Is(err, errOutage) {
			t.Errorf("%v, want that Query was cut short after 2 attempts", err)
		}
	})
}

// TestClosureOptions runs a type with options of every kind: attempts, results, a budget, and variadic parameters.
func TestClosureOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noted, dropped = nil, nil
		var seen []retry.Attempt
		sum, count, err := Sum(func(attempt retry.Attempt, numbers ...int) (sum, count int, err error) {
			seen = append(seen, attempt)
			for _, n := range numbers {
				sum += n * attempt.Number
			}
			if attempt.Number == 1 {
				err = errOutage
			}
			return sum, len(numbers), err
		}).WithRetry(t.Context(), 1, 2, 1)
		if sum != 12 || count != 3 || err != nil {
			t.Errorf("%d, %d, %v; want the sum of the third attempt", sum, count, err)
		}
		if len(seen) != 3 || seen[1] != (retry.Attempt{Number: 2, Elapsed: time.Second, Err: errOutage}) || seen[2].Elapsed < 4*time.Second {
			t.Errorf("attempts %v, want the third after the wait that the condition asks for", seen)
		}
		if !slices.Equal(dropped, []int{4, 8}) || len(noted) != 2 || !strings.HasSuffix(noted[0].Task, "behavior.Sum") {
			t.Errorf("released %v, noted %v; want both attempts that were retried", dropped, noted)
		}
	})
}

// TestClosureTimeout checks that each attempt has a context of its own, and the type made of another one its own policy.
func TestClosureTimeout(t *testing.T) {
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, test := range []struct {
		name string
		call func(context.Context) error
		want time.Duration
	}{
		{"Slowly", Slowly(hangs).Patiently, 5 * time.Second}, // attempts at 0s, 2s and 4s; none begins at 6s
		{"Sleepily", Sleepily(hangs).WithRetry, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				err := test.call(t.Context())
				if took := time.Since(start); took != test.want || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v after %v, want the attempt's own error after %v", err, took, test.want)
				}
			})
		})
	}
}

// TestClosureAddedContext checks that a context which is done keeps a block without one from being called.
func TestClosureAddedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Work(func() error { t.Error("called"); return nil }).WithRetry(ctx)
	if e, ok := errors.AsType[*retry.Error](err); !ok || e.Attempts != 0 {
		t.Errorf("%v, want an error of 0 attempts", err)
	}
}

// TestClosureNil checks that a nil function panics as calling it does.
func TestClosureNil(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a nil function can be called")
		}
	}()
	_ = Work(nil).WithRetry(t.Context())
}

// TestClosureOfMethod retries a function that has a name, by its type.
func TestClosureOfMethod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(1)}
		if err := Work(s.call).WithRetry(t.Context()); err != nil || len(s.calls) != 2 {
			t.Errorf("%v after %d calls, want a second call that succeeds", err, len(s.calls))
		}
	})
}

// inTest is a type that only the tests have.
//
//retry:task retries=1 delay=1
type inTest[T any] func() (T, error)

func TestClosureInTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		n, err := inTest[int](func() (int, error) { calls++; return calls, fails(1)(calls) }).WithRetry(t.Context())
		if n != 2 || err != nil {
			t.Errorf("%d, %v; want the second attempt's", n, err)
		}
	})
}
