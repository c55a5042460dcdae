package report

import (
	"cmp"
	"strings"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// trouble is one thing that is wrong with a policy.
type trouble struct {
	kind  *troubleKind
	level level
	bad   float64  // how bad, among those of its kind
	short sentence // a few words before the name of the worst policy
	says  sentence // what it does, and what would be right
}

// Kind, Level and Says are for the templates.
func (t trouble) Kind() *troubleKind { return t.kind }
func (t trouble) Level() level       { return t.level }
func (t trouble) Says() any          { return t.says.markup() }

// level is how bad something is.
type level string

const (
	bad    level = "bad"  // a call, or the service, may not come back
	poor   level = "poor" // it will hurt in an outage
	good   level = "good"
	unseen level = "unseen" // not looked at, or not known
)

// troubleKind is a kind of trouble, as the first screen lists it.
type troubleKind struct {
	ID, Name string
	None     string // what is said where no policy has it
	look     func(p *Policy, a *Assumptions) (trouble, bool)
}

// troubleKinds are in the order of the first screen.
var troubleKinds = []*troubleKind{
	{"unbounded", "unbounded attempts", "Every call ends.", unboundedAttempts},
	{"timeout", "no timeout", "Every attempt has a timeout.", noTimeout},
	{"nesting", "retries inside retries", "No retries are inside others.", nestedRetries},
	{"jitter", "no jitter", "All waits are spread.", noJitter},
	{"overload", "overload", "The service bears the outage.", overload},
	{"unknown", "not known", "All figures are known.", notAllKnown},
}

// troubles returns what is wrong with a policy.
func (p *Policy) troubles(a *Assumptions) []trouble {
	var list []trouble
	for _, k := range troubleKinds {
		if t, has := k.look(p, a); has {
			t.kind = k
			list = append(list, t)
		}
	}
	return list
}

func unboundedAttempts(p *Policy, _ *Assumptions) (trouble, bool) {
	if !p.known() {
		return trouble{}, false
	}
	inside := p.Total != nil && p.Total.Attempts == Unlimited && (p.Total.Unbounded || p.Forecast.Verdict.Attempts != Unlimited)
	switch {
	case p.Forecast.Verdict.Unbounded:
		return trouble{level: bad, bad: 2, short: say("retries for ever"),
			says: say("[Retries|retry] never run out: only its context ends a call. Set “retries”, or “within”.")}, true
	case inside:
		return trouble{level: bad, bad: 1, short: say("no bound on what it calls"),
			says: say("Nothing bounds the [attempts|attempt] of what it calls. Set “retries” or “within” there.")}, true
	}
	return trouble{}, false
}

func noTimeout(p *Policy, _ *Assumptions) (trouble, bool) {
	if p.Retries != nil && *p.Retries == 0 || p.Options.Timeout.IsSet() {
		return trouble{}, false
	}
	return trouble{level: poor, bad: float64(uint(p.Worst.Attempts)), short: say("an attempt that hangs, hangs the call"),
		says: say("An [attempt] has no timeout: one that hangs, hangs the call. Set “timeout”, if the function " +
			"has a context.")}, true
}

func nestedRetries(p *Policy, _ *Assumptions) (trouble, bool) {
	if p.Total == nil || len(p.Chains) == 0 || p.Total.Attempts == Unlimited {
		return trouble{}, false
	}
	t := trouble{level: poor, bad: float64(p.Total.Attempts), short: say("up to @ attempts", attempts(p.Total.Attempts))}
	if p.Total.Attempts >= 20 {
		t.level = bad
	}
	most := "at most"
	if p.Total.MoreAttempts {
		most = "at least"
	}
	t.says = say("A [chain] of retries: "+most+" @ [attempts|attempt] for one call. Retry in one layer only.", attempts(p.Total.Attempts))
	return t, true
}

func noJitter(p *Policy, _ *Assumptions) (trouble, bool) {
	h := p.Forecast.Herd
	if h == nil || !p.known() || !p.Options.Scheduled() || p.Options.Jitter.IsSet() {
		return trouble{}, false
	}
	return trouble{level: poor, bad: h.All.Busiest100ms, short: say("up to @ of clients in 100"+units.NBSP+"ms", share(h.All.Busiest100ms)),
		says: say("No [jitter]: clients that fail together retry together, @ of them within 100"+units.NBSP+"ms. Set “jitter=1”.",
			share(h.All.Busiest100ms))}, true
}

func overload(p *Policy, _ *Assumptions) (trouble, bool) {
	o := p.Forecast.Outage
	if o == nil || !p.known() || lacks(p.Forecast, forecast.UnknownDelay) {
		return trouble{}, false
	}
	t := trouble{level: bad, bad: o.Peak, short: say("up to @ the capacity", multiple(o.Peak))}
	switch {
	case o.Metastable:
		t.says = metastable(o)
	case o.Drain < 0:
		t.says = say("The backlog of the outage does not [drain] within the time looked at; the [load] [peaks|peak] at @ the capacity.",
			multiple(o.Peak))
	case o.Peak > 1:
		t.level = poor
		t.says = say("In the outage the [load] [peaks|peak] at @ the capacity. More jitter, fewer retries or a budget lower it.",
			multiple(o.Peak))
	default:
		return trouble{}, false
	}
	return t, true
}

func notAllKnown(p *Policy, _ *Assumptions) (trouble, bool) {
	for _, f := range []keyFigure{p.surviveFigure(), p.waitFigure(), p.attemptsFigure()} {
		if f.Why != "" && f.Order >= unknownFirst || strings.HasSuffix(f.text, "or more") {
			return trouble{level: unseen, short: say("a figure"), says: say("Not all is known: @.", words(f.Why))}, true
		}
	}
	return trouble{}, false
}

// worse orders two troubles of one kind, the worse first.
func worse(a, b trouble) int { return cmp.Compare(b.bad, a.bad) }
