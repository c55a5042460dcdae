package retryloop

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// emit completes an event and notifies observers.
func (l *Loop) emit(e retry.Event) {
	notified := l.Notify != nil && e.Decision == retry.DecisionRetry
	if !notified && !private.Observed(l.settings) {
		return
	}
	e = l.complete(e)
	if notified {
		l.Notify(l.Context, e)
	}
	private.Report(l.Context, l.settings, e)
}

// complete adds to an event what the loop knows of every event.
func (l *Loop) complete(e retry.Event) retry.Event {
	e.Task, e.Attempt, e.Retries, e.Elapsed = l.Task, l.attempts, l.limit(), since(l.Started)
	return e
}

// Event returns the event of the retry that has been decided, which observers have been notified of. Between
// [Loop.Take] and [Loop.Sleep] a wrapper calls a notify function with it.
//
//go:noinline
func (l *Loop) Event() retry.Event {
	return l.complete(retry.Event{Wait: l.planned, Err: l.err, Decision: retry.DecisionRetry})
}

// Planned returns the wait before the retry that has been decided.
func (l *Loop) Planned() time.Duration { return l.planned }

// since returns the time since a call began, 0 if no clock was read then.
func since(start time.Time) time.Duration {
	if start.IsZero() {
		return 0
	}
	return time.Since(start)
}

// Watch returns the time at which a call begins, if anything observes it, and otherwise the zero time.
func Watch(ctx context.Context, task string) time.Time {
	if private.Observed(nil) || private.Observed(private.Settings(ctx, task)) {
		return time.Now()
	}
	return time.Time{}
}

// Succeeded notifies observers of a call whose first attempt has succeeded. Retries is the number of retries that the
// directive allows. The start may be the zero time.
func Succeeded(ctx context.Context, task string, retries int, start time.Time) {
	finish(ctx, task, retries, retry.Event{Attempt: 1, Decision: retry.DecisionSucceeded, Elapsed: since(start)})
}

// Succeeded ends a call of a flow whose first attempt has succeeded, as [Flow.Succeed] does, and notifies observers.
func (f *Flow) Succeeded(task string, retries int, start time.Time) {
	recovered := f.progress != nil && f.progress.kept.Begun > 1
	if recovered {
		f.progress.started = start
	}
	f.Succeed()
	if !recovered {
		f.served.Succeeded(f.outer, task, retries, start)
	}
}

// NeverStarted is [NotStarted] for a task that observers are told of at the end of every call.
func NeverStarted(ctx context.Context, task string, retries int) error {
	finish(ctx, task, retries, retry.Event{Decision: retry.DecisionGaveUp, Reason: retry.ReasonCanceled})
	return NotStarted(ctx, task)
}

// finish notifies the observers of a call that ends without a loop.
func finish(ctx context.Context, task string, retries int, e retry.Event) {
	options := private.Settings(ctx, task)
	if !private.Observed(options) {
		return
	}
	if ctx == nil {
		ctx = context.Background()
	}
	e.Task, e.Retries = task, retriesIn(options, retries)
	private.Report(ctx, options, e)
}
