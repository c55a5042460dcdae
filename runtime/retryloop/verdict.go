package retryloop

import (
	"time"

	"github.com/retrygen/retrygen/runtime/internal/errs"
	"github.com/retrygen/retrygen/runtime/retry"
)

// verdict is what an error says of retries by itself. One walk over the error's tree finds it, since a loop asks after
// each failure.
type verdict struct {
	final bool          // no retry will help
	wait  time.Duration // the longest that is asked for; 0 for none
}

// waiter is an error that asks for a wait.
type waiter interface {
	error
	RetryAfter() time.Duration
}

// read looks into the tree of an error, by the rules of errors.As.
func (v *verdict) read(err error) {
	for err != nil && !v.final {
		switch e := err.(type) {
		case *errs.Permanent:
			v.final = true
		case *retry.Error:
			if e == nil {
				return
			}
			v.final = final(e.Reason)
		case retry.Reason:
			v.final = final(e)
		case waiter:
			v.wait = max(v.wait, e.RetryAfter())
		}
		if e, ok := err.(interface{ As(any) bool }); ok {
			v.ask(e)
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				v.read(err)
			}
			return
		default:
			return
		}
	}
}

// ask asks an error that says itself what it is.
func (v *verdict) ask(e interface{ As(any) bool }) {
	var mark *errs.Permanent
	var inner *retry.Error
	var w waiter
	switch {
	case e.As(&mark):
		v.final = true
	case e.As(&inner):
		v.final = v.final || final(inner.Reason)
	case e.As(&w):
		v.wait = max(v.wait, w.RetryAfter())
	}
}

// final reports whether an inner wrapper's end is final for those around it: its budget was empty, so that another attempt
// would only add to the load, or the attempts of an inner flow are used up.
func final(reason retry.Reason) bool {
	return reason == retry.ReasonBudget || reason == retry.ReasonAttempts
}
