// Package directives checks the directives themselves: how they are written, and what their options add up to.
//
// Most of its checks ask package advice about the policy of one function. RL105, for example, is
//
//	var _ = Checks.Add("RL105", advised("RL105", nil))
//
// and finds that this function is retried without a wait:
//
//	//retry:task retries=4
//	func Fetch(ctx context.Context) error { … }
package directives

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)

// eachKnown runs a check for each task whose retries and waits are no matter of a policy that only the running program knows.
func eachKnown(f func(*check.Pass, *directive.Func)) func(*check.Pass) {
	return check.EachTask(func(p *check.Pass, fn *directive.Func) {
		if !fn.Open("retries", "delay", "jitter", "cap") {
			f(p, fn)
		}
	})
}
