//go:build go1.25

package retryloop_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestNoJitter waits exactly what each schedule says, or what the error asks for, within the cap.
func TestNoJitter(t *testing.T) {
	type loop = *retryloop.Loop
	for _, test := range []struct {
		name  string
		err   error
		delay func(loop) time.Duration
		want  time.Duration // of three waits in all
	}{
		{"poisson", errOutage, func(l loop) time.Duration { return l.Poisson(l.Exponential(time.Second, 2), 3) }, 7 * time.Second},
		{"percent", errOutage, func(l loop) time.Duration { return l.Percent(l.Linear(time.Second), 50) }, 6 * time.Second},
		{"full", errOutage, func(l loop) time.Duration { return l.Full(l.Fibonacci(time.Second)) }, 4 * time.Second},
		{"equal", errOutage, func(l loop) time.Duration { return l.Equal(time.Second) }, 3 * time.Second},
		{"decorrelated", errOutage, func(l loop) time.Duration { return l.Decorrelated(time.Second) }, 3 * time.Second},
		{"beyond the cap", errOutage, func(l loop) time.Duration { return l.Equal(time.Hour) }, 3 * time.Minute},
		{"asked for", retry.After(errOutage, 10*time.Second), func(l loop) time.Duration { return l.Equal(1) }, 30 * time.Second},
		{"asked for, as long as the cap", retry.After(errOutage, time.Minute), func(l loop) time.Duration { return 0 }, 3 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &retryloop.Loop{Context: retry.With(t.Context(), retry.NoJitter()), Retries: 3, Cap: time.Minute}
				start := time.Now()
				for l.Again(test.err) && l.Wait(test.delay(l)) {
				}
				_ = l.End(test.err)
				if got := time.Since(start); got != test.want {
					t.Errorf("waited %v, want %v", got, test.want)
				}
			})
		})
	}
}
