package policy

import (
	"math"
	"time"
)

// MaxRetries returns the number of retries that the policy allows, or Unlimited. Retries that the environment may allow
// are not counted.
func (p Policy) MaxRetries() int { return p.Retries.ValueOr(0) }

// Attempts returns the number of attempts that a call makes at most, at least 1, or Unlimited; with reset, the attempts of one
// series. Retries that the environment may allow are not counted.
func (p Policy) Attempts() int {
	if n := p.MaxRetries(); n >= 0 {
		return n + 1
	}
	return Unlimited
}

// Retried reports whether the policy, without the environment, allows retries.
func (p Policy) Retried() bool { return p.Attempts() != 1 }

// NeverWaits reports whether the policy says that there is no wait between attempts.
func (p Policy) NeverWaits() bool {
	return p.Delay.State == None || p.Delay.IsSet() && p.Delay.Value.IsZero()
}

// Scheduled reports whether the policy has a schedule of waits that are known and not all 0.
func (p Policy) Scheduled() bool {
	return p.Delay.IsSet() && p.Delay.Value.Kind != Call && !p.Delay.Value.IsZero()
}

// HasDelayFunc reports whether a function decides how long to wait.
func (p Policy) HasDelayFunc() bool { return p.Delay.IsSet() && p.Delay.Value.Kind == Call }

// Capped returns a wait, or the cap of the policy if that is less.
func (p Policy) Capped(wait time.Duration) time.Duration {
	return min(wait, p.Cap.ValueOr(math.MaxInt64))
}

// HasJitter reports whether the policy draws its waits by a kind of jitter.
func (p Policy) HasJitter(kind JitterKind) bool {
	return p.Jitter.IsSet() && p.Jitter.Value.Kind == kind
}

// most bounds the retries whose waits are added up one by one.
const most = 1000

// Totals returns the sums of the shortest and of the longest waits of all retries. They saturate, and within bounds both.
// It reports false if the policy does not bound them itself: the number of retries is not written or more than a
// thousand, a function or the environment decides the waits, or reset may begin them anew.
func (p Policy) Totals() (shortest, longest time.Duration, ok bool) {
	if n := p.MaxRetries(); n < 1 || n > most || !p.Delay.IsSet() || p.HasDelayFunc() || p.Reset.IsSet() {
		return 0, 0, false
	}
	for k := 1; k <= p.Retries.Value; k++ {
		low, high := p.Bounds(k)
		shortest, longest = Add(shortest, low), Add(longest, high)
	}
	limit := p.Within.ValueOr(math.MaxInt64)
	return min(shortest, limit), min(longest, limit), true
}

// Bounds returns the shortest and the longest wait before a retry, counted from 1, within jitter and cap: the cap limits
// the delay, then the interval around it. Waits that a function or the environment decides count as 0. Waits saturate at
// the largest duration.
func (p Policy) Bounds(retry int) (shortest, longest time.Duration) {
	if !p.Delay.IsSet() {
		return 0, 0
	}
	d := float64(p.Capped(p.Delay.Value.At(retry)))
	low, high := d, d
	if p.Jitter.IsSet() {
		low, high = p.Jitter.Value.Interval(d, float64(p.Capped(p.Delay.Value.At(1))), retry)
		if p.HasJitter(Poisson) {
			high = min(high, PoissonHigh*d)
		}
	}
	return p.Capped(saturate(low)), p.Capped(saturate(high))
}

// saturate returns a number of nanoseconds as a duration.
func saturate(wait float64) time.Duration {
	if wait < math.MaxInt64 {
		return time.Duration(wait)
	}
	return math.MaxInt64
}
