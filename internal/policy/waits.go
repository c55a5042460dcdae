package policy

import (
	"math"
	"strings"
	"time"
)

// Interval returns the ends between which a wait is drawn before a retry, counted from 1, around its delay d, without a
// cap. All are in the same unit. First is the delay of the first retry.
func (j Jitter) Interval(d, first float64, retry int) (low, high float64) {
	switch j.Kind {
	case Poisson:
		if j.Factor == 0 {
			return d, d
		}
		return d * PoissonLow(j.Factor), d * (1 + j.Factor)
	case Percent:
		return d * (1 - j.Factor/100), d * (1 + j.Factor/100)
	case Full:
		return 0, d
	case Equal:
		return d / 2, d
	}
	// Decorrelated draws from the first delay to three times the wait before.
	return first, first * math.Pow(3, float64(retry))
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
