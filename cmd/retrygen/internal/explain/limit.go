package explain

import (
	"fmt"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/inventory"
)

// subject is a policy that is held against limits, with the places to name where it goes beyond them.
type subject struct {
	name           string
	policy         policy.Policy
	forecast       *forecast.Forecast
	retries, waits string
}

// limit notes a policy that goes beyond a limit.
func (x *explainer) limit(s subject) {
	v := s.forecast.Verdict
	if s.forecast.Partial {
		x.limitOpen(s)
		return
	}
	if x.tooMany(v.Attempts) {
		x.note(s.retries, "%s makes %s, more than %d (-max-attempts)", s.name, attempts(v.Attempts), x.MaxAttempts)
	}
	if x.MaxWait <= 0 {
		return
	}
	worst, known := worstWait(s.policy, v)
	switch {
	case !known:
		x.note(s.waits, "a function decides how long %s waits, so that %s (-max-wait) cannot be checked; set cap= or within=",
			s.name, policy.Spell(x.MaxWait))
	case v.Unbounded && worst > 0:
		x.note(s.waits, "nothing bounds how long %s waits in all, so that it is longer than %s (-max-wait)", s.name, policy.Spell(x.MaxWait))
	case worst > x.MaxWait.Seconds():
		x.note(s.waits, "%s waits for up to %s in all, longer than %s (-max-wait)", s.name, spell(worst), policy.Spell(x.MaxWait))
	}
}

// limitOpen holds a policy to the limits of which only the running program knows all.
func (x *explainer) limitOpen(s subject) {
	n, counted := s.policy.Attempts()
	if counted && x.tooMany(n) {
		x.note(s.retries, "%s makes %s, more than %d (-max-attempts)", s.name, attempts(n), x.MaxAttempts)
	}
	if !counted && x.MaxAttempts > 0 {
		x.note(s.retries, "it is not known how often %s is tried: %s says; %d (-max-attempts) cannot be checked without -set",
			s.name, s.policy.Retries.Value.Name(), x.MaxAttempts)
	}
	if x.MaxWait <= 0 {
		return
	}
	switch worst, known := retries.WorstWait(s.policy); {
	case !known:
		x.note(s.waits, "it is not known how long %s waits: %s says; %s (-max-wait) cannot be checked without -set",
			s.name, s.forecast.Open[0].Name, policy.Spell(x.MaxWait))
	case worst > x.MaxWait:
		x.note(s.waits, "%s waits for up to %s in all, longer than %s (-max-wait)", s.name, spell(worst.Seconds()), policy.Spell(x.MaxWait))
	}
}

// limitEntry holds an entry, and the retries inside its retries, against the limits.
func (x *explainer) limitEntry(found *inventory.Inventory, e *inventory.Entry, f *forecast.Forecast) {
	if !e.Inner.IsZero() {
		x.limitBound(found.Relative(e.Pos).String(), e)
	}
	x.limit(subject{e.Task, e.Policy, f, found.Relative(e.Retries).String(), found.Relative(e.Delay).String()})
}

// limitBound holds everything that a call reaches against the limits. What has no bound cannot be held to one.
func (x *explainer) limitBound(at string, e *inventory.Entry) {
	many, long := x.tooMany(e.Bound.Attempts), x.MaxWait > 0 && e.Bound.Wait > x.MaxWait
	text := e.Task + ": " + e.Bound.String()
	if len(e.Chains) > 0 {
		text = chain.Explain(e.Chains[0], e.Package, e.Bound)
	}
	switch {
	case many && long:
		x.note(at, "%s; more than %d (-max-attempts) and longer than %s (-max-wait)", text, x.MaxAttempts, policy.Spell(x.MaxWait))
	case many:
		x.note(at, "%s; more than %d (-max-attempts)", text, x.MaxAttempts)
	case long:
		x.note(at, "%s; longer than %s (-max-wait)", text, policy.Spell(x.MaxWait))
	}
	if !many && x.MaxAttempts > 0 && e.Inner.MoreAttempts {
		x.note(at, "it is not known how often %s is tried in all, so that it cannot be held to %d "+
			"(-max-attempts): %s", e.Task, x.MaxAttempts, e.Inner.Why)
	}
	if !long && x.MaxWait > 0 && e.Inner.MoreWait {
		x.note(at, "it is not known how long %s waits in all, so that it cannot be held to %s "+
			"(-max-wait): %s", e.Task, policy.Spell(x.MaxWait), e.Inner.Why)
	}
}

func (x *explainer) note(at, format string, args ...any) {
	x.problems = append(x.problems, at+": "+fmt.Sprintf(format, args...))
}

// tooMany reports whether attempts go beyond the limit.
func (x *explainer) tooMany(attempts int) bool {
	return x.MaxAttempts > 0 && (attempts == chain.Unlimited || attempts > x.MaxAttempts)
}

// worstWait bounds the waits of a policy, in seconds. Those of a function are only known by cap and within.
func worstWait(p policy.Policy, v *forecast.Verdict) (seconds float64, known bool) {
	if p.HasDelayFunc() && v.Attempts != 1 {
		switch {
		case p.Within.IsSet():
			within, known := p.Within.Value.Known()
			return within.Seconds(), known
		case p.Cap.IsSet() && v.Attempts != policy.Unlimited:
			limit, known := p.Cap.Value.Known()
			return limit.Seconds() * float64(v.Attempts-1), known
		}
		return 0, false
	}
	return v.WorstWait, true
}

func spell(seconds float64) string {
	if seconds >= time.Duration(1<<62).Seconds() {
		return "more than a century"
	}
	return policy.Spell(time.Duration(seconds * 1e9).Round(time.Millisecond))
}

func attempts(n int) string {
	if n == policy.Unlimited {
		return "unlimited attempts"
	}
	return fmt.Sprintf("at most %d attempts", n)
}
