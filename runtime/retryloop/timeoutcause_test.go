package retryloop_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

type contextKey struct{}

// TestTimeoutCause asks why an attempt has ended while its parent goes on. A task that returns the answer must not return
// nil, which is a success. Older versions of package context find no cause in such a parent.
func TestTimeoutCause(t *testing.T) {
	parent, cancel := context.WithCancelCause(context.WithValue(context.Background(), contextKey{}, "value"))
	timedOut, released := retryloop.WithTimeout(parent, time.Nanosecond), retryloop.WithTimeout(parent, time.Hour)
	released.Release()
	defer timedOut.Release()
	<-timedOut.Done()
	check := func() {
		t.Helper()
		for attempt, want := range map[context.Context]error{timedOut: context.DeadlineExceeded, released: context.Canceled} {
			child := context.WithValue(attempt, contextKey{}, "child")
			if got := context.Cause(attempt); got != want || context.Cause(child) != want {
				t.Errorf("causes %v and %v, want %v", got, context.Cause(child), want)
			}
			if attempt.Value(contextKey{}) != "value" {
				t.Error("the parent's value is gone")
			}
		}
	}
	check()
	cancel(errors.New("the parent's own cause"))
	check()
}
