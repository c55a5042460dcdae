package policy

import (
	"math"
	"time"
)

// The questions below answer from what is known when a policy is read: numbers that are written, and constants that stand
// for numbers. Retries, waits and limits that only the running program knows are never guessed.

// MaxRetries returns the number of retries that the policy allows, or Unlimited. It reports false if the number is not known.
// Retries that the environment may allow are not counted.
func (p Policy) MaxRetries() (int, bool) {
	if !p.Retries.IsSet() {
		return 0, true
	}
	return p.Retries.Value.Known()
}

// Attempts returns the number of attempts that a call makes at most, at least 1, or Unlimited; with reset, the attempts of one
// series. It reports false if the number is not known. Retries that the environment may allow are not counted.
func (p Policy) Attempts() (int, bool) {
	n, ok := p.MaxRetries()
	if ok && n >= 0 {
		n++
	}
	return n, ok
}

// Endless reports whether the policy says that retries never run out.
func (p Policy) Endless() bool {
	n, ok := p.MaxRetries()
	return ok && n == Unlimited
}

// Retried reports whether the policy, without the environment, allows retries, or may allow them.
func (p Policy) Retried() bool {
	n, ok := p.MaxRetries()
	return !ok || n != 0
}

// NeverWaits reports whether the policy says that there is no wait between attempts.
func (p Policy) NeverWaits() bool {
	return p.Delay.State == None || p.Delay.IsSet() && p.Delay.Value.IsZero()
}

// Scheduled reports whether the policy has a schedule of waits that are known and not all 0.
func (p Policy) Scheduled() bool {
	return p.Delay.IsSet() && p.Delay.Value.Known() && !p.Delay.Value.IsZero()
}

// HasDelayFunc reports whether a function decides how long to wait.
func (p Policy) HasDelayFunc() bool { return p.Delay.IsSet() && p.Delay.Value.Kind == Func }

// Capped returns a wait, or the cap of the policy if that is less. It reports false if the cap is not known.
func (p Policy) Capped(wait time.Duration) (time.Duration, bool) {
	if !p.Cap.IsSet() {
		return wait, true
	}
	limit, ok := p.Cap.Value.Known()
	return min(wait, limit), ok
}

// HasJitter reports whether the policy draws its waits by a kind of jitter.
func (p Policy) HasJitter(kind JitterKind) bool {
	return p.Jitter.IsSet() && p.Jitter.Value.Kind == kind
}

// most bounds the retries whose waits are added up one by one.
const most = 1000

// Totals returns the sums of the shortest and of the longest waits of all retries. They saturate, and within bounds both.
// It reports false if the policy does not bound them itself: the number of retries is not written or more than a
// thousand, a function, the environment or the running program decides the waits, or reset may begin them anew.
func (p Policy) Totals() (shortest, longest time.Duration, ok bool) {
	n, known := p.MaxRetries()
	limit, limited := Unbounded(p.Within)
	if !known || !limited || n < 1 || n > most || p.Reset.IsSet() {
		return 0, 0, false
	}
	for k := 1; k <= n; k++ {
		low, high, ok := p.Bounds(k)
		if !ok {
			return 0, 0, false
		}
		if shortest == longest && low == high && Add(longest, high) > limit {
			return shortest, longest, true // the retry would begin too late
		}
		shortest, longest = Add(shortest, low), Add(longest, high)
	}
	return min(shortest, limit), min(longest, limit), true
}

// Unbounded returns the duration of an option that limits something, or the largest if there is none. It reports false if
// the duration is not known.
func Unbounded(s Setting[Length]) (time.Duration, bool) {
	if !s.IsSet() {
		return math.MaxInt64, true
	}
	return s.Value.Known()
}

// Bounds returns the shortest and the longest wait before a retry, counted from 1, within jitter and cap: the cap limits
// the delay, then the interval around it. Waits saturate at the largest duration. It reports false if they are not known: a
// function, the environment or the running program decides them.
func (p Policy) Bounds(retry int) (shortest, longest time.Duration, ok bool) {
	if p.NeverWaits() {
		return 0, 0, true
	}
	limit, capped := Unbounded(p.Cap)
	delay, known := p.Delay.Value.At(retry)
	first, firstKnown := p.Delay.Value.At(1)
	if !p.Delay.IsSet() || !capped || !known || !firstKnown && p.HasJitter(Decorrelated) {
		return 0, 0, false
	}
	if !p.Jitter.IsSet() {
		return min(delay, limit), min(delay, limit), true
	}
	interval := Interval{Delay: float64(delay), First: float64(first), Limit: float64(limit), Retry: retry, Unit: 1}
	low, high, ok := p.Jitter.Value.Between(interval)
	if p.HasJitter(Poisson) {
		high = min(high, PoissonHigh*float64(min(delay, limit)))
	}
	return min(saturate(low), limit), min(saturate(high), limit), ok
}

// saturate returns a number of nanoseconds as a duration.
func saturate(wait float64) time.Duration {
	if wait < math.MaxInt64 {
		return time.Duration(wait)
	}
	return math.MaxInt64
}
