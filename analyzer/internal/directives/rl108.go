package directives

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL108", eachKnown(rl108))

// rl108 finds waits that grow for all callers alike, or so nearly alike that the waves of callers never merge.
func rl108(p *check.Pass, fn *directive.Func) {
	if retries, ok := scheduled(fn.Policy); !ok || retries < 2 && fn.Policy.Retries.IsSet() {
		return
	}
	delay, jitter := fn.Policy.Delay, fn.Policy.Jitter
	if !grows(delay.Value) {
		return
	}
	factor, known := jitter.Value.Factor.Known()
	if !jitter.IsSet() || jitter.Value.Kind == policy.Poisson && known && factor == 0 {
		fix := p.AddAfter(delay.Pos, "delay=", "jitter=1")
		if jitter.State != policy.Absent {
			fix = p.Instead(jitter.Pos, "jitter=", "jitter=1")
		}
		p.Option(delay.Pos, fix, "callers of %s that fail together retry together, wave after wave; add jitter=1", fn.Name)
		return
	}
	low, high, ok := jitterRange(jitter.Value)
	base, _ := delay.Value.Base.Known()
	if next := base * low; ok && delay.Value.Kind == policy.Exponential && high < next {
		p.Option(jitter.Pos, p.Instead(jitter.Pos, "jitter=", "jitter=1"),
			"jitter=%s leaves callers that fail together in separate waves: a wait is at most %.4g times its delay, "+
				"the next at least %.4g times; use jitter=1 or more",
			jitter.Value, high, next)
	}
}

// grows reports whether a schedule grows.
func grows(delay policy.Delay) bool {
	base, _ := delay.Base.Known()
	return delay.Kind == policy.Linear || delay.Kind == policy.Fibonacci || delay.Kind == policy.Exponential && base > 1
}

// jitterRange returns the smallest and the largest factor that a delay is multiplied by.
func jitterRange(jitter policy.Jitter) (low, high float64, ok bool) {
	factor, known := jitter.Factor.Known()
	switch jitter.Kind {
	case policy.Poisson:
		return policy.PoissonLow(factor), 1 + factor, known
	case policy.Percent:
		return 1 - factor/100, 1 + factor/100, known
	case policy.PercentAbove:
		return 1, 1 + factor/100, known
	case policy.PercentBelow:
		return 1 - factor/100, 1, known
	}
	return 0, 0, false
}
