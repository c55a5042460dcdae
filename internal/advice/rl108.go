package advice

import "github.com/retrygen/retrygen/internal/policy"

// inStep finds waits that grow for all callers alike, or so nearly alike that the waves of callers never merge.
func inStep(s Subject) []Remark {
	if retries, ok := s.scheduled(); !ok || retries < 2 && s.Policy.Retries.IsSet() || !s.whole() {
		return nil
	}
	delay, jitter := s.Policy.Delay, s.Policy.Jitter
	if !grows(delay.Value) {
		return nil
	}
	factor, known := jitter.Value.Factor.Known()
	if !jitter.IsSet() || jitter.Value.Kind == policy.Poisson && known && factor == 0 {
		fix := add(delay.Pos, "delay=", "jitter=1")
		if jitter.State != policy.Absent {
			fix = instead(jitter.Pos, "jitter=", "jitter=1")
		}
		return []Remark{remark(delay.Pos, fix, "%s that fail together retry together, wave after wave; add jitter=1", s.callers())}
	}
	if known && isPercent(jitter.Value.Kind) && 0 < factor && factor < 1 {
		return []Remark{remark(jitter.Pos, Fix{}, "jitter=%s is %.4g percent of the delay, so that callers that fail together stay together; "+
			"a percentage of %.4g is perhaps meant", jitter.Value, factor, 100*factor)}
	}
	low, high, ok := jitterRange(jitter.Value)
	base, _ := delay.Value.Base.Known()
	next := base * low
	if !ok || delay.Value.Kind != policy.Exponential || high >= next {
		return nil
	}
	return []Remark{remark(jitter.Pos, instead(jitter.Pos, "jitter=", "jitter=1"),
		"jitter=%s leaves callers that fail together in separate waves: a wait is at most %.4g times its delay, "+
			"the next at least %.4g times; use jitter=1 or more",
		jitter.Value, high, next)}
}

// grows reports whether a schedule grows.
func grows(delay policy.Delay) bool {
	base, _ := delay.Base.Known()
	return delay.Kind == policy.Linear || delay.Kind == policy.Fibonacci || delay.Kind == policy.Exponential && base > 1
}

func isPercent(kind policy.JitterKind) bool {
	return kind == policy.Percent || kind == policy.PercentAbove || kind == policy.PercentBelow
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
