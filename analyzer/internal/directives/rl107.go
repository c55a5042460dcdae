package directives

import (
	"fmt"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL107", eachKnown(rl107))

// rl107 finds options that contradict each other, or that do nothing.
func rl107(p *check.Pass, fn *directive.Func) {
	if n, ok := fn.Policy.MaxRetries(); ok && n == 0 && fn.Policy.Retries.IsSet() {
		besideNoRetries(p, fn.Policy)
		return
	}
	idleReset(p, fn.Policy)
	if _, ok := scheduled(fn.Policy); !ok {
		return
	}
	unusedDelays(p, fn.Policy)
	first, known := fn.Policy.Delay.Value.At(1)
	limit, capped := policy.Unbounded(fn.Policy.Cap)
	if at := fn.Policy.Cap; known && capped && limit < first && at.Origin.Beside(fn.Policy.Delay.Origin) {
		p.Option(at.Pos, p.Instead(at.Pos, "cap=", ""),
			"cap=%s is below the first delay of %s, so that every delay is the cap and the schedule does nothing",
			policy.Spell(limit), policy.Spell(first))
	}
	shortest, _, known := fn.Policy.Bounds(1)
	if within, ok := policy.Unbounded(fn.Policy.Within); known && ok && within < shortest {
		p.Option(fn.Policy.Within.Pos, nil, "within=%s is shorter than the first wait of %s, so that there is never a retry",
			policy.Spell(within), policy.Spell(shortest))
	}
}

// idleReset reports a reset that no attempt can run long enough for, or that has no effect.
func idleReset(p *check.Pass, pol policy.Policy) {
	reset, timeout := pol.Reset, pol.Timeout
	if !reset.IsSet() {
		return
	}
	fix := p.Instead(reset.Pos, "reset=", "")
	long, known := reset.Value.Known()
	ends, limited := policy.Unbounded(timeout)
	switch {
	case known && limited && ends < long && reset.Origin.Beside(timeout.Origin):
		p.Option(reset.Pos, fix, "reset=%s is longer than timeout=%s, which ends every attempt before it counts",
			policy.Spell(long), policy.Spell(ends))
	case alike(pol) && known && reset.Origin.Beside(pol.Retries.Origin):
		p.Option(reset.Pos, fix, "reset=%s has no effect: retries are unlimited and all delays are the same",
			policy.Spell(long))
	}
}

// alike reports whether a policy treats every failure alike, however many have been before.
func alike(pol policy.Policy) bool {
	return pol.Endless() && !pol.Within.IsSet() &&
		!pol.HasJitter(policy.Decorrelated) &&
		(pol.NeverWaits() || pol.Delay.IsSet() && pol.Delay.Value.Kind == policy.Fixed)
}

// besideNoRetries reports the options about waits of a policy that never waits.
func besideNoRetries(p *check.Pass, pol policy.Policy) {
	for e := range pol.Entries() {
		if e.IsSet() && e.Needs.Has(policy.NeedsRetries) && e.Origin.Beside(pol.Retries.Origin) {
			p.Option(e.Pos, p.Instead(e.Pos, e.Word(), ""), "%s does nothing beside retries=0", e.Name)
		}
	}
}

// unusedDelays reports a list of delays that is longer than the number of retries.
func unusedDelays(p *check.Pass, pol policy.Policy) {
	list := pol.Delay.Value
	retries, known := pol.MaxRetries()
	if list.Kind != policy.List || !known || retries <= 0 || len(list.Delays) <= retries || !pol.Retries.Origin.Beside(pol.Delay.Origin) {
		return
	}
	short := policy.Delay{Kind: policy.List, Delays: list.Delays[:retries]}
	fix := p.Instead(pol.Delay.Pos, "delay=", "delay="+strings.Trim(short.String(), "[]"))
	p.Option(pol.Delay.Pos, fix, "%d delays for %s: the last %d are never waited for",
		len(list.Delays), plural(retries, "retry", "retries"), len(list.Delays)-retries)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
