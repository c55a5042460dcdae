//go:build go1.25

package retryloop_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestSchedules waits as each schedule says, retry by retry.
func TestSchedules(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name  string
		delay func(*retryloop.Loop) time.Duration
		want  []time.Duration
	}{
		{
			"exponential, capped", func(l *retryloop.Loop) time.Duration { return l.Exponential(2*s, 3) },
			[]time.Duration{2 * s, 6 * s, 18 * s, 54 * s, 60 * s},
		},
		{"linear", func(l *retryloop.Loop) time.Duration { return l.Linear(2 * s) }, []time.Duration{2 * s, 4 * s, 6 * s, 8 * s, 10 * s}},
		{"fibonacci", func(l *retryloop.Loop) time.Duration { return l.Fibonacci(s) }, []time.Duration{s, s, 2 * s, 3 * s, 5 * s}},
		{"list", func(l *retryloop.Loop) time.Duration { return l.List(s, 9*s, 3*s) }, []time.Duration{s, 9 * s, 3 * s, 3 * s, 3 * s}},
		{"empty list", func(l *retryloop.Loop) time.Duration { return l.List() }, []time.Duration{0, 0, 0, 0, 0}},
		{"fixed", func(*retryloop.Loop) time.Duration { return s }, []time.Duration{s, s, s, s, s}},
		{"negative", func(*retryloop.Loop) time.Duration { return -s }, []time.Duration{0, 0, 0, 0, 0}},
		{"environment without a value", (*retryloop.Loop).TaskDelay, []time.Duration{0, 0, 0, 0, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var waits []time.Duration
				loop := retryloop.Loop{Context: t.Context(), Retries: 5, Cap: time.Minute}
				loop.Notify = func(_ context.Context, e retry.Event) { waits = append(waits, e.Wait) }
				start := time.Now()
				for loop.Again(errOutage) && loop.Wait(test.delay(&loop)) {
				}
				_ = loop.End(errOutage)
				sum := time.Duration(0)
				for _, wait := range test.want {
					sum += wait
				}
				if !slices.Equal(waits, test.want) || time.Since(start) != sum {
					t.Errorf("waits %v in %v, want %v in %v", waits, time.Since(start), test.want, sum)
				}
			})
		})
	}
}
