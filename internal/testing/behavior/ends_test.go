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

const path = "github.com/retrygen/retrygen/internal/testing/behavior."

// waits runs a wrapper through an outage, a day of health, and another outage, and lists the waits.
func waits(t *testing.T, wrapper func(*Service, context.Context) error) (list []time.Duration, s *Service, err error) {
	s = &Service{act: fails(99), sessions: []time.Duration{0, 0, 0, 0, 0, 24 * time.Hour, 0, 0, 0, 0}}
	synctest.Test(t, func(t *testing.T) { err = wrapper(s, t.Context()) })
	for i := 1; i < len(s.calls); i++ {
		list = append(list, s.calls[i]-s.calls[i-1]-s.sessions[i-1])
	}
	return list, s, err
}

// doublings are the waits of both outages.
var doublings = []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 1e9, 2e9, 4e9, 8e9, 16e9}

// TestReset checks that every outage starts the schedule, the count and the numbers of retries again.
func TestReset(t *testing.T) {
	for name, wrapper := range map[string]func(*Service, context.Context) error{
		"limited": (*Service).LimitedWithRetry, "custom": (*Service).CustomWithRetry,
	} {
		if got, _, err := waits(t, wrapper); !slices.Equal(got, doublings) || !errors.Is(err, errOver) {
			t.Errorf("%s: waits %v and %v, want %v", name, got, err, doublings)
		}
	}
	got, _, _ := waits(t, (*Service).SubscribeWithRetry)
	for i, d := range doublings {
		if i >= len(got) || got[i] < d*8/10 || got[i] > d*12/10 {
			t.Fatalf("waits %v, want %v ± 20%%", got, doublings)
		}
	}
}

// TestResetAttempts describes attempts: they count over all outages, and the time is the call's.
func TestResetAttempts(t *testing.T) {
	_, s, _ := waits(t, (*Service).CustomWithRetry)
	last := s.seen[len(s.seen)-1]
	if last.Number != 11 || last.Elapsed != 24*time.Hour+62*time.Second || last.Err != errOutage {
		t.Errorf("the last attempt was told %+v, want number 11 after a day and 62 s", last)
	}
}

// TestOwnError cuts a call short that wants the last attempt's own error; observers get the reason.
func TestOwnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last retry.Event
		defer retry.Observe(func(_ context.Context, e retry.Event) { last = e })()
		s := &Service{act: fails(99)}
		if err := s.OwnWithRetry(t.Context()); err != errOutage {
			t.Errorf("error %v, want the last attempt's own", err)
		}
		if last.Reason != retry.ReasonWithin || last.Decision != retry.DecisionGaveUp || last.Elapsed != 3*time.Second {
			t.Errorf("event %+v, want what cut the call short, after 3 s", last)
		}
	})
}

// TestObserved reports the end of every call, once.
func TestObserved(t *testing.T) {
	plain := func(s *Service, ctx context.Context) error { _, err := s.ObservedWithRetry(ctx); return err }
	poll := func(s *Service, ctx context.Context) error { _, err := s.ObservedPollWithRetry(ctx); return err }
	done := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx
	}
	for _, test := range []struct {
		name     string
		call     func(*Service, context.Context) error
		context  func(context.Context) context.Context
		failures int
		want     string
		task     string
		took     time.Duration
	}{
		{"at once", plain, nil, 0, "succeeded", "Service.Observed", 0},
		{"after a failure", plain, nil, 1, "retry recovered", "Service.Observed", time.Second},
		{"never", plain, nil, 9, "retry retry gave up", "Service.Observed", 2 * time.Second},
		{"a condition over results", poll, nil, 0, "succeeded", "Service.ObservedPoll", 0},
		{"a condition over results, after a failure", poll, nil, 1, "retry recovered", "Service.ObservedPoll", time.Second},
		{"an added context", (*Service).ObservedUnawareWithRetry, nil, 0, "succeeded", "Service.ObservedUnaware", 0},
		{"an added context that is done", (*Service).ObservedUnawareWithRetry, done, 0, "gave up", "Service.ObservedUnaware", 0},
		{"a flow", (*Service).ObservedFlowWithRetry, nil, 0, "succeeded", "Service.ObservedFlow", 0},
		{"a flow after a failure", (*Service).ObservedFlowWithRetry, nil, 1, "retry recovered", "Service.ObservedFlow", time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []string
				var last retry.Event
				defer retry.Observe(func(_ context.Context, e retry.Event) { got, last = append(got, e.Decision.String()), e })()
				ctx := t.Context()
				if test.context != nil {
					ctx = test.context(ctx)
				}
				_ = test.call(&Service{act: fails(test.failures)}, ctx)
				if strings.Join(got, " ") != test.want || last.Task != path+test.task || last.Elapsed != test.took {
					t.Errorf("events %q, the last %+v; want %s of %s after %v", got, last, test.want, test.task, test.took)
				}
			})
		})
	}
}

