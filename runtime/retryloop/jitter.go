package retryloop

import "time"

// spreads returns the delay that a jitter of the loop's own spreads: a policy in force may replace it. It reports false if
// there is nothing to draw: the policy has drawn, the delay is 0, delays or jitter are off, or the error asks for another
// wait.
func (l *Loop) spreads(d time.Duration) (time.Duration, bool) {
	spread := false
	if l.overlay != nil {
		d, spread = l.overlaid(d)
	}
	return d, !spread && d > 0 && l.asked == 0 && !l.undelayed() && !l.unjittered()
}

// Poisson spreads a delay over [c·d, (1+factor)·d] with a mean close to d: a clamped Poisson interval, as the Prefect
// library draws it. With k = 1+factor, c = -log2(1-2^-k) and u uniform on [1-e^-c, 1-e^-k] the wait is -d·ln(1-u).
// Here and in every other jitter the loop's cap limits the delay first. It then shortens the interval.
//
//go:noinline
func (l *Loop) Poisson(d time.Duration, factor float64) time.Duration {
	d, ok := l.spreads(d)
	if !ok {
		return d
	}
	return poisson(d, finite(factor, maxFactor), l.Cap, l.draw())
}

// Percent spreads a delay uniformly over d ± share percent.
//
//go:noinline
func (l *Loop) Percent(d time.Duration, share float64) time.Duration {
	share = finite(share, 100)
	d, ok := l.spreads(d)
	if !ok || share == 0 {
		return d
	}
	return percent(d, share, l.Cap, l.draw())
}

// Full spreads a delay uniformly over [0, d].
//
//go:noinline
func (l *Loop) Full(d time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok {
		return d
	}
	return full(d, l.Cap, l.draw())
}

// Equal spreads a delay uniformly over [d/2, d].
//
//go:noinline
func (l *Loop) Equal(d time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok {
		return d
	}
	return equal(d, l.Cap, l.draw())
}

// Decorrelated draws a wait uniformly from [first, 3·w]. Here first is the delay before the first retry, which a schedule
// knows, and otherwise the delay d. The latest wait that was drawn is w, or first before the first draw. The cap shortens
// both ends.
//
//go:noinline
func (l *Loop) Decorrelated(d time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok {
		return d
	}
	first := d
	if l.scheduled {
		first = l.first
	}
	if first <= 0 {
		return 0
	}
	previous := l.previous
	if previous <= 0 {
		previous = first
	}
	l.previous = decorrelated(first, previous, l.Cap, l.draw())
	return l.previous
}
