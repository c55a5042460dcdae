package retryloop

import "time"

// fixed reports whether a delay needs no draw: it is 0, delays or jitter are off, or the error asks for another wait.
func (l *Loop) fixed(d time.Duration) bool {
	return d <= 0 || l.asked != 0 || l.undelayed() || l.unjittered()
}

// Poisson spreads a delay over [c·d, (1+factor)·d] with a mean close to d: a clamped Poisson interval, as the Prefect
// library draws it. With k = 1+factor, c = -log2(1-2^-k) and u uniform on [1-e^-c, 1-e^-k] the wait is -d·ln(1-u).
// Here and in every other jitter the loop's cap limits the delay first. It then shortens the interval.
//
//go:noinline
func (l *Loop) Poisson(d time.Duration, factor float64) time.Duration {
	if l.fixed(d) {
		return d
	}
	return poisson(d, finite(factor, maxFactor), l.Cap, l.draw())
}

// Percent spreads a delay uniformly over d ± share percent.
//
//go:noinline
func (l *Loop) Percent(d time.Duration, share float64) time.Duration {
	share = finite(share, 100)
	if l.fixed(d) || share == 0 {
		return d
	}
	return percent(d, share, l.Cap, l.draw())
}

// Full spreads a delay uniformly over [0, d].
//
//go:noinline
func (l *Loop) Full(d time.Duration) time.Duration {
	if l.fixed(d) {
		return d
	}
	return full(d, l.Cap, l.draw())
}

// Equal spreads a delay uniformly over [d/2, d].
//
//go:noinline
func (l *Loop) Equal(d time.Duration) time.Duration {
	if l.fixed(d) {
		return d
	}
	return equal(d, l.Cap, l.draw())
}

// Decorrelated draws a wait uniformly from [first, 3·w]. Here w is the latest wait that was drawn, or first before the
// first draw. The cap shortens both ends.
//
//go:noinline
func (l *Loop) Decorrelated(first time.Duration) time.Duration {
	if l.fixed(first) {
		return first
	}
	previous := l.previous
	if previous <= 0 {
		previous = first
	}
	l.previous = decorrelated(first, previous, l.Cap, l.draw())
	return l.previous
}
