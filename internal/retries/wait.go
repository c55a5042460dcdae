package retries

import (
	"math"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// mostWaits is the number of waits that are added up one by one.
const mostWaits = 100_000

// WorstWait returns the longest time that all waits of a policy take together, [chain.Endless] if nothing bounds it. It
// reports false if the environment, a function or a configuration decides how long the waits are, and neither cap nor within
// bounds them. Waits that an error asks for are not counted.
func WorstWait(p policy.Policy) (wait time.Duration, known bool) {
	n, counted := p.MaxRetries()
	if counted && n == 0 || p.NeverWaits() {
		return 0, true
	}
	bounded := counted && n != policy.Unlimited
	within, limited := policy.Unbounded(p.Within)
	if !limited {
		within = chain.Endless
	}
	limit, capped := policy.Unbounded(p.Cap)
	switch {
	case waitsKnown(p) && bounded:
		return min(waits(p, n, within), within), true
	case waitsKnown(p) && counted && limited && p.Within.IsSet():
		return min(waits(p, math.MaxInt, within), within), true
	case waitsKnown(p) && counted:
		return within, limited
	case p.Within.IsSet() && limited:
		return within, true
	case bounded && p.Delay.IsSet() && p.Cap.IsSet() && capped:
		return policy.Times(n, limit), true
	}
	return 0, false
}

// waitsKnown reports whether all waits of a policy are known.
func waitsKnown(p policy.Policy) bool {
	_, _, ok := p.Bounds(1)
	return ok && p.Delay.IsSet() && p.Delay.Value.Known()
}

// waits returns the sum of the longest waits of n retries, none of which begins later than within. Of very many, all but the
// first count as long as the longest of these.
func waits(p policy.Policy, n int, within time.Duration) time.Duration {
	var sum, longest time.Duration
	exact := true // so far, the waits are always the same
	for k := 1; k <= n; k++ {
		shortest, wait, _ := p.Bounds(k)
		exact = exact && shortest == wait
		if policy.Add(sum, wait) > within {
			if exact {
				return sum
			}
			return within
		}
		longest = max(longest, wait)
		sum = policy.Add(sum, wait)
		if k == mostWaits {
			_, last, _ := p.Bounds(n)
			return policy.Add(sum, policy.Times(n-k, max(longest, last)))
		}
	}
	return sum
}
