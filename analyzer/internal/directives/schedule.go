package directives

import "github.com/retrygen/retrygen/internal/policy"

// scheduled returns how many waits of a policy are to be looked at, and reports whether they are known.
func scheduled(pol policy.Policy) (retries int, ok bool) {
	const many = 10_000
	if !pol.Scheduled() {
		return 0, false
	}
	if !pol.Retries.IsSet() {
		return 1, true
	}
	if pol.Retries.Value < 0 {
		return many, true
	}
	return min(pol.Retries.Value, many), pol.Retries.Value > 0
}
