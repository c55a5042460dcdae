package retryloop

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Loop is the state of one call's retries, from its first failure on. A wrapper declares it with the constants of the
// policy and asks it, in this order: [Loop.Again] or [Loop.Left], the policy's conditions, and [Loop.Wait] before each
// retry; [Loop.End] once at the end. Wait is [Loop.Plan] and [Loop.Sleep], with the release of results in between. Plan is
// [Loop.Fits] and [Loop.Take], with the preparation of the next attempt's arguments in between.
//
// A Loop belongs to one goroutine and is not used again after End. It lives on the caller's stack; a call with waits
// makes one timer. Its methods are not inlined, since programs have many wrappers and retries are the slow path.
type Loop struct {
	Context context.Context // of the call; nil counts as context.Background
	Task    string          // as in errors and events
	Retries int             // at most; numbers below 0 count as 0
	Cap     time.Duration   // no wait is longer; no cap if it is 0 or less
	Within  time.Duration   // no retry begins later than this after Started; no limit if it is 0 or less
	Reset   time.Duration   // an attempt that fails after this time or later begins a new series; only one if it is 0 or less
	Started time.Time       // when the call began, if Within, Reset, Observe or an Attempt needs it
	Budget  *retry.Budget   // has a token for each retry; may be nil
	Notify  func(context.Context, retry.Event)
	Flow    *Flow   // nil for a task
	Served  *Served // the attempt that a worker makes for an engine; nil for a call in place
	KeepErr bool    // if the loop is cut short, End returns the latest attempt's own error
	Observe bool    // observers are told of a first attempt that succeeds, too

	Unlimited bool   // retries never run out, whatever Retries is
	Guarded   bool   // a guard is asked before each attempt, and Admit takes its answer
	Says      Option // what the loop's own code says, whatever Policy says

	Policy retry.Policy // says retries, delay, jitter and cap instead of the loop's own code; the zero Policy says nothing

	First time.Time   // when the guard had admitted the first attempt, if Reset needs it
	Done  func(error) // tells the guard how the coming attempt has ended; may be nil

	err      error // of the latest attempt
	cause    error
	timer    *time.Timer
	settings *settings     // from retry.With and retry.Override; may be nil
	asked    time.Duration // the wait that the error or a condition asks for; 0 for none, or retry.Immediately
	planned  time.Duration // the wait before the next attempt
	previous time.Duration // the latest wait that Decorrelated has drawn; 0 for none
	attempts int           // made so far
	overlay  *overlay      // of the policies in force; may be nil
	start                  // of the schedule
	series                 // of the latest attempt
	next                   // attempt
	state    state
	reason   retry.Reason
}

// Again takes the error of an attempt and reports whether there may be another attempt: this one failed, a retry is
// left, and the error does not exclude it.
//
//go:noinline
func (l *Loop) Again(err error) bool {
	if err == nil {
		l.err, l.made, l.state = nil, nil, succeeded
		return false
	}
	return l.Left(err)
}

// Left is Again for a condition over all results, which is asked after successes too.
func (l *Loop) Left(err error) bool {
	if l.attempts == 0 {
		l.begin()
	}
	if l.Reset > 0 {
		l.renew()
	}
	l.err, l.asked, l.next = err, 0, next{}
	if l.overlay != nil {
		l.overlay.drawn = false
	}
	if !l.Unlimited && l.Retry() > l.Retries {
		l.state = exhausted
		return false
	}
	l.state = judged
	if err == nil {
		return true
	}
	var v verdict
	v.read(err)
	l.asked = v.wait
	return !v.final
}

// begin counts the first attempt and looks up the options of retry.With and retry.Override and the policies.
func (l *Loop) begin() {
	l.attempts = 1
	if l.Flow != nil {
		l.attempts, l.previous = l.Flow.begun()
	}
	if l.Served != nil {
		l.resume()
	}
	if l.Context == nil {
		l.Context = context.Background()
	}
	l.settings = private.Settings(l.Context, l.Task)
	l.lay()
	if l.settings != nil && l.settings.HasRetries {
		l.Retries, l.Unlimited = l.settings.Retries, l.settings.Retries < 0
	}
	l.Retries = max(l.Retries, 0)
}

// limit returns the number of retries in force as events have it.
func (l *Loop) limit() int {
	if l.Unlimited || l.Retries == endless {
		return retry.Unlimited
	}
	return max(l.Retries, 0)
}

// Retry returns the number of the coming retry, from 1. In a new series it starts from 1 again.
func (l *Loop) Retry() int { return l.attempts - l.before }

// Attempt describes the latest attempt before the wait, when conditions are asked, and the coming one after it. The
// error is the latest attempt's in both cases.
//
//go:noinline
func (l *Loop) Attempt() retry.Attempt {
	a := retry.Attempt{Number: l.attempts, Err: l.err}
	if !l.Started.IsZero() {
		a.Elapsed = time.Since(l.Started)
	}
	return a
}

// Wait decides on a retry after the schedule's delay and waits for it. False ends the loop.
//
//go:noinline
func (l *Loop) Wait(delay time.Duration) bool { return l.Plan(delay) && l.Sleep() }

// Plan decides on a retry after the schedule's delay and notifies observers. False ends the loop; End then returns why.
//
//go:noinline
func (l *Loop) Plan(delay time.Duration) bool { return l.Fits(delay) && l.Take() }

