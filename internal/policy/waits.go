package policy

import (
	"math"
	"strings"
	"time"
)

// Bounds gives the shortest and the longest wait before a retry, counted from 1, as jitter and cap leave it. What a
// function or the environment would give counts as 0. Waits saturate at the largest duration.
func (p Policy) Bounds(retry int) (shortest, longest time.Duration) {
	if !p.Delay.IsSet() {
		return 0, 0
	}
	d := float64(p.Delay.Value.At(retry))
	low, high := d, d
	if p.Jitter.IsSet() {
		low, high = p.Jitter.Value.Interval(d, float64(p.Delay.Value.At(1)), retry)
		if p.Jitter.Value.Kind == Poisson {
			high = min(high, PoissonHigh*d)
		}
	}
	return p.within(low), p.within(high)
}

// within cuts a wait at the cap.
func (p Policy) within(wait float64) time.Duration {
	d := time.Duration(math.MaxInt64)
	if wait < math.MaxInt64 {
		d = time.Duration(wait)
	}
	if p.Cap.IsSet() {
		d = min(d, p.Cap.Value)
	}
	return d
}

// Interval gives the ends between which a wait is drawn before a retry, counted from 1, around its delay d, without a
// cap. All are in one unit, whichever; first is the delay of the first retry.
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

// PoissonHigh bounds the waits of that interval whatever its factor, as a share of the delay: the draw takes no logarithm
// of less than 1e-10.
const PoissonHigh = 10 * math.Ln10

// most bounds the retries whose waits are added up one by one.
const most = 1000

// Totals adds up the shortest and the longest waits of all retries, saturating; "within" bounds both. It reports false where the policy does
// not bound them itself: the number of retries is not written or beyond a thousand, or the waits are a function's or
// the environment's.
func (p Policy) Totals() (shortest, longest time.Duration, ok bool) {
	if !p.Retries.IsSet() || p.Retries.Value < 1 || p.Retries.Value > most || !p.Delay.IsSet() || p.Delay.Value.Kind == Func {
		return 0, 0, false
	}
	for k := 1; k <= p.Retries.Value; k++ {
		low, high := p.Bounds(k)
		shortest, longest = Add(shortest, low), Add(longest, high)
	}
	if p.Within.IsSet() {
		shortest, longest = min(shortest, p.Within.Value), min(longest, p.Within.Value)
	}
	return shortest, longest, true
}

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

// Saturated reports whether a sum of waits has reached what no clock shows: a century and more.
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
