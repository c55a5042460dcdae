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

var errOutage = errors.New("outage")

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
