package directives

import (
	"fmt"
	"go/token"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var maxWait = check.Param[time.Duration]{Name: "max-wait", Default: time.Hour, Usage: "the longest wait that RL106 accepts"}

var _ = Checks.Add("RL106", eachKnown(rl106)).With(maxWait)

// rl106 finds waits that grow beyond all use.
func rl106(p *check.Pass, fn *directive.Func) {
	retries, ok := scheduled(fn.Policy)
	if !ok {
		return
	}
	limit := maxWait.Of(p)
	first, sum := firstAbove(fn.Policy, retries, limit)
	if first == 0 {
		return
	}
	_, wait, _ := fn.Policy.Bounds(first)
	all := policy.Spell(sum) + " in all at worst"
	if policy.Saturated(sum) || fn.Policy.Endless() {
		all = "without end"
	}
	var fix *analysis.SuggestedFix
	advice, delay := "", fn.Policy.Delay
	if capped := missingCap(fn.Policy, limit); capped != "" {
		fix, advice = p.AddAfter(delay.Pos, "delay=", capped), "; add a cap, such as "+capped
	}
	at := token.Pos(delay.Pos)
	p.Report(check.Finding{
		Pos: at, End: p.WordEnd(at), Fix: fix, Subject: at,
		Message: fmt.Sprintf("%s waits %s: %s, and the wait before retry %d can be %s, longer than %s%s",
			fn.Name, sequence(fn.Policy, retries), all, first, spellWait(wait), policy.Spell(limit), advice),
	})
}

// firstAbove returns the first retry whose wait can be longer than a limit, 0 for none, and the sum of the longest waits.
func firstAbove(pol policy.Policy, retries int, limit time.Duration) (first int, sum time.Duration) {
	for k := 1; k <= retries; k++ {
		_, longest, _ := pol.Bounds(k)
		sum = policy.Add(sum, longest)
		if longest > limit && first == 0 {
			first = k
		}
	}
	return first, sum
}

// missingCap returns the option that would keep the waits below a limit, "" if there is a cap, or if the first wait is
// above the limit already.
func missingCap(pol policy.Policy, limit time.Duration) string {
	wait, _ := pol.Delay.Value.At(1)
	switch {
	case pol.Cap.State != policy.Absent || wait >= limit:
		return ""
	case wait >= time.Minute:
		return "cap=" + policy.Spell(limit)
	}
	return "cap=" + policy.Spell(min(limit, time.Minute))
}

// sequence writes the waits of a schedule: all of a short one, the first and the last of a long one.
func sequence(pol policy.Policy, retries int) string {
	const most = 8
	var waits []string
	for k := 1; k <= min(retries, most); k++ {
		_, longest, _ := pol.Bounds(k)
		waits = append(waits, spellWait(longest))
	}
	text := strings.Join(waits, ", ")
	if retries > most {
		_, last, _ := pol.Bounds(retries)
		text += " … " + spellWait(last)
	}
	if pol.Jitter.IsSet() {
		return "up to " + text
	}
	return text
}

func spellWait(d time.Duration) string {
	if policy.Saturated(d) {
		return "292 years"
	}
	return policy.Spell(d)
}
