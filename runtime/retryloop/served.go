package retryloop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Served is one attempt of a remote task that a worker makes for an engine. The function that makes it is the one that
// makes calls in place. It asks Served, which is nil for calls in place, what is different:
//
//	func serveFetchPrice(ctx context.Context, attempt remote.Attempt) remote.Outcome {
//		type arguments struct {
//			Symbol string `json:"symbol"`
//		}
//		served, given := retryloop.Serve[arguments](ctx, "pricing.FetchPrice", attempt, errorsOfFetchPrice()...)
//		if served.Failed() {
//			return served.Outcome()
//		}
//		price, err := retryFetchPrice(served.Context(), served, given.Symbol)
//		return retryloop.Answer(served, price, err)
//	}
//
// The loop in it continues where the attempt before has left it. Where it would wait, it ends, and Answer tells the engine
// how long to wait.
type Served struct {
	ctx     context.Context
	task    string
	attempt remote.Attempt
	names   []Named
	began   time.Time
	state   servedState
	retries int
	failed  error // why there is no attempt
	ended   bool  // a loop has told observers of the end of the call
	open    bool  // retries ran out on results that are not wanted
	again   bool
	wait    time.Duration
}

// servedState is what the attempts of a call know of each other.
type servedState struct {
	Previous time.Duration `json:"previous,omitempty"` // the latest wait that Decorrelated has drawn, in nanoseconds
	Before   int           `json:"before,omitempty"`   // attempts before the present series
	From     *time.Time    `json:"from,omitempty"`     // when that series began; nil for the first
	Last     *failure      `json:"last,omitempty"`     // the error of the attempt before
}

// Serve begins an attempt, and decodes the arguments into a value of type A. Calls that the task makes itself are made in
// place.
func Serve[A any](ctx context.Context, task string, attempt remote.Attempt, names ...Named) (*Served, A) {
	s := &Served{ctx: remote.With(ctx, nil, ""), task: task, attempt: attempt, names: names, began: time.Now()}
	var arguments A
	s.read(&arguments)
	return s, arguments
}

// ServeFlow is [Serve] for a flow. Remote tasks that it calls are calls of the engine in its context.
func ServeFlow[A any](ctx context.Context, task string, attempt remote.Attempt, names ...Named) (*Served, A) {
	s, arguments := Serve[A](ctx, task, attempt, names...)
	s.ctx = ctx
	return s, arguments
}

// read decodes what the engine has kept.
func (s *Served) read(arguments any) {
	if s.attempt.Started.IsZero() {
		s.attempt.Started = s.began
	}
	if err := decodeSent(s.attempt.Arguments, arguments); err != nil {
		cause := fmt.Errorf("the arguments cannot be decoded; is the worker's program another version than the caller's? %w", err)
		s.fail(s.attempt.Number-1, cause)
	}
	if len(s.attempt.State) == 0 {
		return
	}
	if err := json.Unmarshal(s.attempt.State, &s.state); err != nil {
		s.fail(s.attempt.Number-1, fmt.Errorf("the state that the attempt before has left cannot be decoded: %w", err))
	}
}

// fail ends the call. Attempts are those that were made.
func (s *Served) fail(attempts int, cause error) {
	s.failed = &retry.Error{Task: s.task, Attempts: attempts, Reason: retry.ReasonEngine, Cause: retry.Permanent(cause)}
}

// InPlace is the *Served of a call that no engine makes, for packages in which nil means something else.
func InPlace() *Served { return nil }

// Failed reports whether there can be no attempt.
func (s *Served) Failed() bool { return s.failed != nil }

// Outcome returns why there can be no attempt.
func (s *Served) Outcome() remote.Outcome { return s.outcome(remote.Outcome{Err: s.failed}, nil) }

// Context returns the context of the attempt.
func (s *Served) Context() context.Context { return s.ctx }

// Begin takes the number of retries that the directive allows. If attempts have ended without an outcome, there may be none
// left, and the context may be done: Begin then returns the error of the call.
func (s *Served) Begin(retries int) error {
	if s == nil {
		return nil
	}
	return s.begin(retries)
}

func (s *Served) begin(retries int) error {
	s.retries = retriesIn(private.Settings(s.ctx, s.task), retries)
	if s.attempt.Number > 1 && s.ctx.Err() != nil {
		return s.giveUp(retry.ReasonCanceled, context.Cause(s.ctx))
	}
	if s.retries < 0 || s.attempt.Number-s.state.Before <= s.retries+1 {
		return nil
	}
	return s.giveUp(retry.ReasonAttempts, errors.New("an attempt has ended without an outcome: did its process die?"))
}

// giveUp notifies observers and returns the error of a call that makes no further attempt.
func (s *Served) giveUp(reason retry.Reason, cause error) error {
	e := &retry.Error{Task: s.task, Attempts: s.attempt.Number - 1, Reason: reason, Last: s.state.Last.error(s.names), Cause: cause}
	e.Context = endOf(s.ctx, reason)
	s.report(retry.Event{Attempt: e.Attempts, Err: e.Last, Decision: retry.DecisionGaveUp, Reason: reason})
	return e
}

