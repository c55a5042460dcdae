// Package retry is what users of retrygen call: they mark errors, adjust retries for the calls below a context,
// observe them, and share budgets. Package retryloop beside it is what generated code calls.
//
// A function that is annotated for retrygen may mark the errors that it returns:
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
//			return Price{}, retry.After(ErrBusy, 30*time.Second) // retried, but not earlier
//		}
//		…
//	}
//
// Callers of its wrapper get the results and the error of the last attempt, unchanged. Only if the retries were cut
// short the error is an [*Error]. It says why, and wraps both the last error and the cause.
//
// [With] changes what directives say for the calls below a context, [Override] for the whole process. [Observe] calls a
// function with each decision of a wrapper. A [Budget] limits the retries of many callers together.
//
// Within a flow, a task with the option checkpoint is not called again if an earlier attempt of the flow has called it
// with equal arguments and it succeeded. [WithRun] keeps the results in a [Store], so that even a flow whose process was
// killed continues where it was.
//
// The package imports the standard library alone. It keeps no goroutine and no timer between calls, and takes the time
// from package time only, so that testing/synctest can test code that uses it.
package retry

import (
	"time"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// init hands package retryloop what is not for users.
func init() {
	bridge.Install(&bridge.Hooks[Event, Budget, Policy]{
		Settings: settingsFor, Report: report, Observed: observed, Take: (*Budget).take, Deposit: (*Budget).deposit,
		Values: valuesOf, Early: earlyOf, Policy: policyFor,
	})
}

// Unlimited is a number of retries that does not run out.
const Unlimited = -1

// Immediately is a wait that a condition returns to have the next attempt begin at once, without jitter. Such a retry
// counts, and takes a token from a budget, like any other. Every other negative wait counts as 0, which is the schedule's.
const Immediately time.Duration = -1

// Permanent marks an error that no retry will change: every wrapper that sees it returns it at once. The marked error
// has the same text, and errors.Is and errors.As look through the mark. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &errs.Permanent{Err: err}
}

// After marks an error with the wait that it asks for, for example the wait that a server named. The wait is never
// shortened: the next retry begins between wait and 1.1 times wait later. If wait is longer than the policy's cap, or
// than an hour where the policy has no cap, there is no retry, for [ReasonWait]. A wait of 0 or less asks for nothing.
// After(nil, wait) is nil.
//
// Any other error with a method RetryAfter() time.Duration asks in the same way. Of several in one error the longest
// counts.
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

// RetryAfter returns the wait that the error asks for.
func (e *afterError) RetryAfter() time.Duration { return e.wait }

// Attempt tells a function which attempt it is. If an annotated function has a parameter of this type, its wrapper
// fills it in, and does not have the parameter itself. With Err a function can do again only what has failed:
//
//	//retry:task retries=4 delay=1 jitter=1
//	func Store(ctx context.Context, attempt retry.Attempt, items []Item) error {
//		var partial *PartialError // every error of Store is one: it names the items that are left
//		if errors.As(attempt.Err, &partial) {
//			items = partial.Failed
//		}
//		…
//	}
type Attempt struct {
	Number  int           // from 1
	Elapsed time.Duration // since the wrapper was called
	Err     error         // of the attempt before; nil on the first
}

// Keyer is implemented by types that say themselves what identifies their values in the keys of checkpoints. Two values
// are equal to retrygen if their types and texts are equal.
type Keyer interface {
	// RetryKey returns a text that is the same for equal values, in every process, and differs for others.
	RetryKey() string
}
