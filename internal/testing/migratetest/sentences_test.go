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
	alike := func(x, y sim.Attempt) bool { return x.Arg == y.Arg && x.Ctx == y.Ctx && x.Err == y.Err }
	add(!slices.EqualFunc(b.Calls, a.Calls, alike), attempts)
	common := min(len(b.Calls), len(a.Calls))
	then := func(x, y sim.Attempt) bool { return near(x.At, y.At) && near(x.End, y.End) }
	add(!slices.EqualFunc(b.Calls[:common], a.Calls[:common], then), waits)
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
	{"^what line .* did for a context that has ended is not done any more", cutEnd},
	{"^the context ends the retries, with a .*; before, they did not look at it", contextEnds},
	{"^a wait that would end after the context's deadline ends the retries; before, the loop waited, and looked then", deadlineLook},
	{"^when the time for all retries is over, the error is a ", timeError},
	{"^when the time for all retries is over after an attempt without an error, there is a ", timeWithoutError},
	{"^what line .* does before a wait is not done if the context or the time ends the retries before it", notBeforeCut},
	{"^a wait that would end after the context's deadline is not begun", deadlineWait},
	{"^a context that is done during a wait ends it; before", waitIsCut},
	{"^where .* is 0 or less, the loop made no attempt; now there is one", oneInsteadOfNone},
	{"^where .* does not hold at first, the loop made no attempt", oneInsteadOfNone},
	{"^where .* is negative, the loop made no attempt; now there is one", oneInsteadOfNone},
	{"^0 (attempts|steps) are one( attempt)?; before, they were none", oneInsteadOfNone},
	{"^where .* (is 0 or less|is negative), nothing limited the attempts; now there is one", oneInsteadOfMany},
	{"^0 (attempts|tries|retries) are .*; before, (0|WithMaxRetries)", oneInsteadOfMany},
	{"^where .* is 0 or less, the loop made no attempt; now nothing limits the time", noTime},
	{"^where .* is 0 or less, the loop made no more than one attempt; now nothing limits the time", noTime},
	{"^a context that is done after the last attempt is not looked at; before, line .* did", notLooked},
	{"^what line .* does is done even if the context has ended", doneInspite},
	{"^what line .* defers is done at the end of the attempt", deferredEarlier},
	{"^the context of line .* ends with the attempt", nothing},
	{"^a done context ends the retries; before, the loop went on, without waits", contextEnds},
	{"^where the bound of a random wait is 0 or less, there is no wait; before, the loop panicked", panicked},
	{"^a context that is done after the last attempt is not looked at; before, its error was returned", notLooked},
	{"^the function that is told of retries is told 0 for a negative delay", negative},
	{"^the function that is told of retries is not called if the context or the time ends them before a wait", notBeforeCut},
	{"^a MaxInterval of 0 or less, with which only the first retry was waited for, is now no maximum", noMaximum},
	{"^where .* is negative, there is one attempt; before, it was converted to a very large number", oneInsteadOfMany},
	{"^a WithMaxDuration of 0 or less, with which nothing was retried, is now no limit", noTime},
	{"^the context ends a wait; before, below WithMaxRetries it was looked at only between waits", contextEnds},
	{"^what line .* does before a wait is done as well where there is none", doneBefore},
	{"^when the context ends the retries, there is an error; before, this version returned none, or went on", contextEnds},
	{"^a MaxInterval of 0 is no limit; before, ", noMaximum},
	{"^a delay beyond Cap is cut to it; before, it ended the retries", beyondCap},
	{"^a delay of 0 or less is no wait; before, the library panicked", panicked},
	{"^a negative number counts as 0; before, the conversion made a very large one of it", oneInsteadOfMany},
	{"^an error around one that is not worth a retry (ends the retries, too|is returned whole); before", fatalAround},
	{"^the condition of .* is not asked after the last attempt", notAfterLast},
	{"^the error of the last attempt has no mark; before, ", keepsMark},
	{"^the first wait is not longer than MaxInterval either; before, it was InitialInterval in any case", firstDelay},
	{"^the first wait is not longer than Cap either; before, it was Duration in any case", firstDelay},
	{"^a WithCappedDuration of 0 or less, with which there was no wait, is now no cap", noMaximum},
	{"^where the bound of a random wait is 0 or less, the panic comes before what line ", panicsEarlier},
	{"^the time is counted from the first attempt on; before, the wait in front of it", nothing},
	{"^without a limit of attempts, errors that are not worth a retry end the retries; before", fatalAround},
	{"^a wait begins when an attempt has ended; before, the ticker", otherDelays},
	{"^line .* decides about the error of the last attempt as well; before, line .* did", otherEnd},
	{"^an error with which an attempt leaves the loop by itself keeps its mark", keepsMark},
	{"^a wait that is asked for may be up to 10 % longer", otherDelays},
	{"^a negative time for all retries, with which there was none, is now no limit", negativeTime},
	{"^where the delay is 0 or less, nothing random is added to it; before, it was", noDelay},
	{"^line .* is told 0 for a negative delay", negative},
	{"^a maximum .* of 0 or less, with which the loop did not wait, is now no maximum", noMaximum},
	{"^a first delay above .* was waited for; now no wait is longer than that", firstDelay},
	{"^a delay that no longer fits a time.Duration stays the longest one", overflow},
	{"^where the first delay is negative, there is never a wait", overflow},
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
	{"^the delays are 1, 1, 2, 3, 5 … times the first; before, they were 1, 2, 3, 5 …", fibonacci},
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
