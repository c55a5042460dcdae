package check

import (
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/retries/loop"
)

// Retrier returns what a function does with the functions that it is passed, as far as its body has been seen, here or in another
// package.
func (p *Pass) Retrier(fn *types.Func) loop.Retrier {
	return p.ResultOf[loop.Analyzer].(*loop.Model).Retrier(fn)
}

// Retries reports whether a call tries one of its arguments again: the callee is seen to do so, or says by its name that it does
// where its body has not been seen, and the argument tells whether it has worked.
func (p *Pass) Retries(callee *types.Func, argument int) bool {
	if callee == nil {
		return false
	}
	return p.Retrier(callee).Retries(argument) || SaysRetry(callee)
}

// saysRetry matches the names of functions that retry what they are passed: DoWithRetry, RetryOnConflict, pollUntil.
var saysRetry = regexp.MustCompile(
	`(?i)^(do|run|call|exec|execute|must|with|wait|try)*_*(retry|retrier|retries|retryable|poll|backoff|eventually|until)|` +
		`(with|and|on|for|until)_*(retry|retries|backoff|attempts)|(retry|retries|retrier)e?$`)

// SaysRetry reports whether a function says by its name, or by that of its receiver or its package, that it retries what it is
// passed.
func SaysRetry(fn *types.Func) bool {
	return !loop.SaysNoRetry(fn) && (saysRetry.MatchString(fn.Name()) || ofRetrier(fn))
}

// saysWait matches the names of functions that retry or wait, whether they are passed what they do or not.
var saysWait = regexp.MustCompile(`(?i)retr(y|ies|ier)|^poll|^wait(for|until)|until|backoff`)

// SaysWait reports whether a function says by its name, or by that of its receiver or its package, that it retries or waits.
func SaysWait(fn *types.Func) bool {
	return !loop.SaysNoRetry(fn) && (saysWait.MatchString(fn.Name()) || ofRetrier(fn))
}

// retrierName matches the names of packages and types that retry or wait, and do nothing else.
var retrierName = regexp.MustCompile(`(?i)^(\w*retr(y|ies|ier|yer)|\w*backoff|poll|poller|wait|waiter)$`)

// ofRetrier reports whether a function belongs to a package or a type that says by its name that it retries or waits.
func ofRetrier(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	if retrierName.MatchString(fn.Pkg().Name()) {
		return true
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	t := types.Unalias(recv.Type())
	if pointer, ok := t.(*types.Pointer); ok {
		t = types.Unalias(pointer.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && retrierName.MatchString(n.Obj().Name())
}
