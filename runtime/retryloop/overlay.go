package retryloop

import (
	"log/slog"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/policytext"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Option is a set of options of a policy.
type Option uint8

// The options that a retry.Policy may say. A Loop has in Says those that its directive says itself.
const (
	SaysRetries = Option(policytext.Retries)
	SaysDelay   = Option(policytext.Delay)
	SaysJitter  = Option(policytext.Jitter)
	SaysCap     = Option(policytext.Cap)
	SaysTimeout = Option(policytext.Timeout)
	SaysWithin  = Option(policytext.Within)
	SaysReset   = Option(policytext.Reset)

	// Untimed is for tasks whose attempts cannot have a timeout. One that the Policy says is reported through slog once for
	// each task.
	Untimed = Option(1 << 7)
)

// overlay is what a policy that is a value says instead of the loop's own code, from the first failure on.
type overlay struct {
	says   policytext.Options // of delay and jitter
	delay  policytext.Schedule
	jitter policytext.Spread
	drawn  bool // the delay before the coming retry is the overlay's already
}

// lay puts the policies in force over the constants of the loop: what retry.OverridePolicies says of the task, then the
// Policy without what the directive says itself.
func (l *Loop) lay() {
	var v policytext.Values
	if !l.Policy.IsZero() {
		v = private.Values(l.Policy)
		if l.Says&Untimed != 0 && v.Set.Has(policytext.Timeout) {
			reportUntimed(l.Task, v.Timeout)
		}
		v = v.Without(policytext.Options(l.Says))
	}
	if l.settings != nil && l.settings.Policy != nil {
		v = l.settings.Policy.Or(v)
	}
	says := v.Says()
	if says.Has(policytext.Retries) {
		l.Retries, l.Unlimited = v.Retries, v.Retries < 0
	}
	if says.Has(policytext.Cap) {
		l.Cap = v.Cap
	}
	if says.Has(policytext.Delay | policytext.Jitter) {
		l.overlay = &overlay{says: says, delay: v.Delay, jitter: v.Jitter}
	}
}

// RetriesOf returns the number of retries that a policy says, which may be retry.Unlimited, and otherwise the own number.
func RetriesOf(policy retry.Policy, own int) int {
	if policy.IsZero() {
		return own
	}
	if v := private.Values(policy); v.Says().Has(policytext.Retries) {
		return v.Retries
	}
	return own
}

// retriesIn returns the number of retries in force where a call has no loop: what the options say, which may be nil, and
// otherwise the own number.
func retriesIn(s *settings, own int) int {
	switch {
	case s != nil && s.HasRetries:
		return s.Retries
	case s != nil && s.Policy != nil && s.Policy.Says().Has(policytext.Retries):
		return s.Policy.Retries
	case own == endless:
		return retry.Unlimited
	}
	return own
}

// untimed are the tasks that reportUntimed has reported.
var untimed sync.Map

func reportUntimed(task string, timeout time.Duration) {
	if _, before := untimed.LoadOrStore(task, true); !before {
		slog.Warn("retry: the timeout of a policy is ignored, since the task cannot have one", "task", task, "timeout", timeout)
	}
}

// overlaid returns the wait before the coming retry, by the loop's own delay and the overlay. It reports whether the overlay
// has spread it, so that the loop's own jitter does not.
func (l *Loop) overlaid(d time.Duration) (wait time.Duration, spread bool) {
	o := l.overlay
	o.drawn = true
	l.overlay = nil // the methods below are those of a loop without one
	switch {
	case o.says.Has(policytext.Delay):
		l.scheduled = false
		d = l.scheduledBy(&o.delay)
	case !l.scheduled:
		l.startAt(d)
	}
	if o.says.Has(policytext.Jitter) {
		d = l.spreadBy(&o.jitter, d)
	}
	l.overlay = o
	return d, o.says.Has(policytext.Jitter)
}

// scheduledBy returns the delay before the coming retry.
func (l *Loop) scheduledBy(s *policytext.Schedule) time.Duration {
	switch s.Kind {
	case policytext.List:
		l.startAt(s.First)
		return s.Entry(min(l.Retry(), s.Len()) - 1)
	case policytext.Exponential:
		return l.Exponential(s.First, s.Base)
	case policytext.Linear:
		return l.Linear(s.First)
	case policytext.Fibonacci:
		return l.Fibonacci(s.First)
	}
	return s.First
}

// spreadBy spreads a delay.
func (l *Loop) spreadBy(s *policytext.Spread, d time.Duration) time.Duration {
	switch s.Kind {
	case policytext.Full:
		return l.Full(d)
	case policytext.Equal:
		return l.Equal(d)
	case policytext.Decorrelated:
		return l.Decorrelated(d)
	case policytext.Percent:
		return l.Percent(d, s.Amount)
	case policytext.PercentAbove:
		return l.PercentAbove(d, s.Amount)
	case policytext.PercentBelow:
		return l.PercentBelow(d, s.Amount)
	case policytext.Around:
		return l.Around(d, s.Width)
	case policytext.Above:
		return l.Above(d, s.Width)
	case policytext.Below:
		return l.Below(d, s.Width)
	case policytext.Poisson:
		return l.Poisson(d, s.Amount)
	}
	return d
}
