package retry

import (
	"math"
	"sync"
	"time"
)

// Budget limits the retries of many callers together, so that retries do not multiply the load in an outage: each call
// deposits a part of a token, time deposits tokens, and a retry takes one. It is safe for concurrent use. A nil budget
// and the zero value refuse nothing.
type Budget struct {
	lock      sync.Mutex
	made      bool
	ratio     int64 // tokens are counted in billionths, so that ten deposits of 0.1 are one
	perSecond float64
	burst     int64
	tokens    int64
	updated   time.Time
}

const token = 1_000_000_000

// NewBudget returns a full budget. Each call deposits ratio tokens (0.1 allows one retry in ten calls in the long run),
// each second deposits perSecond, and at most burst are kept. Negative numbers and NaN count as 0. With a burst below 1
// every retry is refused.
func NewBudget(ratio, perSecond, burst float64) *Budget {
	b := &Budget{
		made: true, ratio: tokens(ratio), perSecond: float64(tokens(perSecond)), burst: tokens(burst), updated: time.Now(),
	}
	b.tokens = b.burst
	return b
}

// tokens converts to billionths, limited so that the sum of two does not overflow.
func tokens(n float64) int64 {
	if !(n > 0) {
		return 0
	}
	return int64(math.Round(min(n, 1e9) * token))
}

// deposit counts one call.
func (b *Budget) deposit() {
	if b == nil || !b.made || b.ratio == 0 {
		return
	}
	b.lock.Lock()
	b.tokens = min(b.tokens+b.ratio, b.burst)
	b.lock.Unlock()
}

// take takes a token for a retry, and reports whether there was one.
func (b *Budget) take() bool {
	if b == nil || !b.made {
		return true
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.perSecond > 0 {
		now := time.Now()
		earned := now.Sub(b.updated).Seconds() * b.perSecond
		b.tokens = int64(min(float64(b.tokens)+earned, float64(b.burst)))
		b.updated = now
	}
	if b.tokens < token {
		return false
	}
	b.tokens -= token
	return true
}
