package policy

import (
	"math"
	"strings"
	"time"
)

// Interval is what the interval depends on that a wait is drawn from. All times are in the same unit.
type Interval struct {
	Delay, First float64       // of the schedule, for the retry and for the first one
	Limit        float64       // the cap, or the largest time
	Retry        int           // counted from 1
	Unit         time.Duration // of times
}

// Between returns the ends of the interval that a wait is drawn from. The limit holds for the delay first, then for the
// interval. Where the whole interval is above the delay, the limit leaves it its width. A delay of 0 stays 0. It reports
// false if only the running program knows the interval.
func (j Jitter) Between(i Interval) (low, high float64, ok bool) {
	factor, ok := j.Factor.Known()
	length, known := j.Spread.Known()
	spread := float64(length) / float64(i.Unit)
	if i.Delay == 0 {
		return 0, 0, true
	}
	d := min(i.Delay, i.Limit)
	switch j.Kind {
	case Poisson:
		low, high = d, d
		if factor > 0 {
			low, high = d*PoissonLow(factor), d*(1+factor)
		}
	case Percent:
		low, high = d*(1-factor/100), d*(1+factor/100)
	case PercentAbove:
		low = min(d, i.Limit/(1+factor/100))
		high = low * (1 + factor/100)
	case PercentBelow:
		low, high = d*(1-factor/100), d
	case Around:
		low, high = max(d-spread, 0), d+spread
	case Above:
		low = max(min(d, i.Limit-spread), 0)
		high = low + spread
	case Below:
		low, high = max(d-spread, 0), d
	case Full:
		low, high = 0, d
	case Equal:
		low, high = d/2, d
	case Decorrelated: // from the first delay to three times the wait before
		low = min(i.First, i.Limit)
		high = low * math.Pow(3, float64(i.Retry))
	}
	return min(low, i.Limit), min(high, i.Limit), ok && known
}

// PoissonLow is the lower end of Prefect's clamped Poisson interval, as a share of the delay: -log2(1 - 2^-(1+f)).
func PoissonLow(factor float64) float64 {
	return -math.Log1p(-math.Exp2(-1-factor)) / math.Ln2
}

// PoissonHigh bounds the waits of that interval for every factor, as a share of the delay: the draw takes no logarithm
// of less than 1e-10.
const PoissonHigh = 10 * math.Ln10

// Add adds durations that are not negative, and saturates.
func Add(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Times multiplies a duration that is not negative, and saturates.
func Times(n int, d time.Duration) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}

// Saturated reports whether a sum of waits is more than a century, where sums begin to saturate.
func Saturated(d time.Duration) bool { return d >= 1<<62 }

// Spell writes a duration without the zeros that its String method leaves: 2m, not 2m0s.
func Spell(d time.Duration) string {
	if d >= time.Minute {
		d = d.Round(time.Millisecond)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
