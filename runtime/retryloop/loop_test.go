//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

var errOutage = errors.New("outage")

// call is a wrapper as it is generated, over a loop and a delay.
func call(loop retryloop.Loop, delay time.Duration, f func() error) error {
	err := f()
	if err == nil {
		return nil
	}
	for loop.Again(err) && loop.Wait(delay) {
		err = f()
	}
	return loop.End(err)
}

// stoppedBy finds the error of a loop that was cut short.
func stoppedBy(err error) (stopped *retry.Error, ok bool) {
	ok = errors.As(err, &stopped)
	return stopped, ok
}

func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		err := call(retryloop.Loop{Context: t.Context(), Retries: 99, Within: 3 * time.Second, Started: time.Now()}, time.Second, func() error {
			attempts++
			return errOutage
		})
		stopped, ok := stoppedBy(err)
		if !ok || stopped.Reason != retry.ReasonWithin || attempts != 4 {
			t.Errorf("error %v after %d attempts, want the time to be over after 4", err, attempts)
		}
	})
}

// doneAt is a context that is done from an instant on.
type doneAt struct {
	context.Context
	at time.Time
}

func (c doneAt) Done() <-chan struct{} { return make(chan struct{}) }

func (c doneAt) Err() error {
	if time.Now().Before(c.at) {
		return nil
	}
	return context.Canceled
}

// TestRace has the context be done at the very moment of the wait's end, a thousand times: no retry may start.
func TestRace(t *testing.T) {
	for range 1000 {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			ctx := doneAt{t.Context(), time.Now().Add(time.Second)}
			err := call(retryloop.Loop{Context: ctx, Retries: 3}, time.Second, func() error { attempts++; return errOutage })
			if stopped, cut := stoppedBy(err); !cut || stopped.Attempts != 1 || attempts != 1 {
				t.Errorf("error %v after %d attempts, want the context to be done after 1", err, attempts)
			}
		})
	}
}

// TestAsked draws waits that an error asks for: never shorter, and at most a tenth longer.
func TestAsked(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_ = call(retryloop.Loop{Context: t.Context(), Retries: 1}, time.Second, func() error { return retry.After(errOutage, 10*time.Second) })
			if took := time.Since(start); took < 10*time.Second || took > 11*time.Second {
				t.Errorf("waited %v, want 10s to 11s", took)
			}
		})
	}
}

func TestWith(t *testing.T) {
	count := func(ctx context.Context, task string) int {
		attempts := 0
		_ = call(retryloop.Loop{Context: ctx, Task: task, Retries: 2}, time.Hour, func() error { attempts++; return errOutage })
		return attempts
	}
	ctx := retry.With(context.Background(), retry.NoDelay(), retry.Retries(5), retry.For("a.F", retry.Retries(0)))
	for task, want := range map[string]int{"a.F": 1, "a.G": 6} {
		if got := count(ctx, task); got != want {
			t.Errorf("%s: %d attempts, want %d", task, got, want)
		}
	}
	if got := count(retry.With(ctx, retry.Retries(1)), "a.F"); got != 2 {
		t.Errorf("nearer With: %d attempts, want 2", got)
	}
}

func TestRandom(t *testing.T) {
	waits := func() (list []time.Duration) {
		ctx := retry.With(context.Background(), retry.Random(rand.NewPCG(1, 2)), retry.Observer(func(_ context.Context, e retry.Event) {
			if e.Decision == retry.DecisionRetry {
				list = append(list, e.Wait)
			}
		}))
		synctest.Test(t, func(t *testing.T) {
			loop := retryloop.Loop{Context: ctx, Retries: 5}
			for loop.Again(errOutage) && loop.Wait(loop.Full(time.Second)) {
			}
			_ = loop.End(errOutage)
		})
		return list
	}
	a, b := waits(), waits()
	for i := range a {
		if a[i] != b[i] || a[i] > time.Second {
			t.Errorf("waits %v and %v, want the same, up to 1s", a, b)
			break
		}
	}
}

func TestBudgetShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		budget := retry.NewBudget(0.1, 0, 50)
		var retries sync.Map
		var group sync.WaitGroup
		for i := range 1000 {
			group.Go(func() {
				retryloop.Deposit(budget)
				attempts := 0
				loop := retryloop.Loop{Context: t.Context(), Retries: 9, Budget: budget}
				_ = call(loop, time.Millisecond, func() error { attempts++; return errOutage })
				retries.Store(i, attempts-1)
			})
		}
		group.Wait()
		total := 0
		retries.Range(func(_, n any) bool { total += n.(int); return true })
		if total > 150 {
			t.Errorf("%d retries, want at most 50 and a tenth of 1000", total)
		}
	})
}

func TestZeroBudget(t *testing.T) {
	for _, budget := range []*retry.Budget{nil, {}} {
		attempts := 0
		_ = call(retryloop.Loop{Retries: 5, Budget: budget}, 0, func() error { attempts++; return errOutage })
		if attempts != 6 {
			t.Errorf("%d attempts, want 6: a zero budget refuses nothing", attempts)
		}
	}
}

func TestBudgetTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		budget := retry.NewBudget(0, 2, 1)
		for range 5 {
			attempts := 0
			_ = call(retryloop.Loop{Context: t.Context(), Retries: 1, Budget: budget}, 0, func() error { attempts++; return errOutage })
			if attempts != 2 {
				t.Errorf("%d attempts, want a token each half second", attempts)
			}
			time.Sleep(500 * time.Millisecond)
		}
	})
}
