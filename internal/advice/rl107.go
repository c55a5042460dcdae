package advice

import (
	"fmt"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// contradictions finds options that contradict each other, or that do nothing.
func contradictions(s Subject) []Remark {
	p := s.Policy
	if n, ok := p.MaxRetries(); ok && n == 0 && p.Retries.IsSet() {
		return besideNoRetries(p)
	}
	list := idleReset(p)
	if _, ok := s.scheduled(); !ok {
		return list
	}
	list = append(list, unusedDelays(p)...)
	first, known := p.Delay.Value.At(1)
	limit, capped := policy.Unbounded(p.Cap)
	if at := p.Cap; known && capped && limit < first && at.Origin.Beside(p.Delay.Origin) {
		list = append(list, remark(at.Pos, instead(at.Pos, "cap=", ""),
			"cap=%s is below the first delay of %s, so that every delay is the cap and the schedule does nothing",
			policy.Spell(limit), policy.Spell(first)))
	}
	return append(list, tooShort(s)...)
}

// tooShort reports a within that ends before the first retry. Jitter that is said elsewhere may make the first wait shorter.
func tooShort(s Subject) []Remark {
	p := s.Policy
	shortest, _, known := p.Bounds(1)
	within, ok := policy.Unbounded(p.Within)
	if !known || !ok || within >= shortest || s.Partial && p.Jitter.State == policy.Absent {
		return nil
	}
	return []Remark{remark(p.Within.Pos, Fix{}, "within=%s is shorter than the first wait of %s, so that there is never a retry",
		policy.Spell(within), policy.Spell(shortest))}
}

// idleReset reports a reset that no attempt can run long enough for, or that has no effect.
func idleReset(pol policy.Policy) []Remark {
	reset, timeout := pol.Reset, pol.Timeout
	if !reset.IsSet() {
		return nil
	}
	fix := instead(reset.Pos, "reset=", "")
	long, known := reset.Value.Known()
	ends, limited := policy.Unbounded(timeout)
	switch {
	case known && limited && ends < long && reset.Origin.Beside(timeout.Origin):
		return []Remark{remark(reset.Pos, fix, "reset=%s is longer than timeout=%s, which ends every attempt before it counts",
			policy.Spell(long), policy.Spell(ends))}
	case alike(pol) && known && reset.Origin.Beside(pol.Retries.Origin):
		return []Remark{remark(reset.Pos, fix, "reset=%s has no effect: retries are unlimited and all delays are the same",
			policy.Spell(long))}
	}
	return nil
}

// alike reports whether a policy treats every failure alike, however many have been before.
func alike(pol policy.Policy) bool {
	return pol.Endless() && !pol.Within.IsSet() &&
		!pol.HasJitter(policy.Decorrelated) &&
		(pol.NeverWaits() || pol.Delay.IsSet() && pol.Delay.Value.Kind == policy.Fixed)
}

// besideNoRetries reports the options about waits of a policy that never waits.
func besideNoRetries(pol policy.Policy) []Remark {
	var list []Remark
	for e := range pol.Entries() {
		if e.IsSet() && e.Needs.Has(policy.NeedsRetries) && e.Origin.Beside(pol.Retries.Origin) {
			list = append(list, remark(e.Pos, instead(e.Pos, e.Word(), ""), "%s does nothing beside retries=0", e.Name))
		}
	}
	return list
}

// unusedDelays reports a list of delays that is longer than the number of retries.
func unusedDelays(pol policy.Policy) []Remark {
	list := pol.Delay.Value
	retries, known := pol.MaxRetries()
	if list.Kind != policy.List || !known || retries <= 0 || len(list.Delays) <= retries || !pol.Retries.Origin.Beside(pol.Delay.Origin) {
		return nil
	}
	short := policy.Delay{Kind: policy.List, Delays: list.Delays[:retries]}
	fix := instead(pol.Delay.Pos, "delay=", "delay="+strings.Trim(short.String(), "[]"))
	return []Remark{remark(pol.Delay.Pos, fix, "%d delays for %s: the last %d are never waited for",
		len(list.Delays), plural(retries, "retry", "retries"), len(list.Delays)-retries)}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
