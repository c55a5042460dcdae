package directives

import (
	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL105", eachKnown(rl105))

const usualDelay = "delay=exponential(1) jitter=1"

// rl105 finds retries without a wait. A guard that makes attempts wait is one.
func rl105(p *check.Pass, fn *directive.Func) {
	retries, delay := fn.Policy.Retries, fn.Policy.Delay
	n, known := fn.Policy.MaxRetries()
	if !retries.IsSet() || known && n == 0 || fn.If != nil && fn.If.Waits || fn.Guard != nil && fn.Guard.Waits {
		return
	}
	report := func(pos int, fix *analysis.SuggestedFix) {
		p.Option(pos, fix, "%s is retried at once, while the cause of the failure is likely still there; add a delay, such as %s",
			fn.Name, usualDelay)
	}
	switch {
	case delay.State == policy.Absent:
		report(retries.Pos, p.AddAfter(retries.Pos, "retries=", usualDelay))
	case fn.Policy.NeverWaits():
		report(delay.Pos, p.Instead(delay.Pos, "delay=", usualDelay))
	}
}
