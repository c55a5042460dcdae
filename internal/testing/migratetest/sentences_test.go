package migratetest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/testing/migratetest/sim"
)

// aspect is a way in which two traces differ.
type aspect string

const (
	attempts aspect = "attempts" // how many are made, with what, and how they end
	waits    aspect = "waits"    // when they are made
	notes    aspect = "notes"    // what is said between and behind them
	moments  aspect = "moments"  // when it is said
	ends     aspect = "ends"     // when the site returns
	result   aspect = "result"
	failure  aspect = "error"
	panics   aspect = "panic"

	doneBehind aspect = "notes behind the wait are said before it"
	lastNotes  aspect = "notes behind the last attempt may be missing"
)

var all = []aspect{attempts, waits, notes, moments, ends, result, failure}

// unsaidOf lists how two traces differ, but for what sentences permit.
func unsaidOf(p *pair, sentences []string) []string {
	said := map[aspect]bool{}
	for _, s := range sentences {
		rule := ruleOf(s)
		if rule == nil {
			return []string{"no rule says what is permitted by: " + s}
		}
		for _, a := range rule(p) {
			said[a] = true
		}
	}
	if said[doneBehind] && interrupted(p) && fewerNotes(p.After.Notes, p.Before.Notes) && len(p.After.Notes) <= len(p.Before.Notes)+2 {
		said[notes] = true // they were behind a wait that is cut short
	}
	if said[doneBehind] && fewerNotes(p.Before.Notes, p.After.Notes) && (said[lastNotes] || len(p.Before.Notes) == len(p.After.Notes)) {
		said[notes] = true
	}
	if said[waits] && slices.ContainsFunc(sentences, func(s string) bool { return strings.HasPrefix(s, "a retry that would begin after ") }) {
		for _, a := range []aspect{attempts, notes, result, failure} { // other waits are more or fewer ones in the same time
			said[a] = true
		}
	}
	var list []string
	for _, a := range differing(p) {
		if !said[a] {
			list = append(list, string(a))
		}
	}
	return list
}

// differing lists the aspects in which two traces differ.
func differing(p *pair) []aspect {
	b, a := p.Before, p.After
	var list []aspect
	add := func(differs bool, one aspect) {
		if differs {
			list = append(list, one)
		}
	}
	add(!slices.EqualFunc(b.Calls, a.Calls, func(x, y sim.Attempt) bool { return x.Arg == y.Arg && x.Ctx == y.Ctx && x.Err == y.Err }), attempts)
	common := min(len(b.Calls), len(a.Calls))
	add(!slices.EqualFunc(b.Calls[:common], a.Calls[:common], func(x, y sim.Attempt) bool { return near(x.At, y.At) && near(x.End, y.End) }), waits)
	add(!slices.EqualFunc(b.Notes, a.Notes, func(x, y sim.Said) bool { return x.Text == y.Text && x.Calls == y.Calls }), notes)
	add(!slices.EqualFunc(b.Notes, a.Notes, func(x, y sim.Said) bool { return near(x.At, y.At) }), moments)
	add(!near(b.Ends, a.Ends), ends)
	add(b.Result != a.Result, result)
	add(b.Err != a.Err || b.Type != a.Type || b.Same != a.Same || fmt.Sprint(b.Is) != fmt.Sprint(a.Is), failure)
	add(b.Panic != a.Panic, panics)
	return list
}

// near reports whether two moments are the same but for rounding.
func near(a, b time.Duration) bool { return (a - b).Abs() <= time.Microsecond+a/1e9 }

// rule returns the aspects in which two traces may differ because of a sentence.
type rule func(*pair) []aspect

