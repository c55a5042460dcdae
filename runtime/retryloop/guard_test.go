//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

var errOpen = errors.New("the circuit is open")

// breaker allows attempts by a list of answers, the rest without end, and keeps what it is told.
type breaker struct {
	refuse map[int]bool // by number, from 1
	asked  int
	told   []error
}

func (b *breaker) Allow() (func(error), error) {
	b.asked++
	if b.refuse[b.asked] {
		return nil, errOpen
	}
	return func(err error) { b.told = append(b.told, err) }, nil
}

// limiter makes attempts wait, or refuses them if its context ends before.
type limiter time.Duration

func (l limiter) Wait(ctx context.Context) error {
	select {
	case <-time.After(time.Duration(l)):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("limiter: %w", ctx.Err())
	}
}

// guarded is a wrapper with a guard of either kind as it is generated, over a loop and a delay.
func guarded(loop retryloop.Loop, delay time.Duration, b retryloop.Allower, w retryloop.Waiter, f func() error) error {
	ask := func(ctx context.Context) (func(error), error) {
		if w != nil {
			return retryloop.Await(ctx, w)
		}
		return retryloop.Allow(b)
	}
	attempt := func(done func(error)) error {
		ended := retryloop.ErrUnfinished
		defer retryloop.Tell(done, &ended)
		err := f()
		ended = err
		return err
	}
	start := time.Now()
	done, refused := ask(loop.Context)
	if refused != nil {
		return retryloop.Refused(loop.Context, loop.Task, loop.Retries, start, refused)
	}
	loop.Guarded, loop.Started, loop.First = true, start, time.Now()
	err := attempt(done)
	for loop.Again(err) && loop.Wait(delay) && loop.Admit(ask(loop.Context)) {
		err = attempt(loop.Done)
	}
	return loop.End(err)
}

// TestBreaker calls a wrapper whose attempts fail, and looks at what the breaker was told and the caller got.
func TestBreaker(t *testing.T) {
	for _, test := range []struct {
		name     string
		breaker  *breaker
		fails    int
		told     []error
		attempts int // of the *retry.Error; -1 for none, 0 for another error
		err      error
	}{
		{"allows, and the first attempt succeeds", &breaker{}, 0, []error{nil}, 0, nil},
		{"allows, and the second attempt succeeds", &breaker{}, 1, []error{errOutage, nil}, 0, nil},
		{"allows, and all attempts fail", &breaker{}, 9, []error{errOutage, errOutage, errOutage}, 0, errOutage},
		{"refuses the first", &breaker{refuse: map[int]bool{1: true}}, 9, nil, -1, errOpen},
		{"refuses the second", &breaker{refuse: map[int]bool{2: true}}, 9, []error{errOutage}, 1, errOpen},
		{"refuses the third", &breaker{refuse: map[int]bool{3: true}}, 9, []error{errOutage, errOutage}, 2, errOpen},
		{"nil", nil, 1, nil, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			fails := test.fails
			var events []retry.Event
			observer := retry.Observer(func(_ context.Context, e retry.Event) { events = append(events, e) })
			ctx := retry.With(context.Background(), retry.NoDelay(), observer)
			err := guarded(retryloop.Loop{Context: ctx, Task: "a.F", Retries: 2}, time.Second, test.breaker, nil, func() error {
				if fails--; fails >= 0 {
					return errOutage
				}
				return nil
			})
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if test.breaker != nil && !slices.Equal(test.breaker.told, test.told) {
				t.Errorf("told %v, want %v", test.breaker.told, test.told)
			}
			stopped, ok := stoppedBy(err)
			if ok != (test.attempts != 0) {
				t.Fatalf("error %#v", err)
			}
			if !ok {
				return
			}
			attempts := max(test.attempts, 0)
			if stopped.Reason != retry.ReasonGuard || stopped.Attempts != attempts || (stopped.Last != nil) != (attempts > 0) {
				t.Errorf("error %+v, want %d attempts", stopped, attempts)
			}
			last := events[len(events)-1]
			if last.Decision != retry.DecisionGaveUp || last.Reason != retry.ReasonGuard || last.Attempt != attempts || last.Retries != 2 {
				t.Errorf("last event %+v, want that of attempt %d", last, attempts)
			}
		})
	}
}

