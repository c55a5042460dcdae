// Package retryloop is what generated code calls. Programs do not call it by hand: package retry beside it is for them.
//
// A wrapper makes the first attempt with nothing around it. Only if that fails it declares a [Loop] with the constants
// of the policy, and asks it before each retry:
//
//	func FetchPriceWithRetry(ctx context.Context, symbol string) (Price, error) {
//		price, err := FetchPrice(ctx, symbol)
//		if err == nil {
//			return price, nil
//		}
//		loop := retryloop.Loop{Context: ctx, Task: "pricing.FetchPrice", Retries: 4}
//		for loop.Again(err) && worthRetrying(err) && loop.Wait(loop.Poisson(loop.Exponential(2*time.Second, 2), 3)) {
//			price, err = FetchPrice(ctx, symbol)
//		}
//		return price, loop.End(err)
//	}
//
// [Flow] is a call of a flow, and [Checkpoint] a call of a task whose results are remembered within it; a [Key]
// identifies such calls.
//
// # Compatibility
//
// Generated code and this package fit together by generation. Every generated file refers to the constant of the
// generation that it was written for, [GeneratedV4] today. As long as a constant is declared here, this package keeps
// all that files of its generation call, with the same meaning. If that has to change, a new constant takes its place
// and the old one is removed: an older file then does not build, and the compiler names the constant that is undefined.
// Running retrygen again writes files for the present generation. Code written by hand has no such promise.
package retryloop

import (
	"context"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/internal/errs"
	"github.com/retrygen/retrygen/runtime/retry"
)

// GeneratedV4 is the generation of this package. If a file that refers to another one does not build, run retrygen again.
const GeneratedV4 = 4

// private are the functions that package retry does not show its users.
var private = bridge.Installed[retry.Event, retry.Budget, retry.Policy]()

// settings are the options of retry.With, retry.Override and retry.OverridePolicies that are in force for one call.
type settings = bridge.Settings[retry.Event]

// NotStarted is the error of a wrapper whose context was done before the first attempt.
func NotStarted(ctx context.Context, task string) error {
	return &retry.Error{Task: task, Reason: retry.ReasonCanceled, Cause: context.Cause(ctx), Context: ctx.Err()}
}

// ContextOf returns a context that is a pointer, such as the context of a framework, and nil for a nil pointer.
func ContextOf[T any, P interface {
	*T
	context.Context
}](ctx P) context.Context {
	if ctx == nil {
		return nil
	}
	return ctx
}

// Deposit counts one call in a budget, which may be nil.
func Deposit(budget *retry.Budget) { private.Deposit(budget) }

// IsType reports whether an error in err's tree has type T, by the rules of errors.As.
func IsType[T error](err error) bool {
	_, ok := errs.As[T](err)
	return ok
}