// Fits decides how long to wait before a retry, by the schedule's delay and by what was asked for. It reports whether
// the retry would begin in time: the context is not done, and neither its deadline nor the policy's limit comes first.
//
//go:noinline
func (l *Loop) Fits(delay time.Duration) bool {
	if l.overlay != nil && !l.overlay.drawn {
		delay, _ = l.overlaid(delay)
	}
	if l.Context.Err() != nil {
		return l.cut(retry.ReasonCanceled, context.Cause(l.Context))
	}
	if l.asked > l.longest() {
		l.state = overlong
		return false
	}
	l.planned = l.wait(delay)
	if l.Within > 0 && l.planned > l.Within-time.Since(l.begun()) {
		return l.cut(retry.ReasonWithin, nil)
	}
	if deadline, ok := l.deadline(); ok && l.planned > time.Until(deadline) {
		return l.cut(retry.ReasonDeadline, context.DeadlineExceeded)
	}
	return true
}

// Take takes the retry's token from the budget and notifies observers. False ends the loop: the budget is empty.
//
//go:noinline
func (l *Loop) Take() bool {
	if l.Budget != nil && !private.Take(l.Budget) {
		return l.cut(retry.ReasonBudget, nil)
	}
	if l.Flow != nil {
		if err := l.Flow.wait(l.planned); err != nil {
			return l.cut(retry.ReasonCheckpoint, err)
		}
	}
	l.state = running
	l.emit(retry.Event{Wait: l.planned, Err: l.err, Decision: retry.DecisionRetry})
	return true
}

// Sleep waits as planned. It reports whether the next attempt may start: not if the context is done, even if that
// happened in the moment in which the wait ended. If the loop is Guarded, the attempt starts with Admit.
//
//go:noinline
func (l *Loop) Sleep() bool {
	if l.Served != nil {
		return l.postpone()
	}
	l.pause(l.planned - l.spent)
	if l.Context.Err() != nil {
		return l.cut(retry.ReasonCanceled, context.Cause(l.Context))
	}
	return l.rewind() && (l.Guarded || l.proceed())
}

func (l *Loop) pause(wait time.Duration) {
	done := l.Context.Done()
	switch {
	case wait <= 0:
		return
	case done == nil:
		time.Sleep(wait)
		return
	case l.timer == nil:
		l.timer = time.NewTimer(wait)
	default:
		l.timer.Reset(wait)
	}
	select {
	case <-l.timer.C:
	case <-done:
	}
}

func (l *Loop) cut(reason retry.Reason, cause error) bool {
	l.reason, l.cause = reason, cause
	return false
}

// Stop cuts the loop short because what an attempt has read cannot be read again: a request's body, or a parameter.
func (l *Loop) Stop(cause error) { l.cut(retry.ReasonBody, cause) }

// Cut reports whether the loop was cut short, so that End returns a *retry.Error.
func (l *Loop) Cut() bool { return l.reason != 0 }

// End ends the loop and returns the error of the call: the latest attempt's, unchanged, or a *retry.Error if the loop was
// cut short.
//
//go:noinline
func (l *Loop) End(err error) error {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.drop()
	if l.state == postponed {
		return err
	}
	if l.Served != nil {
		l.Served.ended = true
	}
	for _, s := range l.seeks {
		s.settle()
	}
	switch {
	case err == nil && (l.state == exhausted || l.state == overlong):
		leaveOpen(l.Context, l.Task)
		l.Served.leaveOpen()
	case err == nil && l.reason == 0 && l.Flow != nil:
		l.Flow.succeed()
	}
	switch {
	case l.reason != 0:
		l.emit(retry.Event{Err: err, Decision: retry.DecisionGaveUp, Reason: l.reason})
		return l.shortened(err)
	case l.state == overlong:
		l.emit(retry.Event{
			Err: err, Decision: retry.DecisionRefused, Reason: retry.ReasonWait, Asked: l.asked, Limit: l.longest(),
		})
	case err == nil && l.attempts <= 1:
		if l.Observe {
			l.emit(retry.Event{Decision: retry.DecisionSucceeded})
		}
	case l.state == exhausted:
		l.emit(retry.Event{Err: err, Decision: retry.DecisionGaveUp})
	case err == nil:
		l.emit(retry.Event{Decision: retry.DecisionRecovered})
	default:
		l.emit(retry.Event{Err: err, Decision: retry.DecisionRefused})
	}
	return err
}

// shortened returns the error of a loop that was cut short after an attempt with an error, which may be nil.
func (l *Loop) shortened(last error) error {
	if l.KeepErr && last != nil && l.reason != retry.ReasonCheckpoint {
		return last
	}
	end := endOf(l.Context, l.reason)
	return &retry.Error{Task: l.Task, Attempts: l.attempts, Reason: l.reason, Last: last, Cause: l.cause, Context: end}
}

// endOf returns what the context's Err returns, or will return at its deadline, where that is the reason.
func endOf(ctx context.Context, reason retry.Reason) error {
	switch reason {
	case retry.ReasonCanceled:
		return ctx.Err()
	case retry.ReasonDeadline:
		return context.DeadlineExceeded
	}
	return nil
}
