package retryloop

import (
	"time"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/internal/policytext"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Timeouts, limits and resets are needed when a call begins. While retry.OverridePolicies has installed nothing, the
// functions below cost one atomic load. They are not inlined: what they are for costs a timer or a clock reading, and programs
// have many wrappers.

// TimeoutFor returns the time that each attempt of a call of a task gets: its own, unless retry.OverridePolicies says
// another one. 0 is no timeout.
//
//go:noinline
func TimeoutFor(task string, own time.Duration) time.Duration {
	if !bridge.Overridden.Load() {
		return own
	}
	return overridden(task, policytext.Timeout, own)
}

// WithinFor is [TimeoutFor] for the option within.
//
//go:noinline
func WithinFor(task string, own time.Duration) time.Duration {
	if !bridge.Overridden.Load() {
		return own
	}
	return overridden(task, policytext.Within, own)
}

// ResetFor is [TimeoutFor] for the option reset.
//
//go:noinline
func ResetFor(task string, own time.Duration) time.Duration {
	if !bridge.Overridden.Load() {
		return own
	}
	return overridden(task, policytext.Reset, own)
}

func overridden(task string, option policytext.Options, own time.Duration) time.Duration {
	if v := private.Policy(task); v != nil && v.Says().Has(option) {
		return limitOf(v, option)
	}
	return own
}

// limitOf returns the value of an option, 0 if it is cleared.
func limitOf(v *policytext.Values, option policytext.Options) time.Duration {
	switch option {
	case policytext.Timeout:
		return v.Timeout
	case policytext.Within:
		return v.Within
	}
	return v.Reset
}

// Limits are what a call with a policy that is a value needs of it when it begins. A wrapper declares them with those that
// its directive's other sources say, and reads the policy into them:
//
//	limits := retryloop.Limits{Within: time.Minute}
//	limits.Read("pricing.FetchPrice", policy)
type Limits struct {
	Timeout time.Duration // that each attempt gets; 0 for none
	Within  time.Duration // no retry begins later than this after Started; 0 for no limit
	Reset   time.Duration // an attempt that fails after this time or later begins a new series; 0 for one series
	Started time.Time     // when the call began, if Within or Reset needs it
}

// Read replaces the limits that a policy says, and those that retry.OverridePolicies says of the task. Then it reads the
// clock if there is a limit that needs it.
func (l *Limits) Read(task string, policy retry.Policy) {
	if says := private.Early(policy); says != 0 {
		v := private.Values(policy)
		l.replace(&v, says)
	}
	if bridge.Overridden.Load() {
		if v := private.Policy(task); v != nil {
			l.replace(v, v.Says())
		}
	}
	if l.Within > 0 || l.Reset > 0 {
		l.Started = time.Now()
	}
}

// replace takes over some options of a policy.
func (l *Limits) replace(v *policytext.Values, options policytext.Options) {
	if options.Has(policytext.Timeout) {
		l.Timeout = v.Timeout
	}
	if options.Has(policytext.Within) {
		l.Within = v.Within
	}
	if options.Has(policytext.Reset) {
		l.Reset = v.Reset
	}
}
