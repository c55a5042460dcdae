package directives

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

var maxRetries = check.Param[int]{Name: "max-retries", Default: 5, Usage: "the most retries that RL109 accepts"}

var _ = Checks.Add("RL109", eachKnown(rl109)).With(maxRetries)

// rl109 finds more retries than a limit.
func rl109(p *check.Pass, fn *directive.Func) {
	if n, ok := fn.Policy.MaxRetries(); ok && n > maxRetries.Of(p) {
		p.Option(fn.Policy.Retries.Pos, nil, "%d retries are more than %d", n, maxRetries.Of(p))
	}
}