// report completes an event that ends the call and notifies observers.
func (s *Served) report(e retry.Event) {
	s.ended = true
	e.Task, e.Retries, e.Elapsed = s.task, s.retries, time.Since(s.attempt.Started)
	private.Report(s.ctx, private.Settings(s.ctx, s.task), e)
}

// First reports whether the attempt is the first of its call, as it is in place.
func (s *Served) First() bool { return s == nil || s.attempt.Number <= 1 }

// Attempt describes the attempt.
func (s *Served) Attempt() retry.Attempt {
	if s == nil {
		return retry.Attempt{Number: 1}
	}
	a := retry.Attempt{Number: s.attempt.Number, Err: s.state.Last.error(s.names)}
	if a.Number > 1 {
		a.Elapsed = time.Since(s.attempt.Started)
	}
	return a
}

// Refused is the function [Refused] for an attempt that need not be the first.
func (s *Served) Refused(ctx context.Context, task string, retries int, start time.Time, refused error) error {
	if s.First() {
		return Refused(ctx, task, retries, start, refused)
	}
	reason, cause := refusal(ctx, refused)
	return s.giveUp(reason, cause)
}

// Succeeded is the function [Succeeded] for an attempt that need not be the first.
func (s *Served) Succeeded(ctx context.Context, task string, retries int, start time.Time) {
	if s.First() {
		Succeeded(ctx, task, retries, start)
	}
}

// OpenFlow is the function [OpenFlow] for a flow that an engine may call. The engine has identified the call.
func (s *Served) OpenFlow(ctx context.Context, key *Key, retries int) (*Flow, error) {
	f, err := OpenFlow(ctx, key, retries)
	if s != nil && err == nil {
		f.scope = scope{s.attempt.Key, s.attempt.Key}
		f.served = s
	}
	return f, err
}

// resume makes a loop continue where the attempt before has left it.
func (l *Loop) resume() {
	s := l.Served
	l.attempts, l.before, l.previous = s.attempt.Number, s.state.Before, s.state.Previous
	if s.state.From != nil {
		l.from = *s.state.From
	}
	if !l.Started.IsZero() {
		l.Started = s.attempt.Started
	}
	if l.First.IsZero() {
		l.latest = s.began
	} else {
		l.latest = l.First
	}
}

// deadline returns when the call must have ended. The deadline of an attempt that a worker makes is not its call's.
func (l *Loop) deadline() (time.Time, bool) {
	if l.Served != nil {
		return l.Served.attempt.Deadline, !l.Served.attempt.Deadline.IsZero()
	}
	return l.Context.Deadline()
}

// postpone leaves the planned wait and the next attempt to the engine.
func (l *Loop) postpone() bool {
	s := l.Served
	l.state = postponed
	s.again, s.wait = true, max(l.planned-l.spent, 0)
	s.state = servedState{Previous: l.previous, Before: l.before, Last: failureOf(l.err, s.names)}
	if from := l.from; !from.IsZero() { // a copy: the loop stays on the stack
		s.state.From = &from
	}
	return false
}

// leaveOpen notes that retries ran out without an error, on results that are not wanted.
func (s *Served) leaveOpen() {
	if s != nil {
		s.open = true
	}
}

// errUnwanted stands for results that are wanted no more than an error. A caller gets the results of the last attempt and no
// error, as in place, but the engine does not take the call for a success.
var errUnwanted = errors.New("the condition of the task asks for another attempt, though this one has returned no error")

// Answer ends an attempt: with the results and the error that the loop has ended with.
func Answer[R any](s *Served, results R, err error) remote.Outcome {
	if s.again {
		if err == nil {
			err = errUnwanted
		}
		state, _ := json.Marshal(&s.state) // It has only values that can be encoded.
		return s.outcome(remote.Outcome{Err: err, Again: true, Wait: s.wait, State: state}, nil)
	}
	data, unsent := encodeJSON(results)
	switch {
	case err != nil:
		return s.outcome(remote.Outcome{Err: err}, data)
	case unsent != nil:
		s.fail(s.attempt.Number, fmt.Errorf("the results cannot be sent to the caller: %w", unsent))
		return s.Outcome()
	case s.open:
		return s.outcome(remote.Outcome{Err: errUnwanted}, data)
	case s.attempt.Number > 1 && !s.ended:
		s.report(retry.Event{Attempt: s.attempt.Number, Decision: retry.DecisionRecovered})
	}
	return remote.Outcome{Results: data}
}

// outcome adds the error for the caller's process.
func (s *Served) outcome(o remote.Outcome, results json.RawMessage) remote.Outcome {
	f := failureOf(o.Err, s.names)
	f.Results, f.Unwanted = results, s.open && o.Err == errUnwanted
	o.Failure, _ = json.Marshal(f)
	return o
}
