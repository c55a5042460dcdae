package directives

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

var _ = Checks.Add("RL114", check.EachTask(rl114))

// rl114 finds budgets of remote tasks, which each worker has for itself.
func rl114(p *check.Pass, fn *directive.Func) {
	if budget := fn.Policy.Budget; fn.Remote != nil && budget.IsSet() {
		p.Option(budget.Pos, nil, "each worker that makes calls of %s has a budget of its own, so that n workers allow n times as many retries; "+
			"give it a budget for its part, and say so in a //retry:ignore", fn.Name)
	}
}
