//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestTimeout checks each way in which the context of an attempt ends, as the context and one that derives from it see
// it.
func TestTimeout(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		name  string
		ends  func(*retryloop.Timeout, context.CancelCauseFunc)
		want  error
		cause error
		after time.Duration
	}{
		{"timeout", func(*retryloop.Timeout, context.CancelCauseFunc) {}, context.DeadlineExceeded, context.DeadlineExceeded, time.Second},
		{"released", func(a *retryloop.Timeout, _ context.CancelCauseFunc) { a.Release() }, context.Canceled, context.Canceled, 0},
		{"canceled", func(_ *retryloop.Timeout, cancel context.CancelCauseFunc) { cancel(cause) }, context.Canceled, cause, 0},
		{"canceled for a timeout", func(_ *retryloop.Timeout, cancel context.CancelCauseFunc) { cancel(context.DeadlineExceeded) },
			context.Canceled, context.DeadlineExceeded, 0},
		{"closed", func(a *retryloop.Timeout, _ context.CancelCauseFunc) {
			first, second := a.Reader(io.NopCloser(strings.NewReader(""))), a.Reader(io.NopCloser(strings.NewReader("")))
			a.Release()
			time.Sleep(time.Hour)
			first.Close()
			first.Close()
			if a.Err() != nil {
				t.Error("the context ended before all results were closed")
			}
			second.Close()
		}, context.Canceled, context.Canceled, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				parent, cancel := context.WithCancelCause(context.WithValue(context.Background(), contextKey{}, "value"))
				defer cancel(nil)
				attempt := retryloop.WithTimeout(parent, time.Second)
				defer attempt.Release()
				child, cancelChild := context.WithCancel(attempt)
				defer cancelChild()
				if deadline, ok := child.Deadline(); !ok || !deadline.Equal(start.Add(time.Second)) || attempt.Err() != nil {
					t.Errorf("deadline %v, error %v", deadline, attempt.Err())
				}
				if got := child.Value(contextKey{}); got != "value" {
					t.Errorf("value %v", got)
				}
				c.ends(attempt, cancel)
				<-child.Done()
				<-attempt.Done()
				if took := time.Since(start); took != c.after {
					t.Errorf("it ended after %v, want %v", took, c.after)
				}
				if attempt.Err() != c.want || child.Err() != c.want ||
					context.Cause(attempt) != c.cause || context.Cause(child) != c.cause {
					t.Errorf("errors %v and %v, causes %v and %v; want %v, %v",
						attempt.Err(), child.Err(), context.Cause(attempt), context.Cause(child), c.want, c.cause)
				}
				time.Sleep(time.Hour)
				if attempt.Err() != c.want {
					t.Errorf("the error has become %v", attempt.Err())
				}
			})
		})
	}
}

// TestTimeoutParent has parents that end first, that never end, and none.
func TestTimeoutParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		for _, parent := range []context.Context{early, context.Background(), nil, retryloop.WithTimeout(early, time.Minute)} {
			attempt := retryloop.WithTimeout(parent, 2*time.Second)
			start := time.Now()
			<-attempt.Done()
			want := 2 * time.Second
			if parent != nil && parent.Done() != nil {
				want = max(time.Second-start.Sub(epoch()), 0)
			}
			if took := time.Since(start); took != want || attempt.Err() != context.DeadlineExceeded {
				t.Errorf("ended after %v with %v, want %v", took, attempt.Err(), want)
			}
			attempt.Release()
		}
	})
}

// epoch is when the clock of a synctest bubble begins.
func epoch() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// TestTimed checks the contexts of attempts with and without a timeout.
func TestTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, parent := range []context.Context{t.Context(), nil} {
			for _, timeout := range []time.Duration{0, -time.Second} {
				ctx, cancel := retryloop.Timed(parent, timeout)
				cancel()
				if ctx != parent || t.Context().Err() != nil {
					t.Errorf("timeout %v: the context is not its parent's, or canceled with it", timeout)
				}
			}
			start := time.Now()
			ctx, cancel := retryloop.Timed(parent, time.Second)
			defer cancel()
			<-ctx.Done()
			if took := time.Since(start); took != time.Second || ctx.Err() != context.DeadlineExceeded {
				t.Errorf("it ended after %v with %v, want one second", took, ctx.Err())
			}
		}
	})
}

// TestReader checks that a result that is held is the result, but for its end.
func TestReader(t *testing.T) {
	attempt := retryloop.WithTimeout(context.Background(), time.Hour)
	if attempt.Reader(nil) != nil {
		t.Error("a nil result has become something else")
	}
	var text strings.Builder
	held := attempt.Reader(io.NopCloser(strings.NewReader("text")))
	attempt.Release()
	if n, err := io.Copy(&text, held); n != 4 || err != nil || text.String() != "text" {
		t.Errorf("copied %d bytes %q, error %v", n, text.String(), err)
	}
	held.Close()
	if attempt.Err() != context.Canceled {
		t.Errorf("after the end: %v", attempt.Err())
	}
}
