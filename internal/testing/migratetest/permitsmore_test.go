package migratetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/testing/migratetest/sim"
)

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

// fibonacci permits one more wait of the first length, after which the waits are those of before.
func fibonacci(p *pair) []aspect {
	if interrupted(p) || p.Before.DoneAt >= 0 {
		return all // there are more retries in the same time
	}
	b, a := gaps(p.Before), gaps(p.After)
	for i := range min(len(b), len(a)-1) {
		if !p.Random && !near(b[i], a[i+1]) {
			return nil
		}
	}
	if max(len(b), len(a)) > 20 {
		return []aspect{waits, ends, moments, attempts, result, notes} // all succeed after some decades
	}
	return []aspect{waits, ends, moments}
}

// gaps returns the waits between the attempts of a trace.
func gaps(t *sim.Trace) []time.Duration {
	var list []time.Duration
	for i := 1; i < len(t.Calls); i++ {
		list = append(list, t.Calls[i].At-t.Calls[i-1].End)
	}
	return list
}

// panicsEarlier permits that notes between the last attempt and a panic are missing.
func panicsEarlier(p *pair) []aspect {
	n := len(p.After.Notes)
	if p.Before.Panic == "" || p.Before.Panic != p.After.Panic || n > len(p.Before.Notes) ||
		!sameBut(p.Before.Notes[:n], p.After.Notes, "\x00") {
		return nil
	}
	for _, note := range p.Before.Notes[n:] {
		if note.Calls != len(p.After.Calls) {
			return nil
		}
	}
	return []aspect{notes, moments}
}

// deferredEarlier permits that the same is said, in another order and at other moments.
func deferredEarlier(p *pair) []aspect {
	texts := func(t *sim.Trace) []string {
		var list []string
		for _, n := range t.Notes {
			list = append(list, n.Text)
		}
		slices.Sort(list)
		return list
	}
	before, after := texts(p.Before), texts(p.After)
	if slices.Equal(before, after) || len(p.After.Calls) < len(p.Before.Calls) {
		return []aspect{notes, moments}
	}
	return []aspect{moments}
}