// TestAsks has a condition ask for waits, for the next attempt at once, and for too long a wait.
func TestAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last retry.Event
		defer retry.Observe(func(_ context.Context, e retry.Event) { last = e })()
		s := &Service{act: fails(9), asks: []time.Duration{retry.Immediately, -2, 0, 61 * time.Second}}
		if err := s.AsksWithRetry(t.Context()); err != errOutage {
			t.Errorf("error %v, want the last attempt's own", err)
		}
		if want := []time.Duration{0, 0, 10 * time.Second, 20 * time.Second}; !slices.Equal(s.calls, want) {
			t.Errorf("attempts at %v, want %v", s.calls, want)
		}
		if last.Reason != retry.ReasonWait || last.Asked != 61*time.Second || last.Limit != time.Minute {
			t.Errorf("event %+v, want the wait that was asked for and the limit", last)
		}
	})
}

// TestSync cancels an inner call on purpose: the outer wrapper does not begin again, whatever the cause is.
func TestSync(t *testing.T) {
	for name, cause := range map[string]error{
		"no cause": nil, "a cause": errors.New("superseded by a newer call"), "a deadline as the cause": context.DeadlineExceeded,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &Service{act: fails(0)}
			err := s.SyncWithRetry(t.Context(), cause)
			if len(s.calls) != 1 || !errors.Is(err, context.Canceled) || cause != nil && !errors.Is(err, cause) {
				t.Errorf("%s: %d outer attempts and %v, want one", name, len(s.calls), err)
			}
		})
	}
}

// TestOverride turns one task's retries off while the program runs.
func TestOverride(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := func() int {
			s := &Service{act: fails(9)}
			_, _ = s.PlainWithRetry(retry.With(t.Context(), retry.Retries(2)))
			return len(s.calls)
		}
		//retry:ignore RL308 the test has a name that no task has
		restore := retry.Override(retry.For("behavior.Service.Plain", retry.Retries(0)), retry.For("behavior.Service.Plane", retry.Retries(0)))
		if got := attempts(); got != 1 {
			t.Errorf("%d attempts, want 1", got)
		}
		if got, want := retry.UnmatchedOverrides(), []string{"behavior.Service.Plane"}; !slices.Equal(got, want) {
			t.Errorf("unmatched %q, want %q", got, want)
		}
		restore()
		if got := attempts(); got != 3 {
			t.Errorf("%d attempts, want 3 again", got)
		}
	})
}

// TestObservedFlowResumed has a flow succeed that died in an earlier process: it has recovered, and its time is the call's,
// the rest of the wait included.
func TestObservedFlowResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{kept: map[string]retry.Progress{
			"nightly " + path + "Service.ObservedFlow": {Begun: 1, Due: time.Now().Add(time.Second), Wait: time.Second},
		}}
		var got []string
		var last retry.Event
		defer retry.Observe(func(_ context.Context, e retry.Event) { got, last = append(got, e.Decision.String()), e })()
		if err := (&Service{act: fails(0)}).ObservedFlowWithRetry(retry.WithRun(t.Context(), store, "nightly")); err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, " ") != "retry recovered" || last.Elapsed != time.Second || last.Attempt != 2 {
			t.Errorf("events %q, the last %+v; want a recovery in attempt 2 after 1 s", got, last)
		}
	})
}
