package forecast

import (
	"math"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Law is the distribution of one wait, in seconds: a point, uniform on an interval, or a clamped Poisson interval.
// The zero value is the point 0.
type Law struct {
	low, high float64
	scale     float64 // of a clamped Poisson interval: the delay; else 0
	top       float64 // of a clamped Poisson interval: no wait is longer, however far the interval goes
}

// point is the law of a wait that is not drawn.
func point(at float64) Law { return Law{low: at, high: at} }

// lawOf returns the law of the wait before a retry, counted from 1, by the schedule, jitter and cap of a policy. For
// decorrelated jitter it is that of the first retry, the only one that depends on no earlier wait. The cap limits the
// delay first, then the interval around it.
func lawOf(p policy.Policy, retry int) Law {
	limit, delay := capOf(p), delayOf(p, retry)
	d := min(delay, limit)
	if !p.Jitter.IsSet() || d == 0 {
		return point(d)
	}
	jitter := p.Jitter.Value
	low, high, _ := jitter.Between(policy.Interval{Delay: delay, First: delayOf(p, 1), Limit: limit, Retry: retry, Unit: time.Second})
	if high <= low {
		return point(low)
	}
	law := Law{low: low, high: high}
	if jitter.Kind == policy.Poisson {
		law.scale, law.top = d, d*policy.PoissonHigh
	}
	return law
}

// capOf is the longest wait that a policy allows, in seconds.
func capOf(p policy.Policy) float64 {
	limit, _ := policy.Unbounded(p.Cap)
	return limit.Seconds()
}

// delayOf returns the wait of the schedule alone.
func delayOf(p policy.Policy, retry int) float64 {
	if !p.Delay.IsSet() {
		return 0
	}
	wait, _ := p.Delay.Value.At(retry)
	return wait.Seconds()
}

// ClampedPoisson returns the law of Prefect's jitter: the interval between the events of a Poisson process whose mean is
// the delay, clamped to [c·d, (1+f)·d] with c = -log2(1-2^-(1+f)). A limit (0 for none) holds for d first, and then cuts
// the interval. In units of d its density on [c, k] is e^-x/(A-B), with A = e^-c and B = e^-k.
func ClampedPoisson(delay time.Duration, factor float64, limit time.Duration) Law {
	p := policy.Policy{}
	p.Delay = policy.Setting[policy.Delay]{State: policy.Set, Value: policy.Delay{Delays: []policy.Length{policy.Written(delay)}}}
	p.Jitter = policy.Setting[policy.Jitter]{State: policy.Set, Value: policy.Jitter{Kind: policy.Poisson, Factor: policy.Written(factor)}}
	if limit > 0 {
		p.Cap = policy.Setting[policy.Length]{State: policy.Set, Value: policy.Written(limit)}
	}
	return lawOf(p, 1)
}

// Min returns the shortest wait in seconds.
func (l Law) Min() float64 { return l.low }

// Max returns the longest wait in seconds.
func (l Law) Max() float64 {
	if l.scale == 0 {
		return l.high
	}
	return min(l.high, l.top)
}

// isPoint reports whether the wait is not drawn.
func (l Law) isPoint() bool { return l.high <= l.low }

// Mean returns the expected wait in seconds; of a clamped Poisson interval d·(1 + (cA-kB)/(A-B)).
func (l Law) Mean() float64 {
	if l.scale == 0 {
		return l.low + (l.high-l.low)/2
	}
	// (cA-kB)/(A-B) is c - (k-c)/(e^(k-c) - 1), which does not cancel where c is close to k.
	width := (l.high - l.low) / l.scale
	return l.scale + l.low - (l.high-l.low)/math.Expm1(width)
}

// CDF returns the probability that the wait is at most x seconds.
func (l Law) CDF(x float64) float64 {
	switch {
	case x >= l.Max():
		return 1
	case x <= l.low:
		return 0
	case l.scale == 0:
		return (x - l.low) / (l.high - l.low)
	}
	return math.Expm1((l.low-x)/l.scale) / math.Expm1((l.low-l.high)/l.scale)
}

// density returns the derivative of CDF within the interval, its ends included.
func (l Law) density(x float64) float64 {
	switch {
	case x < l.low || x > l.Max() || l.isPoint():
		return 0
	case l.scale == 0:
		return 1 / (l.high - l.low)
	}
	return -math.Exp((l.low-x)/l.scale) / (l.scale * math.Expm1((l.low-l.high)/l.scale))
}

// Quantile returns the wait in seconds that a share q of waits does not exceed; of a clamped Poisson interval
// -d·ln(A - q(A-B)).
func (l Law) Quantile(q float64) float64 {
	switch {
	case q <= 0 || l.isPoint():
		return l.low
	case q >= 1:
		return l.Max()
	case l.scale == 0:
		return l.low + q*(l.high-l.low)
	}
	wait := l.low - l.scale*math.Log1p(q*math.Expm1((l.low-l.high)/l.scale))
	return min(max(wait, l.low), l.Max())
}
