package directives

import (
	"fmt"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL107", check.EachTask(rl107))

// rl107 finds options that contradict each other, or that do nothing.
func rl107(p *check.Pass, fn *directive.Func) {
	if fn.Policy.Retries.IsSet() && fn.Policy.Retries.Value == 0 {
		besideNoRetries(p, fn.Policy)
		return
	}
	idleReset(p, fn.Policy)
	if _, ok := scheduled(fn.Policy); !ok {
		return
	}
	unusedDelays(p, fn.Policy)
	first, limit, within := fn.Policy.Delay.Value.At(1), fn.Policy.Cap, fn.Policy.Within
	if limit.IsSet() && limit.Value < first && limit.Origin.Beside(fn.Policy.Delay.Origin) {
		p.Option(limit.Pos, p.Instead(limit.Pos, "cap=", ""),
			"cap=%s is below the first delay of %s, so that every delay is the cap and the schedule does nothing",
			policy.Spell(limit.Value), policy.Spell(first))
	}
	if shortest, _ := fn.Policy.Bounds(1); within.IsSet() && within.Value < shortest {
		p.Option(within.Pos, nil, "within=%s is shorter than the first wait of %s, so that there is never a retry",
			policy.Spell(within.Value), policy.Spell(shortest))
	}
}

// idleReset reports a reset that no attempt can run long enough for, or that has no effect.
func idleReset(p *check.Pass, pol policy.Policy) {
	reset, timeout := pol.Reset, pol.Timeout
	if !reset.IsSet() {
		return
	}
	fix := p.Instead(reset.Pos, "reset=", "")
	switch {
	case timeout.IsSet() && timeout.Value < reset.Value && reset.Origin.Beside(timeout.Origin):
		p.Option(reset.Pos, fix, "reset=%s is longer than timeout=%s, which ends every attempt before it counts",
			policy.Spell(reset.Value), policy.Spell(timeout.Value))
	case alike(pol) && reset.Origin.Beside(pol.Retries.Origin):
		p.Option(reset.Pos, fix, "reset=%s has no effect: retries are unlimited and all delays are the same",
			policy.Spell(reset.Value))
	}
}

// alike reports whether a policy treats every failure alike, however many have been before.
func alike(pol policy.Policy) bool {
	return pol.Retries.IsSet() && pol.Retries.Value == policy.Unlimited && !pol.Within.IsSet() &&
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
	list, retries := pol.Delay.Value, pol.Retries
	if list.Kind != policy.List || !retries.IsSet() || retries.Value <= 0 || len(list.Delays) <= retries.Value ||
		!retries.Origin.Beside(pol.Delay.Origin) {
		return
	}
	short := policy.Delay{Kind: policy.List, Delays: list.Delays[:retries.Value]}
	fix := p.Instead(pol.Delay.Pos, "delay=", "delay="+strings.Trim(short.String(), "[]"))
	p.Option(pol.Delay.Pos, fix, "%d delays for %s: the last %d are never waited for",
		len(list.Delays), plural(retries.Value, "retry", "retries"), len(list.Delays)-retries.Value)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
