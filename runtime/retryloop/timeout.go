package retryloop

import (
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"time"
)

// Timed returns the context of an attempt that ends at a timeout, or the parent itself if the timeout is 0 or less. The caller
// defers cancel at once. A nil parent counts as context.Background where there is a timeout.
//
//	ctx, cancel := retryloop.Timed(ctx, 5*time.Second)
//	defer cancel()
//	return Fetch(ctx, symbol)
//
//go:noinline
func Timed(parent context.Context, timeout time.Duration) (ctx context.Context, cancel context.CancelFunc) {
	if timeout <= 0 {
		return parent, func() {}
	}
	if parent == nil {
		parent = context.Background()
	}
	return context.WithTimeout(parent, timeout)
}

// Timeout is the context of an attempt whose results may be read after the function has returned. It has the policy's
// timeout for a deadline, as of context.WithTimeout, but the deadline is the function's alone: once the function has
// returned, [Timeout.Release] stops the timer, and the context ends when the results that hold it are closed.
//
//	attempt := retryloop.WithTimeout(ctx, 5*time.Second)
//	defer attempt.Release()
//	body, err := Open(attempt, name)
//	return attempt.Reader(body), err
type Timeout struct {
	parent   context.Context
	inner    context.Context // ends with the parent, at the timeout, and when nothing holds the context any more
	cancel   context.CancelCauseFunc
	timer    *time.Timer // nil where the parent's deadline comes first
	deadline time.Time
	holders  atomic.Int32
}

// timedOut is the cause of an inner context that its timer has ended. It never leaves this file.
var timedOut error = errTimedOut{}

type errTimedOut struct{}

func (errTimedOut) Error() string { return context.DeadlineExceeded.Error() }

// WithTimeout returns a context for one attempt. The caller defers Release at once. A nil parent counts as
// context.Background.
func WithTimeout(parent context.Context, timeout time.Duration) *Timeout {
	if parent == nil {
		parent = context.Background()
	}
	t := &Timeout{parent: parent, deadline: time.Now().Add(timeout)}
	inner, cancel := context.WithCancelCause(parent)
	t.inner, t.cancel = inner, cancel
	if earlier, ok := parent.Deadline(); ok && earlier.Before(t.deadline) {
		t.deadline = earlier
		return t
	}
	t.timer = time.AfterFunc(timeout, func() { cancel(timedOut) })
	return t
}

// Deadline returns when the attempt ends at the latest.
func (t *Timeout) Deadline() (time.Time, bool) { return t.deadline, true }

// Done returns a channel that is closed when the context ends.
func (t *Timeout) Done() <-chan struct{} { return t.inner.Done() }

// Err returns context.DeadlineExceeded after a timeout, otherwise what it returns for the parent, or context.Canceled.
func (t *Timeout) Err() error {
	err := t.inner.Err()
	if err != nil && context.Cause(t.inner) == timedOut {
		return context.DeadlineExceeded
	}
	return err
}

// Value returns the parent's value. It does not show the inner context: package context would pass that one's error on
// to contexts that derive from this one. It does not show the parent to context.Cause either, once the context has ended:
// a parent that goes on has no cause, which older versions of package context return as nil.
func (t *Timeout) Value(key any) any {
	if t.inner.Err() != nil {
		ended, cancel := context.WithCancelCause(context.Background())
		cancel(t.cause())
		if v := ended.Value(key); v != nil { // the key by which package context finds causes
			return v
		}
	}
	return t.parent.Value(key)
}

// cause returns why a context that has ended did so.
func (t *Timeout) cause() error {
	if cause := context.Cause(t.inner); cause != timedOut {
		return cause
	}
	return context.DeadlineExceeded
}

// AfterFunc calls f in a goroutine of its own once the context has ended. Package context uses it for contexts that
// derive from this one, which then need no goroutine each.
func (t *Timeout) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(t.inner, f) }

// Release ends the function's time. The context ends too, unless a result holds it.
func (t *Timeout) Release() {
	if t.timer != nil {
		t.timer.Stop()
	}
	if t.holders.Load() == 0 {
		t.cancel(nil)
		return
	}
	// A result that is dropped without being closed does not stay with the parent for ever.
	runtime.SetFinalizer(t, func(t *Timeout) { t.cancel(nil) })
}

// Hold keeps the context alive until the function that it returns is called, which may be more than once.
func (t *Timeout) Hold() (end func()) {
	t.holders.Add(1)
	var ended atomic.Bool
	return func() {
		if ended.CompareAndSwap(false, true) && t.holders.Add(-1) == 0 {
			runtime.SetFinalizer(t, nil)
			t.cancel(nil)
		}
	}
}

// Keep keeps the context alive for results that have no end of their own which the wrapper could see, such as a struct
// that holds a reader. The context ends when nothing refers to it any more.
func (t *Timeout) Keep() { t.holders.Add(1) }

// Reader makes the context end when a result is closed. The result may be nil.
func (t *Timeout) Reader(result io.ReadCloser) io.ReadCloser {
	if result == nil {
		return nil
	}
	return &heldReader{ReadCloser: result, end: t.Hold()}
}

// heldReader is a reader that holds a context until it is closed.
type heldReader struct {
	io.ReadCloser
	end func()
}

// Close closes the reader and ends the context.
func (r *heldReader) Close() error {
	err := r.ReadCloser.Close()
	r.end()
	return err
}

// WriteTo copies the rest in the way that suits the reader behind it best.
func (r *heldReader) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, r.ReadCloser) }
