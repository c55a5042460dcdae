package prefect

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// run calls a wrapper whose work fails a number of times, and returns the waits between the attempts.
func run(t *testing.T, what string, failures int, err error, call func(context.Context) error) (waits []time.Duration, got error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var last time.Time
		Work = func(_ context.Context, name string) error {
			if name != what {
				return nil
			}
			if !last.IsZero() {
				waits = append(waits, time.Since(last))
			}
			last = time.Now()
			if failures--; failures >= 0 {
				return err
			}
			return nil
		}
		got = call(t.Context())
	})
	return waits, got
}

var errOutage = errors.New("outage")

func TestDelays(t *testing.T) {
	const second = time.Second
	for _, test := range []struct {
		what  string
		call  func(context.Context) error
		waits []time.Duration
	}{
		{"fetch", func(ctx context.Context) error { _, err := FetchDataWithRetry(ctx); return err }, []time.Duration{0, 0}},
		{"report", ReportWithRetry, []time.Duration{5 * second, 5 * second, 5 * second}},
		{"euler", EulerWithRetry, []time.Duration{2718200 * time.Microsecond, 2718200 * time.Microsecond, 2718200 * time.Microsecond}},
		{"backfill", BackfillWithRetry, []time.Duration{second, 2 * second, 4 * second, 8 * second}},
		{"sync", SyncWithRetry, []time.Duration{10 * second, 20 * second, 40 * second}},
		{"extract", Pipeline, []time.Duration{3 * second, 3 * second}},
		{"load", Pipeline, []time.Duration{second, second, second, second}},
	} {
		waits, err := run(t, test.what, 100, errOutage, test.call)
		if err != errOutage {
			t.Errorf("%s: error %v, want the last attempt's own", test.what, err)
		}
		if len(waits) != len(test.waits) {
			t.Errorf("%s: waits %v, want %v", test.what, waits, test.waits)
			continue
		}
		for i, wait := range waits {
			if wait != test.waits[i] {
				t.Errorf("%s: waits %v, want %v", test.what, waits, test.waits)
				break
			}
		}
	}
}

func TestRecovery(t *testing.T) {
	waits, err := run(t, "report", 1, errOutage, ReportWithRetry)
	if err != nil || len(waits) != 1 {
		t.Errorf("waits %v, error %v; want one wait and success", waits, err)
	}
}

func TestCondition(t *testing.T) {
	for code, retries := range map[int]int{401: 0, 404: 0, 503: 3} {
		waits, err := run(t, "call", 100, &StatusError{code}, CallWithRetry)
		if status, ok := errors.AsType[*StatusError](err); !ok || status.Code != code || len(waits) != retries {
			t.Errorf("status %d: %d retries, error %v; want %d retries and the status", code, len(waits), err, retries)
		}
	}
}

func TestJitter(t *testing.T) {
	waits, _ := run(t, "crowd", 100, errOutage, CrowdWithRetry)
	for i, delay := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
		if i >= len(waits) || waits[i] < delay*415/1000 || waits[i] > 2*delay {
			t.Errorf("waits %v: number %d is not within %v and %v", waits, i+1, delay*415/1000, 2*delay)
		}
	}
}