// rules are what sentences permit. The first whose expression matches counts.
var rules = []struct {
	sentence string
	rule     rule
}{
	{"^after the last attempt there is no wait; before, the loop waited once more", noLastWait},
	{"^nothing is waited for after the last attempt; before, a delay beyond Cap", noLastWait},
	{"^a context that is done before the first attempt does not keep it from being made", firstIsMade},
	{"^the first attempt is made even if the context is done already; before, none was", firstIsMade},
	{"^no attempt is made if the context is done already; before, one was", noneIsMade},
	{"^when the context ends the retries, the error is a ", cutError},
	{"^before, the loop ended with .* when the context had ended", cutEnd},
	{"^what line .* does when the context has ended is not done", cutEnd},
	{"^the context ends the retries, with a .*; before, they did not look at it", contextEnds},
	{"^a wait that would end after the context's deadline ends the retries; before, the loop waited, and looked then", deadlineLook},
	{"^when the time for all retries is over, the error is a ", timeError},
	{"^when the time for all retries is over after an attempt without an error, there is a ", timeWithoutError},
	{"^what line .* does before a wait is not done if the context or the time ends the retries before it", notBeforeCut},
	{"^a wait that would end after the context's deadline is not begun", deadlineWait},
	{"^a context that is done during a wait ends it; before", waitIsCut},
	{"^where .* is 0 or less, the loop made no attempt; now there is one", oneInsteadOfNone},
	{"^where .* is negative, the loop made no attempt; now there is one", oneInsteadOfNone},
	{"^0 (attempts|steps) are one( attempt)?; before, they were none", oneInsteadOfNone},
	{"^where .* (is 0 or less|is negative), nothing limited the attempts; now there is one", oneInsteadOfMany},
	{"^0 (attempts|tries|retries) are .*; before, (0|WithMaxRetries)", oneInsteadOfMany},
	{"^where .* is 0 or less, the loop made no attempt; now nothing limits the time", noTime},
	{"^where .* is 0 or less, the loop made no more than one attempt; now nothing limits the time", noTime},
	{"^a context that is done after the last attempt is not looked at; before, line .* did", notLooked},
	{"^what line .* does is done even if the context has ended", doneInspite},
	{"^a done context ends the retries; before, the loop went on, without waits", contextEnds},
	{"^where the bound of a random wait is 0 or less, there is no wait; before, the loop panicked", panicked},
	{"^a context that is done after the last attempt is not looked at; before, its error was returned", notLooked},
	{"^the function that is told of retries is told 0 for a negative delay", negative},
	{"^the function that is told of retries is not called if the context or the time ends them before a wait", notBeforeCut},
	{"^a MaxInterval of 0 or less, with which only the first retry was waited for, is now no maximum", noMaximum},
	{"^where .* is negative, there is one attempt; before, it was converted to a very large number", oneInsteadOfMany},
	{"^a WithMaxDuration of 0 or less, with which nothing was retried, is now no limit", noTime},
	{"^a negative time for all retries, with which there was none, is now no limit", negativeTime},
	{"^where the delay is 0 or less, nothing random is added to it; before, it was", noDelay},
	{"^line .* is told 0 for a negative delay", negative},
	{"^a maximum .* of 0 or less, with which the loop did not wait, is now no maximum", noMaximum},
	{"^a first delay above .* was waited for; now no wait is longer than that", firstDelay},
	{"^a delay that no longer fits a time.Duration stays the longest one", overflow},
	{"^a retry that would begin after .* is not waited for", notWaited},
	{"^a retry that would begin after .* is not made; before, the time was compared before the wait", notMade},
	{"^the time is counted from the first attempt on", nothing},
	{"^what line .* does after a failure is not done after the last one", notAfterLast},
	{"^the function of OnRetry is not called after the last attempt", notAfterLast},
	{"^what line .* does behind the wait is done before it", doneBefore},
	{"^the error is the last attempt's own, or a .*; before, it was always a ", otherError},
	{"^the error is the last attempt's own; before, it was a retry.Error with those of all attempts", otherError},
	{"^waits are drawn from at most MaxInterval; before, from", nothing},
	{"^(at MaxDelay|at the cap) waits are drawn from an interval that ends there; before", nothing},
	{"^the jitter is drawn from all numbers; before", nothing},
	{"^an error that is marked as unrecoverable ends the retries; before, the function of RetryIf alone decided", markEnds},
	{"^a retry that would begin after the time of WithMaxDuration is not made; before", notMade},
	{"^the results of a last attempt that has failed are returned with its error; before, they were zero", lastResults},
	{"^the delays are 1, 1, 2, 3, 5 … times the first; before, they were 1, 2, 3, 5 …", otherDelays},
	{"^an error that is not worth a retry keeps its mark retry.Permanent", keepsMark},
}

