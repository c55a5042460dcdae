//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// ending is a way in which a loop ends.
type ending struct {
	name     string
	loop     retryloop.Loop
	context  func(context.Context) (context.Context, func()) // nil for the test's own
	err      error                                           // of every attempt that fails
	succeeds int                                             // the attempt that succeeds; 0 for none
	attempts int
	took     time.Duration
	reason   retry.Reason // 0: the error comes back unchanged
	is       []error      // what the error is besides errOutage
	decision retry.Decision
	why      retry.Reason // of the event, where it differs from the error's
}

var errStopped = errors.New("operator pressed stop")

var endings = []ending{
	{
		name: "success after two failures", loop: retryloop.Loop{Retries: 4}, err: errOutage,
		succeeds: 3, attempts: 3, took: 2 * time.Second, decision: retry.DecisionRecovered,
	},
	{
		name: "retries run out", loop: retryloop.Loop{Retries: 2}, err: errOutage,
		attempts: 3, took: 2 * time.Second, decision: retry.DecisionGaveUp,
	},
	{
		name: "no retries", err: errOutage,
		attempts: 1, decision: retry.DecisionGaveUp,
	},
	{
		name: "permanent", loop: retryloop.Loop{Retries: 2}, err: fmt.Errorf("wrapped: %w", retry.Permanent(errOutage)),
		attempts: 1, decision: retry.DecisionRefused,
	},
	{
		name: "permanent among joined", loop: retryloop.Loop{Retries: 2}, err: errors.Join(errOutage, retry.Permanent(errOutage)),
		attempts: 1, decision: retry.DecisionRefused,
	},
	{
		name: "an inner budget was empty", loop: retryloop.Loop{Retries: 2},
		err:      fmt.Errorf("inner: %w", &retry.Error{Reason: retry.ReasonBudget}),
		attempts: 1, decision: retry.DecisionRefused,
	},
	{
		name: "the attempts of an inner flow are used up", loop: retryloop.Loop{Retries: 2},
		err:      fmt.Errorf("inner: %w", &retry.Error{Reason: retry.ReasonAttempts, Last: errOutage}),
		attempts: 1, decision: retry.DecisionRefused,
	},
	{
		name: "an inner budget was empty, two wrappers inside", loop: retryloop.Loop{Retries: 2},
		err:      &retry.Error{Reason: retry.ReasonWithin, Last: &retry.Error{Reason: retry.ReasonBudget}},
		attempts: 1, decision: retry.DecisionRefused,
	},
	{
		name: "asks for longer than an hour", loop: retryloop.Loop{Retries: 2}, err: retry.After(errOutage, 61*time.Minute),
		attempts: 1, decision: retry.DecisionRefused, why: retry.ReasonWait,
	},
	{
		name: "asks for longer than the cap", loop: retryloop.Loop{Retries: 2, Cap: time.Minute}, err: retry.After(errOutage, 61*time.Second),
		attempts: 1, decision: retry.DecisionRefused, why: retry.ReasonWait,
	},
	{
		name: "the second of two asks for longer than the cap", loop: retryloop.Loop{Retries: 2, Cap: time.Minute},
		err:      errors.Join(retry.After(errOutage, time.Second), retry.After(errOutage, 61*time.Second)),
		attempts: 1, decision: retry.DecisionRefused, why: retry.ReasonWait,
	},
	{
		name: "asks for exactly the cap", loop: retryloop.Loop{Retries: 1, Cap: time.Minute}, err: retry.After(errOutage, time.Minute),
		attempts: 2, took: time.Minute, decision: retry.DecisionGaveUp,
	},
	{
		name: "deadline before the retry", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeout(ctx, 2500*time.Millisecond)
			return ctx, cancel
		},
		attempts: 3, took: 2 * time.Second, reason: retry.ReasonDeadline, is: []error{context.DeadlineExceeded}, decision: retry.DecisionGaveUp,
	},
	{
		name: "cancelled during the wait", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			stop := time.AfterFunc(1500*time.Millisecond, cancel)
			return ctx, func() { stop.Stop(); cancel() }
		},
		attempts: 2, took: 1500 * time.Millisecond, reason: retry.ReasonCanceled, is: []error{context.Canceled},
		decision: retry.DecisionGaveUp,
	},
	{
		name: "cancelled with a cause during the wait", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			stop := time.AfterFunc(1500*time.Millisecond, func() { cancel(errStopped) })
			return ctx, func() { stop.Stop(); cancel(nil) }
		},
		attempts: 2, took: 1500 * time.Millisecond, reason: retry.ReasonCanceled, is: []error{errStopped, context.Canceled},
		decision: retry.DecisionGaveUp,
	},
	{
		name: "cancelled with a cause above the context", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			above, cancel := context.WithCancelCause(ctx)
			ctx, done := context.WithTimeout(above, time.Hour)
			stop := time.AfterFunc(1500*time.Millisecond, func() { cancel(errStopped) })
			return ctx, func() { stop.Stop(); done(); cancel(nil) }
		},
		attempts: 2, took: 1500 * time.Millisecond, reason: retry.ReasonCanceled, is: []error{errStopped, context.Canceled},
		decision: retry.DecisionGaveUp,
	},
	{
		name: "timed out with a cause before the attempt failed", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeoutCause(ctx, 0, errStopped)
			return ctx, cancel
		},
		attempts: 1, reason: retry.ReasonCanceled, is: []error{errStopped, context.DeadlineExceeded}, decision: retry.DecisionGaveUp,
	},
	{
		name: "timed out with a cause, which is foreseen", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeoutCause(ctx, 1500*time.Millisecond, errStopped)
			return ctx, cancel
		},
		attempts: 2, took: time.Second, reason: retry.ReasonDeadline, is: []error{context.DeadlineExceeded}, decision: retry.DecisionGaveUp,
	},
	{
		name: "a deadline above a cancelled context", loop: retryloop.Loop{Retries: 9}, err: errOutage,
		context: func(ctx context.Context) (context.Context, func()) {
			above, cancel := context.WithDeadline(ctx, time.Now())
			ctx, done := context.WithCancelCause(above)
			return ctx, func() { done(nil); cancel() }
		},
		attempts: 1, reason: retry.ReasonCanceled, is: []error{context.DeadlineExceeded}, decision: retry.DecisionGaveUp,
	},
	{
		name: "empty budget", loop: retryloop.Loop{Retries: 9, Budget: retry.NewBudget(0, 0, 2)}, err: errOutage,
		attempts: 3, took: 2 * time.Second, reason: retry.ReasonBudget, decision: retry.DecisionGaveUp,
	},
}

