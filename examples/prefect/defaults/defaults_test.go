package defaults

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDefaults(t *testing.T) {
	// The environment is read when the program first needs it, which is below.
	t.Setenv("RETRY_FLOW_DEFAULT_DELAY", "7")
	outage := errors.New("outage")
	for _, test := range []struct {
		name     string
		call     func(context.Context) error
		attempts int
		took     time.Duration
	}{
		{"Step", StepWithRetry, 3, 11 * time.Second},
		{"Once", OnceWithRetry, 1, 0},
		{"Nightly", NightlyWithRetry, 2, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				attempts, start := 0, time.Now()
				Work = func(context.Context, string) error { attempts++; return outage }
				if err := test.call(t.Context()); err != outage {
					t.Errorf("error %v, want the last attempt's own", err)
				}
				if attempts != test.attempts || time.Since(start) != test.took {
					t.Errorf("%d attempts in %v, want %d in %v", attempts, time.Since(start), test.attempts, test.took)
				}
			})
		})
	}
}
