package retries

import (
	"time"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// mostWaits is the number of waits that are added up one by one.
const mostWaits = 100_000

// WorstWait returns the longest time that all waits of a policy take together, [chain.Endless] if nothing bounds it. It
// reports false if the environment or a function decides how long the waits are, and neither cap nor within bounds them.
// Waits that an error asks for are not counted.
func WorstWait(p policy.Policy) (wait time.Duration, known bool) {
	n := p.MaxRetries()
	if n == 0 || p.NeverWaits() {
		return 0, true
	}
	within := p.Within.ValueOr(chain.Endless)
	if !p.Delay.IsSet() || p.HasDelayFunc() {
		switch {
		case p.Within.IsSet():
			return within, true
		case p.Cap.IsSet() && n != policy.Unlimited && p.Delay.IsSet():
			return policy.Times(n, p.Cap.Value), true
		}
		return 0, false
	}
	if n == policy.Unlimited {
		return within, true
	}
	return min(waits(p, n), within), true
}

// waits returns the sum of the longest waits of n retries. Of very many, all but the first count as long as the longest of
// these.
func waits(p policy.Policy, n int) time.Duration {
	var sum, longest time.Duration
	for k := 1; k <= n; k++ {
		_, wait := p.Bounds(k)
		longest = max(longest, wait)
		sum = policy.Add(sum, wait)
		if k == mostWaits {
			_, last := p.Bounds(n)
			return policy.Add(sum, policy.Times(n-k, max(longest, last)))
		}
	}
	return sum
}