func ruleOf(sentence string) rule {
	for _, r := range rules {
		if regexp.MustCompile(r.sentence).MatchString(sentence) {
			return r.rule
		}
	}
	return nil
}

// interrupted reports whether the context was done by the time the site returned, or ends before a wait would.
func interrupted(p *pair) bool {
	return p.After.DoneAt >= 0 || p.Deadline > 0 && p.After.Ends == lastEnd(p.After)
}

// lastEnd is when the last attempt ended.
func lastEnd(t *sim.Trace) time.Duration {
	if len(t.Calls) == 0 {
		return 0
	}
	return t.Calls[len(t.Calls)-1].End
}

func noLastWait(p *pair) []aspect {
	if p.After.Ends != lastEnd(p.After) || p.Before.Ends < p.After.Ends {
		return nil
	}
	if p.Before.DoneAt < 0 {
		return []aspect{ends, moments}
	}
	if len(p.Before.Calls) > len(p.After.Calls) && begins(p.Before, p.After) {
		return all // it went on when the context was done
	}
	if p.Heeds && len(p.After.Calls) == len(p.Uncut.Calls) {
		return []aspect{ends, moments, failure, result, notes, lastNotes}
	}
	u := *p // the wait that is gone was cut short
	u.Before = p.Uncut
	permitted := []aspect{ends, moments, failure, result, notes, lastNotes}
	differs := differing(&u)
	return slices.DeleteFunc(permitted, func(a aspect) bool { return a != ends && a != moments && slices.Contains(differs, a) })
}

func firstIsMade(p *pair) []aspect {
	if p.Before.DoneAt == 0 && len(p.Before.Calls) == 0 && len(p.After.Calls) == 1 {
		return all
	}
	return nil
}

func noneIsMade(p *pair) []aspect {
	if p.After.DoneAt == 0 && len(p.After.Calls) == 0 && len(p.Before.Calls) > 0 {
		return all
	}
	return nil
}

func cutError(p *pair) []aspect {
	fatal := len(p.After.Calls) > 0 && strings.Contains(p.After.Calls[len(p.After.Calls)-1].Err, "fatal") && p.After.Err != ""
	if !interrupted(p) || !p.After.Cut && !strings.Contains(p.After.Err, "stopped after ") && !fatal {
		return nil // with a fatal error in it, the code behind may judge it otherwise
	}
	if sameBut(p.Before.Notes, p.After.Notes, "stopped after ") {
		return []aspect{failure, notes}
	}
	return []aspect{failure}
}

// sameBut reports whether notes are the same, but for those that have a text in them.
func sameBut(b, a []sim.Said, text string) bool {
	return slices.EqualFunc(b, a, func(x, y sim.Said) bool {
		return x.Text == y.Text && x.Calls == y.Calls || strings.Contains(y.Text, text)
	})
}

func cutEnd(p *pair) []aspect {
	if !interrupted(p) {
		return nil
	}
	return []aspect{failure, result, notes, moments}
}

func contextEnds(p *pair) []aspect {
	deadline := p.Deadline > 0 && p.After.Ends < p.Deadline && p.After.Ends == lastEnd(p.After)
	done := p.After.DoneAt >= 0 && (p.Random || p.After.Ends == max(p.After.DoneAt, lastEnd(p.After)))
	if !begins(p.Before, p.After) || !deadline && !done {
		return nil
	}
	return []aspect{attempts, ends, failure, result, notes, moments}
}

// timeError permits the error of a loop whose time is over.
func timeError(p *pair) []aspect {
	const over = "the time for retries is over"
	if p.After.Cause != over && !strings.Contains(p.After.Err, over) &&
		!slices.ContainsFunc(p.After.Notes, func(n sim.Said) bool { return strings.Contains(n.Text, over) }) {
		return nil
	}
	if sameBut(p.Before.Notes, p.After.Notes, "stopped after ") {
		return []aspect{failure, notes}
	}
	return []aspect{failure}
}

