package retry

import (
	"context"
	"fmt"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// Reason says why retries were cut short.
type Reason int

// The reasons. The zero Reason is none.
const (
	Canceled          Reason = iota + 1 // the context is done
	Deadline                            // the wait would end after the context's deadline
	Within                              // the retry would begin later than the policy allows
	BudgetEmpty                         // the budget has no token
	BodyNotRewindable                   // a request's body cannot be sent again
	CheckpointFailed                    // a flow run cannot be opened, or what is remembered in it not be read or kept
)

// String gives the reason in words.
func (r Reason) String() string {
	switch r {
	case 0:
		return "none"
	case Canceled:
		return "context done"
	case Deadline:
		return "the context's deadline is nearer than the next retry"
	case Within:
		return "the time for retries is over"
	case BudgetEmpty:
		return "the retry budget is empty"
	case BodyNotRewindable:
		return "the request body cannot be sent again"
	case CheckpointFailed:
		return "the checkpoint failed"
	}
	return fmt.Sprintf("Reason(%d)", int(r))
}

// Error is what a wrapper gives when retries were cut short. It wraps the last attempt's error and the cause, so
// that errors.Is and errors.As find both.
//
// One of reason CheckpointFailed comes from the wrapper of a flow whose run cannot be opened, or from that of a task:
// with 0 attempts where its results could not be looked up, so that it did not run, and with 1 where it ran, once or
// oftener, and succeeded, but its results, which the wrapper gives all the same, could not be recorded.
type Error struct {
	Task     string // "pkg.Func" or "pkg.Type.Method"
	Attempts int    // attempts made; 0 where the context was done before the first; see CheckpointFailed
	Reason   Reason
	Last     error // the last attempt's own error; nil if it had none
	Cause    error // context.Cause for Canceled, context.DeadlineExceeded for Deadline; else nil or what says more
}

// Error gives one line with the task, the attempts, the reason and both errors.
func (e *Error) Error() string {
	if e.Reason == CheckpointFailed {
		return fmt.Sprintf("%s: %v: %v", e.Task, e.Reason, e.Cause)
	}
	attempts := "attempts"
	if e.Attempts == 1 {
		attempts = "attempt"
	}
	text := fmt.Sprintf("%s: stopped after %d %s: %v", e.Task, e.Attempts, attempts, e.Reason)
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	if e.Last != nil {
		text += "; last error: " + e.Last.Error()
	}
	return text
}

// Unwrap gives the last error and the cause, those that there are.
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

// NotStarted is the error of a wrapper whose context was done before the first attempt. Generated code calls it.
func NotStarted(ctx context.Context, task string) error {
	return &Error{Task: task, Reason: Canceled, Cause: context.Cause(ctx)}
}

// final reports whether an error says by itself that no retry will help: it is marked, or a wrapper inside found
// its budget empty, and to try again out here would only add to the load.
func final(err error) bool {
	if err == nil {
		return false
	}
	if _, ok := errs.As[*permanentError](err); ok {
		return true
	}
	return budgetEmpty(err)
}

// budgetEmpty looks through the whole tree: the first *Error in it need not be the one that met the empty budget.
func budgetEmpty(err error) bool {
	for err != nil {
		if e, ok := err.(*Error); ok && e.Reason == BudgetEmpty {
			return true
		}
		switch wrapped := err.(type) {
		case interface{ Unwrap() error }:
			err = wrapped.Unwrap()
		case interface{ Unwrap() []error }:
			for _, one := range wrapped.Unwrap() {
				if budgetEmpty(one) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}
