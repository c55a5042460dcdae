package advice

import (
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// tooLong finds waits that grow beyond all use.
func tooLong(s Subject) []Remark {
	retries, ok := s.scheduled()
	if !ok || !s.whole() {
		return nil
	}
	limit := s.MaxWait
	first, sum := firstAbove(s.Policy, retries, limit)
	if first == 0 {
		return nil
	}
	_, wait, _ := s.Policy.Bounds(first)
	all := policy.Spell(sum) + " in all at worst"
	if policy.Saturated(sum) || s.Policy.Endless() {
		all = "without end"
	}
	var fix Fix
	advice, delay := "", s.Policy.Delay
	if capped := missingCap(s.Policy, limit); capped != "" {
		fix, advice = add(delay.Pos, "delay=", capped), "; add a cap, such as "+capped
	}
	return []Remark{remark(delay.Pos, fix, "%s waits %s: %s, and the wait before retry %d can be %s, longer than %s%s",
		s.call(), sequence(s.Policy, retries), all, first, spellWait(wait), policy.Spell(limit), advice)}
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
