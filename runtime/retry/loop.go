package retry

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// Loop is the state of one call's retries, from its first failure on. It is for generated code, which declares it
// with the constants of the policy and asks it in turn:
//
//	price, err := FetchPrice(ctx, symbol)
//	if err == nil {
//		return price, nil
//	}
//	loop := retry.Loop{Context: ctx, Task: "pricing.FetchPrice", Retries: 4}
//	for loop.Again(err) && worthRetrying(err) && loop.Wait(5*time.Second) {
//		price, err = FetchPrice(ctx, symbol)
//	}
//	return price, loop.End(err)
//
// A Loop belongs to one goroutine and is not used again after End. It lives on the caller's stack; a call with waits
// makes one timer. Its methods are not inlined: wrappers are many, and their retries are the slow path.
type Loop struct {
	Context context.Context // of the call; nil counts as context.Background
	Task    string          // as in errors and events
	Retries int             // at most; Unlimited
	Cap     time.Duration   // no wait is longer; 0 for no cap
	Within  time.Duration   // after Started no retry begins later than this; 0 for any time
	Started time.Time       // when the call began, where Within or an Attempt asks for it
	Budget  *Budget         // gives a token for each retry; may be nil
	Notify  func(context.Context, Event)

	err      error // of the latest attempt
	cause    error
	timer    *time.Timer
	settings *settings     // from With, nil for none
	asked    time.Duration // the wait that the error or a condition asks for, 0 for none
	planned  time.Duration // the wait before the next attempt
	previous time.Duration // the wait before, for Decorrelated
	attempts int           // made
	state    state
	reason   Reason
}

// state is where a loop stands between two attempts.
type state uint8

const (
	running   state = iota
	succeeded       // the latest attempt gave no error
	exhausted       // no retry is left
	judged          // conditions are being asked: where the loop ends now, one of them said no
)

// Again takes the error of an attempt and reports whether there may be another: the attempt failed, a retry is left,
// and the error does not rule it out. Conditions are asked next.
//
//go:noinline
func (l *Loop) Again(err error) bool {
	if err == nil {
		l.err, l.state = nil, succeeded
		return false
	}
	return l.Left(err)
}

// Left is Again for a condition over all results, which is asked after successes too.
func (l *Loop) Left(err error) bool {
	if l.attempts == 0 {
		l.begin()
	}
	l.err, l.asked = err, 0
	if l.Retries >= 0 && l.attempts > l.Retries {
		l.state = exhausted
		return false
	}
	l.state = judged
	if err == nil {
		return true
	}
	if final(err) {
		return false
	}
	if w, ok := errs.As[waiter](err); ok {
		l.asked = max(w.RetryAfter(), 0)
	}
	return true
}

// begin counts the first attempt and looks up what With says.
func (l *Loop) begin() {
	l.attempts = 1
	if l.Context == nil {
		l.Context = context.Background()
	}
	l.settings = settingsFor(l.Context, l.Task)
	if l.settings != nil && l.settings.retried {
		l.Retries = l.settings.retries
	}
}

// Retry is the number of the coming retry, from 1.
func (l *Loop) Retry() int { return l.attempts }

// Attempt describes the attempt that a condition is asked about or, after the wait, the coming one. Its error is that
// of the latest attempt.
//
//go:noinline
func (l *Loop) Attempt() Attempt {
	a := Attempt{Number: l.attempts, Err: l.err}
	if !l.Started.IsZero() {
		a.Elapsed = time.Since(l.Started)
	}
	return a
}

// Ask has a condition ask for a wait, as [After] does; 0 leaves the wait to the error and the schedule.
func (l *Loop) Ask(wait time.Duration) {
	if wait > 0 {
		l.asked = wait
	}
}

// Wait decides on a retry after the schedule's delay and waits for it. False ends the loop.
//
//go:noinline
func (l *Loop) Wait(delay time.Duration) bool { return l.Plan(delay) && l.Sleep() }

