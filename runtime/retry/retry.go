// Package retry is what generated retry wrappers call, and what their users say to them.
//
// A function that is annotated for retrygen may mark the errors that it gives:
//
//	//retry:task retries=4 delay=exponential(2) jitter=3
//	func FetchPrice(ctx context.Context, symbol string) (Price, error) {
//		resp, err := get(ctx, symbol)
//		switch {
//		case err != nil:
//			return Price{}, err // retried
//		case resp.StatusCode == http.StatusNotFound:
//			return Price{}, retry.Permanent(ErrUnknownSymbol) // not retried
//		case resp.StatusCode == http.StatusTooManyRequests:
//			return Price{}, retry.After(ErrBusy, 30*time.Second) // retried, but not before
//		}
//		…
//	}
//
// Its callers get the results and the error of the last attempt, untouched, unless the retries were cut short: then
// an [*Error] says why, and wraps both the last error and the cause. [With] changes what directives say for the
// calls below a context, [Observe] watches retries happen, and a [Budget] bounds how many of them many callers make
// together.
//
// Within a flow, tasks that are marked checkpoint are not called again by a later attempt of the flow where an earlier
// one had them succeed with the same arguments. [WithRun] keeps what they gave in a [Store], so that even a flow whose
// process was killed goes on where it was.
//
// The schedules ([Exponential] and its like), [Loop], [Flow], [Key] and [Checkpoint] are for generated code. The package imports the standard
// library alone, keeps no goroutine and no timer between calls, and takes the time from package time only, so that
// testing/synctest can test what uses it.
package retry

import (
	"time"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// GeneratedV1 names what generated code and this package agree on. Generated files refer to it: code that was
// generated for another generation of this package fails to build, by a name that says so.
const GeneratedV1 = 1

// GeneratedV2 is what generated code refers to instead where it holds flows or checkpoints, which runtimes before it
// do not know.
const GeneratedV2 = 2

// Unlimited is a number of retries that does not run out.
const Unlimited = -1

// Permanent marks an error as one that no retry will change: every wrapper that sees it gives it back at once. The
// marked error has the same text, and errors.Is and errors.As look through the mark. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// After marks an error with the wait that it asks for, such as the one that a server named. It is not shortened: the
// next retry begins between wait and 1.1 times wait later, or there is none if the policy's cap, or an hour where it
// has no cap, is less. A wait of 0 or less asks for nothing. After(nil, wait) is nil.
//
// Any other error with a method RetryAfter() time.Duration asks in the same way.
func After(err error, wait time.Duration) error {
	if err == nil {
		return nil
	}
	return &afterError{err, wait}
}

type afterError struct {
	err  error
	wait time.Duration
}

func (e *afterError) Error() string { return e.err.Error() }
func (e *afterError) Unwrap() error { return e.err }

// RetryAfter gives the wait that the error asks for.
func (e *afterError) RetryAfter() time.Duration { return e.wait }

// waiter is an error that asks for a wait.
type waiter interface {
	error
	RetryAfter() time.Duration
}

// Attempt tells a function which attempt it is. An annotated function that has a parameter of this type is given it
// by its wrapper, whose callers do not see the parameter.
type Attempt struct {
	Number  int           // from 1
	Elapsed time.Duration // since the wrapper was called
	Err     error         // of the attempt before; nil on the first
}

// IsType reports whether an error in err's tree has type T, as [errors.As] finds it.
func IsType[T error](err error) bool {
	_, ok := errs.As[T](err)
	return ok
}
