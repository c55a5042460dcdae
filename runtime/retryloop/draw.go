package retryloop

import (
	"math"
	"math/bits"
	"time"
)

// The jitters draw a wait around a delay d > 0 from one 64-bit number. A limit > 0 holds for the delay first: a schedule
// that has grown beyond the limit stays at it, and its jitter remains. Then the limit shortens the interval that they
// draw from, so that waits do not pile up at the limit.

// poisson draws the interval between the events of a Poisson process with mean d, clamped to [c·d, k·d] where k = 1+f
// and c = -log2(1-2^-k), which keeps the mean close to d: the clamped Poisson interval of the Prefect library. It is
// the inverse of the distribution function at a uniform u between its values at both ends.
func poisson(d time.Duration, factor float64, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	if factor <= 0 {
		return d
	}
	k := 1 + factor
	c := poissonLower(k)
	low, high := 1-math.Exp(-c), 1-math.Exp(-k)
	top := saturate(k * float64(d))
	if limit > 0 && limit < top {
		high, top = 1-math.Exp(-float64(limit)/float64(d)), limit
	}
	u := low + (high-low)*unit(draw)
	wait := saturate(-float64(d) * math.Log(max(1-u, 1e-10)))
	return min(max(wait, time.Duration(math.Ceil(c*float64(d)))), top)
}

// poissonLower returns the lower end of the interval in units of the delay. Beyond k = 50 it is below any clock's tick.
func poissonLower(k float64) float64 {
	if k >= 50 {
		return 0
	}
	return -math.Log2(1 - math.Exp2(-k))
}

// percent draws uniformly from d ± share percent.
func percent(d time.Duration, share float64, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	spread := saturate(float64(d) * share / 100)
	return between(max(d-spread, 0), add(d, spread), limit, draw)
}

// full draws uniformly from [0, d].
func full(d, limit time.Duration, draw uint64) time.Duration {
	return between(0, capped(d, limit), 0, draw)
}

// equal draws uniformly from [d/2, d].
func equal(d, limit time.Duration, draw uint64) time.Duration {
	d = capped(d, limit)
	return between(d/2, d, 0, draw)
}

// decorrelated draws uniformly from [first, 3·previous], both ends limited.
func decorrelated(first, previous, limit time.Duration, draw uint64) time.Duration {
	high := longest
	if previous <= longest/3 {
		high = 3 * previous
	}
	return between(first, max(high, first), limit, draw)
}

// between draws uniformly from the whole nanoseconds of [low, high], shortened to a limit. If nothing is left of it, the
// wait is the limit.
func between(low, high, limit time.Duration, draw uint64) time.Duration {
	if limit > 0 && high > limit {
		if low >= limit {
			return limit
		}
		high = limit
	}
	// The high word of draw·n is uniform on [0, n) up to 2^-64·n (Lemire 2019, without the rejection).
	offset, _ := bits.Mul64(draw, uint64(high-low)+1)
	return low + time.Duration(offset)
}

// unit maps a draw to [0, 1).
func unit(draw uint64) float64 { return float64(draw>>11) / (1 << 53) }

// capped shortens a wait to a limit, if the limit is not 0.
func capped(d, limit time.Duration) time.Duration {
	if limit > 0 {
		return min(d, limit)
	}
	return d
}

// add adds durations that are not negative, saturating.
func add(a, b time.Duration) time.Duration {
	if a > longest-b {
		return longest
	}
	return a + b
}
