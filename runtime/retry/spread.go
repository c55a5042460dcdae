package retry

import "time"

// still reports whether a delay needs no draw: there is none, or another wait takes its place.
func (l *Loop) still(d time.Duration) bool { return d <= 0 || l.asked > 0 || l.undelayed() }

// Poisson spreads a delay over [c·d, (1+factor)·d] with a mean close to d: a clamped Poisson interval, as the Prefect
// library draws it. With k = 1+factor, c = -log2(1-2^-k) and u uniform on [1-e^-c, 1-e^-k] the wait is -d·ln(1-u).
// The loop's cap cuts the interval, here as for every other jitter.
//
//go:noinline
func (l *Loop) Poisson(d time.Duration, factor float64) time.Duration {
	if l.still(d) {
		return d
	}
	return poisson(d, factor, l.Cap, l.draw())
}

// Percent spreads a delay uniformly over d ± share percent.
//
//go:noinline
func (l *Loop) Percent(d time.Duration, share float64) time.Duration {
	if l.still(d) || share <= 0 {
		return d
	}
	return percent(d, share, l.Cap, l.draw())
}

// Full spreads a delay uniformly over [0, d].
//
//go:noinline
func (l *Loop) Full(d time.Duration) time.Duration {
	if l.still(d) {
		return d
	}
	return full(d, l.Cap, l.draw())
}

// Equal spreads a delay uniformly over [d/2, d].
//
//go:noinline
func (l *Loop) Equal(d time.Duration) time.Duration {
	if l.still(d) {
		return d
	}
	return equal(d, l.Cap, l.draw())
}

// Decorrelated gives a wait uniform on [first, 3·w], where w is the wait before, and first before the first retry.
//
//go:noinline
func (l *Loop) Decorrelated(first time.Duration) time.Duration {
	if l.still(first) {
		return first
	}
	previous := l.previous
	if l.attempts <= 1 {
		previous = first
	}
	return decorrelated(first, previous, l.Cap, l.draw())
}