// timeWithoutError permits an error where the last attempt has none.
func timeWithoutError(p *pair) []aspect {
	if n := len(p.After.Calls); n > 0 && strings.HasPrefix(p.After.Calls[n-1].Err, "code ") {
		return []aspect{failure, result, notes}
	}
	return nil
}

// notBeforeCut permits that notes behind the last attempt are missing, where the context ended the retries.
func notBeforeCut(p *pair) []aspect {
	if interrupted(p) || p.After.Cut {
		return notAfterLast(p)
	}
	return nil
}

// deadlineLook is like deadlineWait for loops that slept, and looked at the context between the waits.
func deadlineLook(p *pair) []aspect {
	if p.Deadline > 0 && p.After.Ends < p.Deadline && p.After.Ends == lastEnd(p.After) && begins(p.Before, p.After) {
		return []aspect{attempts, ends, moments, notes, result, failure}
	}
	return nil
}

// begins reports whether the attempts of a trace are the first ones of another.
func begins(b, a *sim.Trace) bool {
	return len(a.Calls) <= len(b.Calls) && slices.EqualFunc(b.Calls[:len(a.Calls)], a.Calls, func(x, y sim.Attempt) bool {
		return near(x.At, y.At) && x.Arg == y.Arg
	})
}

func deadlineWait(p *pair) []aspect {
	if p.Deadline > 0 && p.After.Ends < p.Deadline && p.After.Ends == lastEnd(p.After) && begins(p.Before, p.After) {
		return []aspect{ends, moments}
	}
	return nil
}

func waitIsCut(p *pair) []aspect {
	if p.After.DoneAt >= 0 && p.After.Ends == p.After.DoneAt && p.After.Ends < p.Before.Ends && begins(p.Before, p.After) {
		return []aspect{attempts, ends, moments, notes, result, failure}
	}
	return nil
}

func oneInsteadOfNone(p *pair) []aspect {
	if p.N <= 0 && len(p.Before.Calls) == 0 && len(p.After.Calls) == 1 {
		return all
	}
	return nil
}

func oneInsteadOfMany(p *pair) []aspect {
	if p.N <= 0 && len(p.After.Calls) == 1 {
		return append([]aspect{panics}, all...)
	}
	return nil
}

func noTime(p *pair) []aspect {
	if (p.Max <= 0 || p.D <= 0) && len(p.Before.Calls) <= 2 {
		return all
	}
	return nil
}

// doneInspite permits a note behind an attempt after which the context is done.
func doneInspite(p *pair) []aspect {
	if interrupted(p) {
		return []aspect{notes, moments}
	}
	return nil
}

// notLooked permits the end that a loop has without its look at the context.
func notLooked(p *pair) []aspect {
	if p.After.DoneAt >= 0 && p.After.DoneAt <= lastEnd(p.After) && len(p.After.Calls) == len(p.Uncut.Calls) {
		return []aspect{failure, result, notes}
	}
	return nil
}

func panicked(p *pair) []aspect {
	if p.Before.Panic != "" && (p.D <= 0 || p.Max <= 0) {
		return append(all, panics)
	}
	return nil
}

func negativeTime(p *pair) []aspect {
	if p.Max < 0 {
		return all
	}
	return nil
}

func noDelay(p *pair) []aspect {
	if p.D <= 0 {
		return all
	}
	return nil
}

func negative(p *pair) []aspect {
	if p.D < 0 || p.Max < 0 {
		return []aspect{notes}
	}
	return nil
}

func noMaximum(p *pair) []aspect {
	if p.Max <= 0 && max(len(p.After.Calls), len(p.Before.Calls)) > 20 {
		return all // the clock of a bubble does not go on for ever
	}
	if p.Max <= 0 && sameBut(p.Before.Notes, p.After.Notes, "waiting ") {
		return []aspect{waits, ends, moments, notes}
	}
	if p.Max <= 0 {
		return []aspect{waits, ends, moments}
	}
	return nil
}

