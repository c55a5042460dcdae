package retryloop

import (
	"math"
	"time"
)

// PercentAbove spreads a delay uniformly over [d, d + share percent]. The loop's cap limits the delay so that the upper end
// is the cap at most, which leaves the interval its width in percent.
//
//go:noinline
func (l *Loop) PercentAbove(d time.Duration, share float64) time.Duration {
	share = finite(share, maxFactor)
	d, ok := l.spreads(d)
	if !ok || share == 0 {
		return d
	}
	return percentAbove(d, share, l.Cap, l.draw())
}

// PercentBelow spreads a delay uniformly over [d - share percent, d].
//
//go:noinline
func (l *Loop) PercentBelow(d time.Duration, share float64) time.Duration {
	share = finite(share, 100)
	d, ok := l.spreads(d)
	if !ok || share == 0 {
		return d
	}
	return percentBelow(d, share, l.Cap, l.draw())
}

// Above spreads a delay uniformly over [d, d + spread]. The loop's cap limits the delay so that the upper end is the cap at
// most. Where the cap is less than the spread, waits are drawn from [0, cap].
//
//go:noinline
func (l *Loop) Above(d, spread time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok || spread <= 0 {
		return d
	}
	return above(d, spread, l.Cap, l.draw())
}

// Below spreads a delay uniformly over [d - spread, d], from 0 on.
//
//go:noinline
func (l *Loop) Below(d, spread time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok || spread <= 0 {
		return d
	}
	return below(d, spread, l.Cap, l.draw())
}

// Around spreads a delay uniformly over [d - spread, d + spread], from 0 on.
//
//go:noinline
func (l *Loop) Around(d, spread time.Duration) time.Duration {
	d, ok := l.spreads(d)
	if !ok || spread <= 0 {
		return d
	}
	return around(d, spread, l.Cap, l.draw())
}

// maxFactor bounds factors, and percentages above a delay.
const maxFactor = 1e6

// finite makes a number of a configuration harmless: what is negative, infinite or no number is 0.
func finite(x, most float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return 0
	}
	return min(x, most)
}

// percentAbove draws uniformly from [d, d + share percent].
func percentAbove(d time.Duration, share float64, limit time.Duration, draw uint64) time.Duration {
	if limit > 0 {
		d = min(d, saturate(float64(limit)/(1+share/100)))
	}
	return between(d, add(d, saturate(float64(d)*share/100)), limit, draw)
}

// percentBelow draws uniformly from [d - share percent, d].
func percentBelow(d time.Duration, share float64, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	return between(max(d-saturate(float64(d)*share/100), 0), d, 0, draw)
}

// above draws uniformly from [d, d + spread].
func above(d, spread, limit time.Duration, draw uint64) time.Duration {
	if limit > 0 {
		d = min(d, max(limit-spread, 0))
	}
	return between(d, add(d, spread), limit, draw)
}

// below draws uniformly from [d - spread, d], from 0 on.
func below(d, spread, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	return between(max(d-spread, 0), d, 0, draw)
}

// around draws uniformly from [d - spread, d + spread], from 0 on.
func around(d, spread, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	return between(max(d-spread, 0), add(d, spread), limit, draw)
}
