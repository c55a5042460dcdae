//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestImmediately has a condition return waits: -1 begins the next attempt at once, other negative waits mean nothing.
func TestImmediately(t *testing.T) {
	for _, test := range []struct {
		name      string
		err       error
		asks      time.Duration
		low, high time.Duration
	}{
		{"at once", errOutage, retry.Immediately, 0, 0},
		{"at once, though the error asks for a wait", retry.After(errOutage, time.Minute), retry.Immediately, 0, 0},
		{"at once, though the error asks for too long a wait", retry.After(errOutage, 2*time.Hour), retry.Immediately, 0, 0},
		{"the schedule's", errOutage, 0, 10 * time.Second, 20 * time.Second},
		{"another negative wait", errOutage, -2, 10 * time.Second, 20 * time.Second},
		{"a negative wait of an hour", errOutage, -time.Hour, 10 * time.Second, 20 * time.Second},
		{"an error that asks for -1", retry.After(errOutage, -1), 0, 10 * time.Second, 20 * time.Second},
		{"a nanosecond", errOutage, 1, 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				budget := retry.NewBudget(0, 0, 3)
				loop := retryloop.Loop{Context: t.Context(), Retries: 99, Budget: budget}
				retries := 0
				for loop.Again(test.err) {
					loop.Ask(test.asks)
					start := time.Now()
					if !loop.Wait(loop.Equal(20 * time.Second)) {
						break
					}
					if wait := time.Since(start); wait < test.low || wait > test.high {
						t.Errorf("waited %v, want %v to %v", wait, test.low, test.high)
					}
					retries++
				}
				if err := loop.End(test.err); retries != 3 || !errors.Is(err, retry.ReasonBudget) {
					t.Errorf("%d retries and %v, want the budget's 3", retries, err)
				}
			})
		})
	}
}

// TestTooLong has errors ask for more than the policy allows: the event says how much, and the error comes back untouched.
func TestTooLong(t *testing.T) {
	for _, test := range []struct {
		name         string
		loop         retryloop.Loop
		err          error
		asks         time.Duration
		asked, limit time.Duration
	}{
		{"than an hour", retryloop.Loop{}, retry.After(errOutage, 2*time.Hour), 0, 2 * time.Hour, time.Hour},
		{"than the cap", retryloop.Loop{Cap: time.Minute}, retry.After(errOutage, 61*time.Second), 0, 61 * time.Second, time.Minute},
		{"by the condition", retryloop.Loop{Cap: time.Minute}, errOutage, time.Hour, time.Hour, time.Minute},
		{"by a condition over a result", retryloop.Loop{Cap: time.Minute}, nil, time.Hour, time.Hour, time.Minute},
		{
			"the longest of several", retryloop.Loop{Cap: time.Minute},
			fmt.Errorf("all: %w", errors.Join(retry.After(errOutage, time.Hour), retry.After(errOutage, 3*time.Hour))), 0,
			3 * time.Hour, time.Minute,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var events []retry.Event
			ctx := retry.With(context.Background(), retry.Observer(func(_ context.Context, e retry.Event) { events = append(events, e) }))
			loop := test.loop
			loop.Context, loop.Task, loop.Retries = ctx, "example.com/shop/pricing.Fetch", 4
			for loop.Left(test.err) {
				loop.Ask(test.asks)
				if !loop.Wait(time.Second) {
					break
				}
			}
			if err := loop.End(test.err); err != test.err {
				t.Errorf("error %v, want the last attempt's own", err)
			}
			want := retry.Event{
				Task: "example.com/shop/pricing.Fetch", Attempt: 1, Retries: 4, Err: test.err, Decision: retry.DecisionRefused,
				Reason: retry.ReasonWait, Asked: test.asked, Limit: test.limit,
			}
			if len(events) != 1 || events[0] != want {
				t.Errorf("events %+v, want %+v", events, want)
			}
		})
	}
}