// firstDelay permits that the first wait is shorter, and the others are the same.
func firstDelay(p *pair) []aspect {
	if p.D > 10*time.Minute || p.D > p.Max {
		return all // the time for all retries is over, or is not
	}
	for i := 1; i < min(len(p.Before.Calls), len(p.After.Calls)); i++ {
		b, a := p.Before.Calls[i].At-p.Before.Calls[i-1].End, p.After.Calls[i].At-p.After.Calls[i-1].End
		if i == 1 && b <= a || i > 1 && b != a && p.Max > 0 {
			return nil
		}
	}
	if sameBut(p.Before.Notes, p.After.Notes, "waiting ") {
		return []aspect{waits, ends, moments, notes}
	}
	return []aspect{waits, ends, moments}
}

// overflow permits other waits from the first on that was none before.
func overflow(p *pair) []aspect {
	if p.D < 0 {
		return all // in the other direction
	}
	for i := 1; i < min(len(p.Before.Calls), len(p.After.Calls)); i++ {
		if b, a := p.Before.Calls[i], p.After.Calls[i]; b.At != a.At {
			if b.At == p.Before.Calls[i-1].End && i > 20 {
				return []aspect{waits, ends, moments}
			}
			return nil
		}
	}
	return nil
}

func notWaited(p *pair) []aspect {
	if p.Before.DoneAt > p.After.Ends && begins(p.Before, p.After) && p.After.Ends == lastEnd(p.After) {
		return []aspect{attempts, ends, moments, notes, result, failure} // the wait that is not begun was cut short
	}
	if p.After.Ends < p.Before.Ends && begins(p.Before, p.After) && p.After.Ends == lastEnd(p.After) {
		return []aspect{ends, moments}
	}
	return nil
}

func notMade(p *pair) []aspect {
	if len(p.After.Calls)+1 == len(p.Before.Calls) && begins(p.Before, p.After) && p.After.Ends == lastEnd(p.After) {
		return []aspect{attempts, ends, moments, notes, result, failure}
	}
	if p.Before.DoneAt > p.After.Ends && begins(p.Before, p.After) && p.After.Ends == lastEnd(p.After) {
		return all // the wait that is not begun was cut short
	}
	return notWaited(p)
}

func notAfterLast(p *pair) []aspect {
	i := 0
	for i < min(len(p.Before.Notes), len(p.After.Notes)) && p.Before.Notes[i].Text == p.After.Notes[i].Text {
		i++
	}
	if i < len(p.Before.Notes) && p.Before.Notes[i].Calls == len(p.Before.Calls) {
		return []aspect{notes, moments, lastNotes}
	}
	return []aspect{lastNotes}
}

func doneBefore(p *pair) []aspect { return []aspect{moments, doneBehind} }

// fewerNotes reports whether there is no note that there was not before, in whatever order.
func fewerNotes(before, after []sim.Said) bool {
	left := map[string]int{}
	for _, n := range before {
		left[n.Text]++
	}
	for _, n := range after {
		if left[n.Text]--; left[n.Text] < 0 {
			return false
		}
	}
	return true
}

// otherError permits an error of another type and text, with the same known errors in it.
func otherError(p *pair) []aspect {
	if p.Before.Err != "" && p.After.Err != "" {
		return []aspect{failure}
	}
	return nil
}

func nothing(*pair) []aspect { return nil }

func markEnds(p *pair) []aspect {
	if n := len(p.After.Calls); n > 0 && strings.Contains(p.After.Calls[n-1].Err, "fatal") && begins(p.Before, p.After) {
		return all
	}
	return nil
}

func lastResults(p *pair) []aspect {
	if p.Before.Err != "" && p.After.Err != "" {
		return []aspect{result, notes}
	}
	return nil
}

func otherDelays(p *pair) []aspect {
	if interrupted(p) {
		return all
	}
	return []aspect{waits, ends, moments}
}

func keepsMark(p *pair) []aspect {
	if p.Before.Err == p.After.Err && fmt.Sprint(p.Before.Is) == fmt.Sprint(p.After.Is) {
		return []aspect{failure}
	}
	return nil
}
