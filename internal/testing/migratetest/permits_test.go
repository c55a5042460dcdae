package migratetest

import (
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/testing/migratetest/sim"
)

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
	if p.Before.Panic != "" && p.After.Panic == "" && len(p.Before.Calls) == len(p.After.Calls) && (p.D <= 0 || p.Max <= 0) {
		return []aspect{panics, ends, moments, failure, result} // the wait that is gone could not be drawn
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
	if fatal && p.After.Err == sim.ErrGaveUp.Error() {
		return []aspect{failure, result} // it has, and returns no result
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

func beyondCap(p *pair) []aspect {
	if begins(p.After, p.Before) {
		return all
	}
	return nil
}

// fatalAround permits another end where the last attempt made has a fatal error.
func fatalAround(p *pair) []aspect {
	if n := len(p.After.Calls); n > 0 && strings.Contains(p.After.Calls[n-1].Err, "fatal") {
		return all
	}
	return nil
}

func otherEnd(*pair) []aspect { return []aspect{failure, result, notes} }

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
	if p.Max <= 0 && p.Before.DoneAt < 0 && p.After.DoneAt >= 0 && begins(&sim.Trace{Calls: p.Before.Calls}, p.After) {
		return all // where there was no wait, the context ends one
	}
	if p.Max <= 0 && sameBut(p.Before.Notes, p.After.Notes, "waiting ") {
		return []aspect{waits, ends, moments, notes}
	}
	if p.Max <= 0 {
		return []aspect{waits, ends, moments}
	}
	return nil
}