// TestBreakerUnfinished has an attempt panic, and another end its goroutine: the breaker is told that it did not return.
func TestBreakerUnfinished(t *testing.T) {
	for name, f := range map[string]func() error{
		"panic":  func() error { panic("attempt") },
		"Goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := &breaker{}
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				_ = guarded(retryloop.Loop{Retries: 2}, 0, b, nil, f)
			}()
			if panicked := <-ended; (panicked != nil) != (name == "panic") {
				t.Errorf("recovered %v", panicked)
			}
			if !slices.Equal(b.told, []error{retryloop.ErrUnfinished}) {
				t.Errorf("told %v", b.told)
			}
		})
	}
}

// TestLimiter waits for the limiter after the schedule's wait, and before the first attempt.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var began []time.Duration
		start := time.Now()
		err := guarded(retryloop.Loop{Retries: 2}, time.Second, nil, limiter(10*time.Second), func() error {
			began = append(began, time.Since(start))
			return errOutage
		})
		if want := []time.Duration{10 * time.Second, 21 * time.Second, 32 * time.Second}; err != errOutage || !slices.Equal(began, want) {
			t.Errorf("error %v, attempts after %v, want %v", err, began, want)
		}
	})
}

// TestLimiterContext has the context end while the limiter waits for the first or for the second attempt.
func TestLimiterContext(t *testing.T) {
	errShutdown := errors.New("shutdown")
	for _, test := range []struct {
		name     string
		after    time.Duration
		deadline bool
		attempts int
		reason   retry.Reason
		is       error
	}{
		{"cancelled in the first", 5 * time.Second, false, 0, retry.ReasonCanceled, errShutdown},
		{"cancelled in the second", 15 * time.Second, false, 1, retry.ReasonCanceled, errShutdown},
		{"deadline in the first", 5 * time.Second, true, 0, retry.ReasonDeadline, context.DeadlineExceeded},
		{"deadline in the second", 15 * time.Second, true, 1, retry.ReasonDeadline, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.after)
				if !test.deadline {
					var cause context.CancelCauseFunc
					ctx, cause = context.WithCancelCause(t.Context())
					time.AfterFunc(test.after, func() { cause(errShutdown) })
				}
				defer cancel()
				err := guarded(retryloop.Loop{Context: ctx, Retries: 2}, time.Second, nil, limiter(10*time.Second), func() error {
					return errOutage
				})
				stopped, ok := stoppedBy(err)
				if !ok || stopped.Reason != test.reason || stopped.Attempts != test.attempts || !errors.Is(err, test.is) {
					t.Errorf("error %+v, want %v after %d attempts", err, test.reason, test.attempts)
				}
				if !test.deadline && !errors.Is(err, context.Canceled) {
					t.Errorf("error %v is not %v", err, context.Canceled)
				}
			})
		})
	}
}

// late is a limiter that does not look at its context.
type late struct{}

func (late) Wait(context.Context) error { time.Sleep(time.Minute); return nil }

// TestGuardLate admits an attempt when the context is done: no retry starts.
func TestGuardLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		attempts := 0
		err := guarded(retryloop.Loop{Context: ctx, Retries: 9}, 0, nil, late{}, func() error { attempts++; return errOutage })
		if attempts != 1 || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errOutage) {
			t.Errorf("error %v after %d attempts", err, attempts)
		}
	})
}

// TestGuardReset does not count the limiter's wait as time in which the attempt ran: there is no new series, with a new
// time for retries.
func TestGuardReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := retryloop.Loop{Context: t.Context(), Retries: 1, Reset: time.Minute, Within: 3 * time.Minute}
		err := guarded(loop, 2*time.Minute, nil, limiter(2*time.Minute), func() error { return errOutage })
		if !errors.Is(err, retry.ReasonWithin) {
			t.Errorf("error %v, want %v", err, retry.ReasonWithin)
		}
	})
}

// TestGuardBudget does not give a token back that a refused retry has taken.
func TestGuardBudget(t *testing.T) {
	budget := retry.NewBudget(0, 0, 1)
	b := &breaker{refuse: map[int]bool{2: true}}
	for _, want := range []retry.Reason{retry.ReasonGuard, retry.ReasonBudget} {
		err := guarded(retryloop.Loop{Retries: 2, Budget: budget}, 0, b, nil, func() error { return errOutage })
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}
