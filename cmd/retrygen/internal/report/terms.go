package report

import (
	"fmt"
	"html/template"
	"strings"
)

// term is a word with its definition.
type term struct{ Name, Means string }

// ID is the anchor of a term.
func (t term) ID() string { return termID(t.Name) }

func termID(name string) string { return "term-" + strings.ReplaceAll(name, " ", "-") }

// terms are what sentences link to, in the order of the page.
var terms = []term{
	{"attempt", "One run of the function that is retried. A call makes at least one."},
	{"retry", "An attempt after the first. N retries are at most N+1 attempts."},
	{"wait", "The time between the end of an attempt that failed and the next: the delay, spread by jitter and bounded by " +
		"cap. A figure is the sum of all waits of a call, unless it says otherwise."},
	{"worst wait", "The sum of all waits of a call if each is as long as it can be. It does not include the time of the " +
		"attempts."},
	{"worst call", "The longest time from the beginning of a call to its end: the worst wait, with every attempt as long as " +
		"its timeout allows."},
	{"survive", "A call survives an outage if its last attempt begins after the end of the outage. 99 % of calls survive the " +
		"first percentile of the time at which the last attempt begins."},
	{"give up", "A call gives up when its last attempt fails. If each of n attempts fails independently with probability p, " +
		"the share of calls that give up is pⁿ."},
	{"saturated", "A wait that a 64-bit number of nanoseconds, or half of one, cannot hold: longer than a century. The " +
		"schedule stays there instead of overflowing."},
	{"chain", "A retried function that is called, directly or not, by another one that is retried."},
	{"nest", "Each attempt of an outer layer takes as long as the inner layer waits. The waits of a layer are its own waits, " +
		"plus its attempts times the waits of the layer below."},
	{"expected requests", "The average number of attempts of one call. If each of at most n fails independently with " +
		"probability p, it is (1−pⁿ)/(1−p), and n if p is 1. Nested layers count as one layer with the product of their " +
		"attempts."},
	{"timeline", "When the attempts of one call begin if all of them fail."},
	{"percentile", "Half of the calls do not exceed the time P50, 99 in 100 do not exceed P99, and 999 in 1000 do not exceed " +
		"P99.9."},
	{"reach", "The share of calls that make the attempt if all attempts fail. “within” ends the other calls before it."},
	{"success", "The share of calls with an attempt that succeeds: 1−pⁿ if each of n attempts fails independently with " +
		"probability p."},
	{"failures", "The effect on calls if a given share of attempts fails, independently of one another."},
	{"herd", "Clients that fail at the same moment, for example when a service goes down, and retry by the same policy."},
	{"wave", "The first retries of all clients, or their second ones, and so on."},
	{"busiest", "The largest share of clients whose retry falls into one stretch of 100 ms, or of 1 s. If waves overlap, a " +
		"client can count more than once."},
	{"merge", "A wave merges with the next one if its latest retry comes after the earliest retry of the next. Waves never " +
		"merge if delays grow faster than jitter spreads them: upper < growth × lower end of the jitter."},
	{"outage", "A time in which every attempt fails. Calls that still have retries when it ends continue."},
	{"load", "The requests that arrive, both first attempts and retries, divided by the number that the service can answer " +
		"in the same time, its capacity."},
	{"peak", "The largest load in any second after the outage's first instant."},
	{"drain", "The time from the outage's end until no request is refused any more."},
	{"jitter", "What spreads waits around their delay, so that clients do not retry together."},
	{"budget", "A store of tokens that all retries share. Calls and time add tokens, a retry takes one, and a call that " +
		"finds no token ends."},
	{"sustained load", "The load while every attempt fails for long: attempts for each call × rate ÷ capacity, or less with " +
		"a budget."},
	{"metastable failure", "A service that was fast enough before an outage, and stays down after it because of the retries " +
		"alone."},
}

// defined returns words as HTML with the definition of a term: a button that opens it where the words stand.
func defined(name, words string) template.HTML {
	const joiner = "\u2060" // no line begins with the point behind a button
	return template.HTML(fmt.Sprintf(`<button type="button" class="term" popovertarget="%s" title="%s">%s</button>`,
		termID(name), template.HTMLEscapeString(meaning(name)), words) + joiner)
}

// meaning returns the definition of a term.
func meaning(name string) string {
	for _, t := range terms {
		if t.Name == name {
			return t.Means
		}
	}
	panic("no term is called " + name)
}
