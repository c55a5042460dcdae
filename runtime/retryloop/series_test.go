//go:build go1.25

package retryloop_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// sessions are attempts that fail after some time each. The one after the last is refused.
type sessions struct {
	lengths []time.Duration
	begun   []time.Duration // since the call began
	retries []int           // the numbers of the retries
}

// run is a wrapper as it is generated for a task with the option reset.
func (s *sessions) run(loop retryloop.Loop, delay func(*retryloop.Loop) time.Duration) error {
	loop.Started = time.Now()
	attempt := func() error {
		s.begun = append(s.begun, time.Since(loop.Started))
		if len(s.begun) > len(s.lengths) {
			return retry.Permanent(errOutage)
		}
		time.Sleep(s.lengths[len(s.begun)-1])
		return errOutage
	}
	err := attempt()
	for loop.Again(err) {
		s.retries = append(s.retries, loop.Retry())
		if !loop.Wait(delay(&loop)) {
			break
		}
		err = attempt()
	}
	return loop.End(err)
}

// waits lists the waits between the sessions.
func (s *sessions) waits() []time.Duration {
	var list []time.Duration
	for i := 1; i < len(s.begun); i++ {
		list = append(list, s.begun[i]-s.begun[i-1]-s.lengths[i-1])
	}
	return list
}

func doubled(l *retryloop.Loop) time.Duration { return l.Exponential(time.Second, 2) }

// TestReset has outages between sessions that last: each outage begins the schedule and the count of retries anew.
func TestReset(t *testing.T) {
	const s, day = time.Second, 24 * time.Hour
	for _, test := range []struct {
		name     string
		loop     retryloop.Loop
		lengths  []time.Duration
		delay    func(*retryloop.Loop) time.Duration
		waits    []time.Duration
		attempts int
		reason   retry.Reason
	}{
		{
			name: "the schedule", loop: retryloop.Loop{Unlimited: true, Cap: time.Minute, Reset: time.Minute},
			lengths: []time.Duration{0, 0, 0, day, 0, 0, time.Minute, 0}, delay: doubled,
			waits: []time.Duration{s, 2 * s, 4 * s, s, 2 * s, 4 * s, s, 2 * s}, attempts: 9,
		},
		{
			name: "nothing shorter counts", loop: retryloop.Loop{Unlimited: true, Reset: time.Minute},
			lengths: []time.Duration{0, time.Minute - 1, time.Minute - 1}, delay: doubled,
			waits: []time.Duration{s, 2 * s, 4 * s}, attempts: 4,
		},
		{
			name: "the waits do not count", loop: retryloop.Loop{Unlimited: true, Reset: 2 * s},
			lengths: []time.Duration{0, 0, 0}, delay: doubled, waits: []time.Duration{s, 2 * s, 4 * s}, attempts: 4,
		},
		{
			name: "the first attempt", loop: retryloop.Loop{Retries: 2, Reset: time.Minute},
			lengths: []time.Duration{day, 0, 0}, delay: doubled, waits: []time.Duration{s, 2 * s}, attempts: 3,
		},
		{
			name: "the count of retries", loop: retryloop.Loop{Retries: 2, Reset: time.Minute},
			lengths: []time.Duration{0, 0, day, 0, 0, 0}, delay: doubled, waits: []time.Duration{s, 2 * s, s, 2 * s}, attempts: 5,
		},
		{
			name: "no retries", loop: retryloop.Loop{Retries: 0, Reset: time.Minute},
			lengths: []time.Duration{day}, delay: doubled, attempts: 1,
		},
		{
			name: "within", loop: retryloop.Loop{Retries: 99, Within: 4 * s, Reset: time.Minute},
			lengths: []time.Duration{0, 0, day, 0, 0, 0}, delay: doubled,
			waits: []time.Duration{s, 2 * s, s, 2 * s}, attempts: 5, reason: retry.ReasonWithin,
		},
		{
			name: "a budget stays", loop: retryloop.Loop{Retries: 99, Reset: time.Minute, Budget: retry.NewBudget(0, 0, 3)},
			lengths: []time.Duration{0, 0, day, 0, 0, 0}, delay: doubled,
			waits: []time.Duration{s, 2 * s, s}, attempts: 4, reason: retry.ReasonBudget,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.loop.Context = t.Context()
				got := sessions{lengths: test.lengths}
				err := got.run(test.loop, test.delay)
				if !slices.Equal(got.waits(), test.waits) || len(got.begun) != test.attempts {
					t.Errorf("waits %v and %d attempts, want %v and %d", got.waits(), len(got.begun), test.waits, test.attempts)
				}
				stopped, cut := stoppedBy(err)
				if cut != (test.reason != 0) || cut && (stopped.Reason != test.reason || stopped.Attempts != test.attempts) {
					t.Errorf("error %v, want reason %v after %d attempts", err, test.reason, test.attempts)
				}
			})
		})
	}
}

// TestResetDecorrelated begins decorrelated waits anew: the wait after a long session is at most three times the first.
func TestResetDecorrelated(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			got := sessions{lengths: []time.Duration{0, 0, 0, 0, 0, 0, time.Hour, 0}}
			loop := retryloop.Loop{Context: t.Context(), Unlimited: true, Reset: time.Minute}
			_ = got.run(loop, func(l *retryloop.Loop) time.Duration { return l.Decorrelated(time.Second) })
			if wait := got.waits()[6]; wait > 3*time.Second {
				t.Errorf("the wait after a session that lasted is %v, want at most 3s", wait)
			}
			if want := []int{1, 2, 3, 4, 5, 6, 1, 2}; !slices.Equal(got.retries, want) {
				t.Errorf("retries %v, want %v", got.retries, want)
			}
		})
	}
}

// TestDecorrelatedAfterAsked has an error ask for a long wait: the draws after it go on from the wait before it.
func TestDecorrelatedAfterAsked(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			loop := retryloop.Loop{Context: t.Context(), Retries: 9}
			errs := []error{errOutage, retry.After(errOutage, 50*time.Minute), errOutage}
			for _, err := range errs {
				if !loop.Again(err) {
					t.Fatal("no retry")
				}
				start := time.Now()
				loop.Wait(loop.Decorrelated(time.Second))
				if wait := time.Since(start); err == errOutage && wait > 9*time.Second {
					t.Errorf("a wait of %v, want at most 3s, then 9s", wait)
				}
			}
		})
	}
}

// TestAttemptsGoOn describes attempts after a long session: they count and measure from the beginning of the call.
func TestAttemptsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := retryloop.Loop{Context: t.Context(), Retries: 1, Reset: time.Minute, Started: time.Now()}
		for range 3 {
			time.Sleep(time.Hour)
			if !loop.Again(errOutage) || !loop.Wait(time.Second) {
				t.Fatal("no retry")
			}
		}
		a := loop.Attempt()
		if a.Number != 4 || a.Elapsed != 3*time.Hour+3*time.Second || !errors.Is(a.Err, errOutage) {
			t.Errorf("attempt %+v, want the 4th after 3h0m3s", a)
		}
		time.Sleep(time.Second)
		if loop.Again(errOutage) && loop.Wait(0) {
			time.Sleep(time.Second)
			if loop.Again(errOutage) {
				t.Error("two retries in one series of one")
			}
		}
		_ = loop.End(errOutage)
	})
}