// Plan decides on a retry after the schedule's delay, and tells those who watch. False ends the loop: for good where
// the error asks for a longer wait than there may be, else because it is cut short.
//
//go:noinline
func (l *Loop) Plan(delay time.Duration) bool {
	if l.Context.Err() != nil {
		return l.cut(Canceled, context.Cause(l.Context))
	}
	if l.asked > 0 && l.asked > l.longest() {
		return false
	}
	l.planned = l.wait(delay)
	if l.Within > 0 && l.planned > l.Within-time.Since(l.Started) {
		return l.cut(Within, nil)
	}
	if deadline, ok := l.Context.Deadline(); ok && l.planned > time.Until(deadline) {
		return l.cut(Deadline, context.DeadlineExceeded)
	}
	if !l.Budget.take() {
		return l.cut(BudgetEmpty, nil)
	}
	l.state = running
	l.emit(Event{Wait: l.planned, Err: l.err, Decision: Retry})
	return true
}

// longest bounds the wait that an error may ask for.
func (l *Loop) longest() time.Duration {
	if l.Cap > 0 {
		return l.Cap
	}
	return time.Hour
}

// wait settles how long to wait: as asked, or as the schedule says.
func (l *Loop) wait(delay time.Duration) time.Duration {
	switch {
	case l.undelayed():
		return 0
	case l.asked > 0:
		return between(l.asked, add(l.asked, l.asked/10), l.Cap, l.draw())
	}
	return max(capped(delay, l.Cap), 0)
}

// Sleep waits as planned. It reports whether the next attempt may start: not on a context that is done, even where
// it was done just as the wait ended.
//
//go:noinline
func (l *Loop) Sleep() bool {
	l.pause(l.planned)
	if l.Context.Err() != nil {
		return l.cut(Canceled, context.Cause(l.Context))
	}
	l.previous = l.planned
	l.attempts++
	return true
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

func (l *Loop) cut(reason Reason, cause error) bool {
	l.reason, l.cause = reason, cause
	return false
}

// Stop cuts the loop short for a reason that only its surroundings know: a request body that cannot be sent again.
func (l *Loop) Stop(cause error) { l.cut(BodyNotRewindable, cause) }

// Cut reports whether the loop was cut short, so that End gives an [*Error].
func (l *Loop) Cut() bool { return l.reason != 0 }

// End ends the loop and gives the error of the call: that of the latest attempt, untouched, or an [*Error] where the
// loop was cut short.
//
//go:noinline
func (l *Loop) End(err error) error {
	if l.timer != nil {
		l.timer.Stop()
	}
	if err == nil && l.state == exhausted {
		settle(l.Context, l.Task)
	}
	switch {
	case l.reason != 0:
		l.emit(Event{Err: err, Decision: GaveUp, Reason: l.reason})
		return &Error{Task: l.Task, Attempts: l.attempts, Reason: l.reason, Last: err, Cause: l.cause}
	case err == nil && l.attempts <= 1:
		return nil
	case l.state == exhausted:
		l.emit(Event{Err: err, Decision: GaveUp})
	case err == nil:
		l.emit(Event{Decision: Recovered})
	default:
		l.emit(Event{Err: err, Decision: Refused})
	}
	return err
}

// emit completes an event and passes it on.
func (l *Loop) emit(e Event) {
	e.Task, e.Attempt, e.Retries = l.Task, l.attempts, l.Retries
	if l.Notify != nil && e.Decision == Retry {
		l.Notify(l.Context, e)
	}
	report(l.Context, l.settings, e)
}

// undelayed reports whether With turned delays off.
func (l *Loop) undelayed() bool { return l.settings != nil && l.settings.noDelay }

// draw gives 64 random bits.
func (l *Loop) draw() uint64 {
	if l.settings != nil && l.settings.random != nil {
		return l.settings.random.Uint64()
	}
	return rand.Uint64()
}