// TestEnds goes through the ways in which a loop ends.
func TestEnds(t *testing.T) {
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) { synctest.Test(t, e.test) })
	}
}

func (e ending) test(t *testing.T) {
	var last retry.Event
	defer retry.Observe(func(_ context.Context, e retry.Event) { last = e })()
	ctx, stop := t.Context(), func() {}
	if e.context != nil {
		ctx, stop = e.context(ctx)
	}
	defer stop()
	attempts, start := 0, time.Now()
	e.loop.Context, e.loop.Task = ctx, "pkg.Task"
	err := call(e.loop, time.Second, func() error {
		if attempts++; attempts == e.succeeds {
			return nil
		}
		return e.err
	})
	if attempts != e.attempts || time.Since(start) != e.took {
		t.Errorf("%d attempts in %v, want %d in %v", attempts, time.Since(start), e.attempts, e.took)
	}
	if last.Decision != e.decision || last.Task != "pkg.Task" || last.Attempt != attempts || last.Reason != max(e.reason, e.why) {
		t.Errorf("last event %+v, want %v after attempt %d for %v", last, e.decision, attempts, max(e.reason, e.why))
	}
	e.check(t, err)
}

// check holds the error of the call to what is wanted.
func (e ending) check(t *testing.T, err error) {
	switch {
	case e.succeeds > 0:
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
	case e.reason == 0:
		if err != e.err {
			t.Errorf("error %v, want the last attempt's own", err)
		}
	default:
		stopped, cut := stoppedBy(err)
		if !cut || stopped.Attempts != e.attempts || !errors.Is(err, e.reason) || !errors.Is(err, errOutage) {
			t.Errorf("error %v, want %v after %d attempts, wrapping %v", err, e.reason, e.attempts, errOutage)
		}
		for _, is := range e.is {
			if !errors.Is(err, is) {
				t.Errorf("error %v, want it to be %v too", err, is)
			}
		}
		for _, other := range []error{context.Canceled, context.DeadlineExceeded} {
			if errors.Is(err, other) && !slices.Contains(e.is, other) {
				t.Errorf("error %v is %v, which the context was not", err, other)
			}
		}
	}
}
