package poll

import (
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Until fails a test unless a condition becomes true in a time. It gives up as soon as no time is left for another look, and
// does not wait once more. A last look at the very end of the time is made. A time of 0 is no limit: then the test's context
// ends it. TestUntilNever, TestUntilExactly and TestUntilNoTime show these differences.
func Until(t TB, limit, every time.Duration, condition func() bool) {
	t.Helper()
	if !holdsWithRetry(t.Context(), limit, every, condition) {
		t.Fatalf("not true after %v", limit)
	}
}

//retry:task retries=unlimited delay=every within=limit if=not
func holds(limit, every time.Duration, condition func() bool) bool { return condition() }

func not(met bool) bool { return !met }

// Check fails a test unless one of several attempts of a check succeeds.
func Check(t TB, options Options, check func() error) {
	t.Helper()
	if err := attempt(func(TB, Options) error { return check() }).WithRetry(t.Context(), t, options); err != nil {
		t.Fatalf("%v", err)
	}
}

//retry:task attempts=options.Attempts delay=options.Every notify=logTo(t,event)
type attempt func(t TB, options Options) error

func logTo(t TB, event retry.Event) { t.Logf("attempt %d: %v", event.Attempt, event.Err) }
