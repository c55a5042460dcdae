package retry

import (
	"context"
	"errors"
	"fmt"
)

// Reason says why retries were cut short. An [*Error] is its reason for errors.Is:
//
//	if errors.Is(err, retry.ReasonDeadline) { … }
//
// [ReasonWait] stands in events alone: the caller gets the last attempt's own error.
type Reason int

// The reasons. The zero Reason means that retries were not cut short.
const (
	ReasonCanceled   Reason = iota + 1 // the context is done
	ReasonDeadline                     // the wait would end after the context's deadline
	ReasonWithin                       // the retry would begin later than the policy allows
	ReasonBudget                       // the budget has no token
	ReasonBody                         // a request's body, or a parameter that an attempt has read, cannot be read again
	ReasonCheckpoint                   // a flow run cannot be opened, or its records cannot be read or written
	ReasonAttempts                     // earlier calls of a flow under the name of its run have used up its attempts; so have dead workers
	ReasonWait                         // a wait was asked for that is longer than the policy's cap, or than an hour without one
	ReasonGuard                        // the guard has refused an attempt; its error is the cause
	ReasonEngine                       // an engine could not have the call made, or does not know how it ended, see package remote
)

// reasons are the texts.
var reasons = [...]string{
	0:                "no reason",
	ReasonCanceled:   "context done",
	ReasonDeadline:   "the context's deadline is nearer than the next retry",
	ReasonWithin:     "the time for retries is over",
	ReasonBudget:     "the retry budget is empty",
	ReasonBody:       "the body cannot be read again",
	ReasonCheckpoint: "the checkpoint failed",
	ReasonAttempts:   "the attempts of the run are used up",
	ReasonWait:       "the wait that was asked for is too long",
	ReasonGuard:      "the guard refused the attempt",
	ReasonEngine:     "the engine failed",
}

// Error returns the reason in words, so that a Reason is an error. Wrappers never return one by itself.
func (r Reason) Error() string {
	if r >= 0 && int(r) < len(reasons) {
		return reasons[r]
	}
	return fmt.Sprintf("Reason(%d)", int(r))
}

// String returns the reason in words.
func (r Reason) String() string { return r.Error() }

// Error is what a wrapper returns when retries were cut short. It wraps the last attempt's error and the cause, so that
// errors.Is and errors.As find both. For errors.Is it also is what the context's Err returned, so that a call whose
// context was cancelled with a cause is [context.Canceled] like any other.
//
// With [ReasonCheckpoint] it comes from a flow whose run cannot be opened, or from a task with the option checkpoint.
// Attempts is 0 if the recorded results could not be read, so that the task did not run. It is 1 if the task succeeded,
// after one attempt or more, and its results could not be recorded; the wrapper returns these results all the same.
//
// In a run that keeps the count of attempts, see [ProgressRun], Attempts includes the attempts of earlier calls.
type Error struct {
	Task     string // the full name, such as "example.com/shop/pricing.FetchPrice"
	Attempts int    // attempts made; 0 if the context was done before the first; see also ReasonCheckpoint
	Reason   Reason
	Last     error // the last attempt's own error; nil if it had none
	Cause    error // context.Cause for ReasonCanceled, context.DeadlineExceeded for ReasonDeadline; otherwise nil, or a detail
	Context  error // what the context's Err returned, or would have at its deadline, for these two; otherwise nil
}

// Error returns one line with the task, the attempts, the reason and both errors. It names the task by the part of its
// name after the last slash.
func (e *Error) Error() string {
	if e.Reason == ReasonCheckpoint {
		return fmt.Sprintf("%s: %v: %v", short(e.Task), e.Reason, e.Cause)
	}
	attempts := "attempts"
	if e.Attempts == 1 {
		attempts = "attempt"
	}
	text := fmt.Sprintf("%s: stopped after %d %s: %v", short(e.Task), e.Attempts, attempts, e.Reason)
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	if e.Last != nil {
		text += "; last error: " + e.Last.Error()
	}
	return text
}

// Is reports whether the target is the error's reason, or what the context's Err returned. The zero Reason is the reason
// of no error.
func (e *Error) Is(target error) bool {
	if reason, ok := target.(Reason); ok {
		return reason != 0 && reason == e.Reason
	}
	return e.Context != nil && errors.Is(e.Context, target)
}

// Timeout reports whether the retries were cut short because of the deadline of the context. So Timeout of a *url.Error
// that wraps the error, as those of http.Client do, reports it as well.
func (e *Error) Timeout() bool {
	return e.Reason == ReasonDeadline || e.Reason == ReasonCanceled && errors.Is(e.Context, context.DeadlineExceeded)
}

// Unwrap returns the last error and the cause, without those that are nil.
func (e *Error) Unwrap() []error {
	var list []error
	if e.Last != nil {
		list = append(list, e.Last)
	}
	if e.Cause != nil {
		list = append(list, e.Cause)
	}
	return list
}
