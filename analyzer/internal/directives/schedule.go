package directives

import "github.com/retrygen/retrygen/internal/policy"

// scheduled returns how many waits of a policy are to be looked at, and reports whether they are known.
func scheduled(pol policy.Policy) (retries int, ok bool) {
	const many = 10_000
	if _, _, known := pol.Bounds(1); !known || !pol.Scheduled() {
		return 0, false
	}
	if !pol.Retries.IsSet() {
		return 1, true
	}
	if pol.Endless() {
		return many, true
	}
	n, known := pol.MaxRetries()
	return min(n, many), known && n > 0
}
