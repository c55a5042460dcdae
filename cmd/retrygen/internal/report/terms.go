package report

import "strings"

// term is a word with its definition.
type term struct{ Name, Means string }

// ID is the anchor of a term.
func (t term) ID() string { return termID(t.Name) }

func termID(name string) string { return "term-" + strings.ReplaceAll(name, " ", "-") }

// terms are what sentences link to, in the order of the page.
var terms = []term{
	{"attempt", "One run of the function that is retried. A call makes at least one."},
	{"retry", "An attempt after the first. N retries are at most N+1 attempts."},
	{"wait", "The time between the end of an attempt that failed and the next: the delay, spread by jitter and bounded by cap. All " +
		"waits of a call are added up where nothing else is said."},
	{"worst wait", "All waits of a call together when each is as long as it can be. Time that attempts take themselves is not in it."},
	{"worst call", "The longest time from the beginning of a call to its end: the worst wait, and every attempt as long as its " +
		"timeout lets it be."},
	{"outlive", "A call outlives an outage when its last attempt begins after the outage's end. What 99 % of calls outlive is the " +
		"first percentile of when the last attempt begins."},
	{"give up", "A call gives up when its last attempt fails. Where n attempts fail with probability p each, independently, the " +
		"share that gives up is pⁿ."},
	{"saturated", "A wait that a 64-bit number of nanoseconds, or half of one, cannot hold: longer than a century. The schedule " +
		"stays there instead of overflowing."},
	{"chain", "A retried function that is called, directly or not, by another one that is retried."},
	{"nest", "Each attempt of an outer layer waits as long as the inner one does: the waits of a layer are its own, and its " +
		"attempts times those of the layer below."},
	{"expected requests", "Attempts on average for one call. Where each of at most n fails with probability p, independently: " +
		"(1−pⁿ)/(1−p), and n where p is 1. Nested layers are one with the product of their attempts."},
	{"timeline", "When the attempts of one call begin if all of them fail."},
	{"percentile", "P50 is the time that half of the calls do not exceed, P99 that of 99 in 100, P99.9 that of 999 in 1000."},
	{"reach", "The share of calls that make the attempt while all fail: “within” ends the others before it."},
	{"success", "The share of calls of which an attempt succeeds: 1−pⁿ where each of n fails with probability p, independently."},
	{"failures", "What calls meet when a given share of attempts fails, independently of one another."},
	{"herd", "Clients that fail at one instant, as when a service goes down, and retry by the same policy."},
	{"wave", "The retries of the same number of all clients."},
	{"busiest", "The largest share of clients whose retry falls into one stretch of 100 ms, or of 1 s. Together, waves may bring a " +
		"client more than once."},
	{"merge", "A wave merges with the next where its latest retry comes after the earliest of the next. It never does where delays " +
		"grow by more than jitter spreads them: upper < growth × lower end of the jitter."},
	{"outage", "A time in which every attempt fails. Calls that are within their retries when it ends go on."},
	{"load", "Requests that arrive, first attempts and retries, over what the service can answer in the same time: its capacity."},
	{"peak", "The largest load in any second after the outage's first instant."},
	{"drain", "The time from the outage's end until no request is refused any more."},
	{"jitter", "What spreads waits around their delay, so that clients do not retry together."},
	{"budget", "A bucket of tokens that all retries share: calls and time fill it, a retry takes one token, and without one the call ends."},
	{"sustained load", "The load while every attempt fails for long: attempts for each call × rate over capacity, or what the " +
		"budget leaves of it."},
	{"metastable failure", "A service that was fast enough before an outage, and after it stays down under the retries alone."},
}
