package behavior

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

func fails(n int) func(int) error {
	return func(attempt int) error {
		if attempt <= n {
			return errOutage
		}
		return nil
	}
}

func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(9)}
		n, err := s.PlainWithRetry(t.Context())
		if want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}; !slices.Equal(s.calls, want) {
			t.Errorf("attempts at %v, want %v", s.calls, want)
		}
		if n != 4 || err != errOutage {
			t.Errorf("gave %d, %v; want the last attempt's own results", n, err)
		}
	})
}

func TestAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(9)}
		_ = s.SlowWithRetry(t.Context())
		want := []retry.Attempt{{Number: 1}, {Number: 2, Elapsed: 3 * time.Second, Err: errOutage}, {Number: 3, Elapsed: 6 * time.Second, Err: errOutage}}
		if !slices.Equal(s.seen, want) {
			t.Errorf("attempts %v, want %v", s.seen, want)
		}
	})
}

func TestRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(2)}
		if n, err := s.HeldWithRetry(t.Context()); n != 3 || err != nil || !slices.Equal(s.released, []int{1, 2}) {
			t.Errorf("gave %d, %v and released %v; want 3 and both before", n, err, s.released)
		}
	})
}

func TestReleasedIsZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel)
		s := &Service{act: fails(9)}
		n, err := s.HeldWithRetry(ctx)
		if n != 0 || !errors.Is(err, errOutage) || !errors.Is(err, context.Canceled) {
			t.Errorf("gave %d, %v; want 0 and an error that wraps both", n, err)
		}
	})
}

func TestResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(0)}
		if state, err := s.PollWithRetry(t.Context()); state != "done" || err != nil || len(s.calls) != 3 {
			t.Errorf("gave %q, %v after %d attempts", state, err, len(s.calls))
		}
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(0)}
		err := s.TimedWithRetry(t.Context())
		if _, cut := errors.AsType[*retry.Error](err); cut || !errors.Is(err, context.DeadlineExceeded) || !slices.Equal(s.calls, []time.Duration{0, 4 * time.Second}) {
			t.Errorf("error %v, attempts at %v; want the attempt's own timeout, retried once", err, s.calls)
		}
	})
}

func TestAddedContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("shutting down")
	cancel(cause)
	s := &Service{act: fails(0)}
	stopped, ok := errors.AsType[*retry.Error](s.UnawareWithRetry(ctx))
	if !ok || stopped.Attempts != 0 || !errors.Is(stopped, cause) || len(s.calls) != 0 {
		t.Errorf("error %v after %d attempts, want 0 and the cause", stopped, len(s.calls))
	}
}

func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: func(attempt int) error {
			if attempt == 2 {
				panic("broken")
			}
			return errOutage
		}}
		defer func() {
			if got := recover(); got != "broken" || len(s.calls) != 2 {
				t.Errorf("recovered %v after %d attempts", got, len(s.calls))
			}
		}()
		_, _ = s.PlainWithRetry(t.Context())
	})
}

func TestGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: func(int) error { runtime.Goexit(); return nil }}
		ended := make(chan bool)
		go func() {
			defer close(ended)
			_, _ = s.PlainWithRetry(context.Background())
		}()
		<-ended
		if len(s.calls) != 1 {
			t.Errorf("%d attempts, want 1", len(s.calls))
		}
	})
}

// cut returns the error of a call that was cut short.
func cut(t *testing.T, err error, reason retry.Reason) *retry.Error {
	t.Helper()
	e, ok := errors.AsType[*retry.Error](err)
	if !ok || e.Reason != reason || !errors.Is(err, errOutage) {
		t.Fatalf("error %v, want one that was cut short by %v and wraps the outage", err, reason)
	}
	return e
}

func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(99)}
		cut(t, s.HurriedWithRetry(t.Context()), retry.ReasonWithin)
		// The next retry would begin after 5 s.
		if want := []time.Duration{0, time.Second, 3 * time.Second}; !slices.Equal(s.calls, want) || time.Since(s.start) != 3*time.Second {
			t.Errorf("attempts at %v, ended after %v; want %v and no wait in vain", s.calls, time.Since(s.start), want)
		}
	})
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		s := &Service{act: fails(99)}
		//retry:ignore RL110 the deadline is to be too short
		_, err := s.PlainWithRetry(ctx)
		if e := cut(t, err, retry.ReasonDeadline); e.Attempts != 3 || !errors.Is(err, context.DeadlineExceeded) || time.Since(s.start) != 3*time.Second {
			t.Errorf("error %v after %v; want 3 attempts and no wait for a deadline", err, time.Since(s.start))
		}
	})
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(99)}
		if e := cut(t, s.SharedWithRetry(t.Context()), retry.ReasonBudget); e.Attempts != 4 {
			t.Errorf("%d attempts, want 1 and a retry for each token", e.Attempts)
		}
	})
}

func TestErrorsNotToRetry(t *testing.T) {
	tests := []struct {
		name  string
		errs  []error
		calls int
	}{
		{"another error", []error{errors.New("no such price")}, 1},
		{"except wins", []error{errOutage, errors.Join(errOutage, context.Canceled)}, 2},
		{"permanent", []error{errOutage, retry.Permanent(errOutage)}, 2},
		{"a type that is listed", []error{&retry.Error{}, nil}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Service{act: func(attempt int) error { return test.errs[attempt-1] }}
				err := s.PickyWithRetry(t.Context())
				if last := test.errs[len(test.errs)-1]; err != last || len(s.calls) != test.calls {
					t.Errorf("error %v after %d attempts, want %v untouched after %d", err, len(s.calls), last, test.calls)
				}
				if len(s.events) != test.calls-1 {
					t.Errorf("notified of %v, want each retry alone", s.events)
				}
			})
		})
	}
}

// TestNested multiplies attempts, and stops every layer at an error that is permanent.
func TestNested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(99)}
		if err := s.OuterWithRetry(t.Context()); err != errOutage || len(s.calls) != 8 {
			t.Errorf("error %v after %d attempts, want the outage after 2 × 4", err, len(s.calls))
		}
		s = &Service{act: func(int) error { return retry.Permanent(errOutage) }}
		if err := s.OuterWithRetry(t.Context()); !errors.Is(err, errOutage) || len(s.calls) != 1 {
			t.Errorf("error %v after %d attempts, want the outage after 1", err, len(s.calls))
		}
	})
}

// TestOptions narrows what With says to one task.
func TestOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := retry.With(t.Context(), retry.NoDelay(), retry.For("behavior.Service.Outer", retry.Retries(0)))
		s := &Service{act: fails(99)}
		_ = s.OuterWithRetry(ctx)
		if len(s.calls) != 4 || time.Since(s.start) != 0 {
			t.Errorf("%d attempts in %v, want the inner 4 at once", len(s.calls), time.Since(s.start))
		}
	})
}
