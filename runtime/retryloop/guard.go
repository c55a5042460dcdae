package retryloop

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Allower is a guard that allows or refuses an attempt at once, such as a circuit breaker. If it allows the attempt, done
// is told the attempt's error once it has ended.
type Allower interface {
	Allow() (done func(error), err error)
}

// Waiter is a guard that makes an attempt wait for its turn, such as a rate limiter.
type Waiter interface {
	Wait(ctx context.Context) error
}

// Allow asks a guard for an attempt. A nil guard allows it.
func Allow(guard Allower) (done func(error), refused error) {
	if isNil(guard) {
		return nil, nil
	}
	return guard.Allow()
}

// Await waits for the turn of an attempt. A nil guard does not wait. Done is nil: the guard is told nothing.
func Await(ctx context.Context, guard Waiter) (done func(error), refused error) {
	if isNil(guard) {
		return nil, nil
	}
	if ctx == nil {
		ctx = context.Background()
	}
	return nil, guard.Wait(ctx)
}

// isNil reports whether a value is nil, or holds a nil pointer or a nil of another type.
func isNil(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// ErrUnfinished is what a guard is told of an attempt that did not return.
var ErrUnfinished = errors.New("retry: the attempt panicked or ended its goroutine")

// Tell tells a guard how an attempt has ended. The caller defers it before the attempt, with a variable that holds
// [ErrUnfinished] until the attempt has returned.
func Tell(done func(error), ended *error) {
	if done != nil {
		done(*ended)
	}
}

// Admit takes a guard's answer to the coming attempt of a loop that is Guarded, after Sleep. Done then is what the guard is
// to be told the attempt's error with. False ends the loop: the guard refuses the attempt, or the context is done.
//
//go:noinline
func (l *Loop) Admit(done func(error), refused error) bool {
	if refused != nil {
		return l.cut(refusal(l.Context, refused))
	}
	if l.Context.Err() != nil {
		l.cut(retry.ReasonCanceled, context.Cause(l.Context))
	}
	if l.Cut() || !l.proceed() {
		Tell(done, &l.cause)
		return false
	}
	l.Done = done
	return true
}

// refusal returns why a guard's refusal ends a call: the context may have ended while the guard waited.
func refusal(ctx context.Context, refused error) (retry.Reason, error) {
	switch ctx.Err() {
	case nil:
		return retry.ReasonGuard, refused
	case context.DeadlineExceeded:
		return retry.ReasonDeadline, context.DeadlineExceeded
	}
	return retry.ReasonCanceled, context.Cause(ctx)
}

// Refused notifies observers of a call whose first attempt a guard has refused, and returns the error of the call. Retries
// is the number of retries that the directive allows. The start may be the zero time.
func Refused(ctx context.Context, task string, retries int, start time.Time, refused error) error {
	if ctx == nil {
		ctx = context.Background()
	}
	e := &retry.Error{Task: task}
	e.Reason, e.Cause = refusal(ctx, refused)
	e.Context = endOf(ctx, e.Reason)
	finish(ctx, task, retries, retry.Event{Decision: retry.DecisionGaveUp, Reason: e.Reason, Elapsed: since(start)})
	return e
}

// Refused is the function [Refused] for a flow. An attempt that was counted for the run when the flow was opened has not
// begun.
func (f *Flow) Refused(task string, retries int, start time.Time, refused error) error {
	p := f.progress
	if p != nil {
		p.takeBack(f.outer)
	}
	if p == nil || p.kept.Begun == 0 {
		return f.served.Refused(f.outer, task, retries, start, refused)
	}
	p.started = start
	reason, cause := refusal(f.outer, refused)
	return p.giveUp(f.outer, reason, cause)
}
