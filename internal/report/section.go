package report

import "github.com/retrygen/retrygen/internal/forecast"

// section is a part of what is shown of a policy, the same in text and on a page.
type section struct {
	id      string // unique among the sections of a policy
	title   string
	term    string // that the title is about
	says    []sentence
	warns   []sentence
	assumes sentence // what the section's numbers rest on
	tables  []table
	lanes   *lanes // when attempts begin, as a chart
	curve   *curve // load over time, as a chart
}

// table is rows under heads. The last column may hold bars, or text of any length.
type table struct {
	caption sentence
	heads   []sentence
	rows    [][]cell
	left    int  // so many columns, from the first, are text
	bars    bool // the last column is bars
	wraps   bool // the last column is text of any length
}

// cell is one value of a table.
type cell struct {
	sentence
	bar bar
}

// bar is drawn between 0 and 1. One without middle and late marks is solid from 0 to its end.
type bar struct {
	from, middle, late, to float64 // min, P50, P99, max
	spread                 bool    // the marks before the end count
}

func cells(spans ...span) []cell {
	var row []cell
	for _, s := range spans {
		row = append(row, cell{sentence: sentence{s}})
	}
	return row
}

// limits bound what is shown of long lists.
type limits struct{ attempts, waves, chains int }

// elided says which of n rows to show of a long list: all, or the first ones and the last, with a gap between.
func elided(n, most int) (first, last int) {
	if n <= most {
		return n, n
	}
	return most - 2, n - 2
}

// sections gives all there is to show of a policy.
func sections(p *Policy, a *Assumptions, l limits) []section {
	list := []section{verdict(p, a)}
	if len(p.Chains) > 0 {
		list = append(list, chains(p, l))
	}
	f := p.Forecast
	if len(f.Timeline) > 1 {
		list = append(list, timeline(f, a, l))
	}
	list = append(list, failures(f, a))
	if f.Herd != nil {
		list = append(list, herd(f.Herd, l))
	}
	if f.Outage != nil {
		list = append(list, outage(f.Outage, a))
		if s, ok := budget(f.Outage); ok {
			list = append(list, s)
		}
	}
	return list
}

// verdict sums a policy up.
func verdict(p *Policy, a *Assumptions) section {
	v := p.Forecast.Verdict
	s := section{id: "verdict", title: "Verdict", says: verdictSays(p), warns: unknown(p.Forecast)}
	if m := p.Forecast.Outage; m != nil && m.Metastable {
		s.warns = append(s.warns, metastable(m))
	}
	s.assumes = say("Assumed: @; attempts fail independently of one another; the caller sets no deadline.", attemptTakes(a)...)
	if p.Forecast.Simulated {
		s.assumes = append(s.assumes, say(" Percentiles are of drawn calls, right to about half a percent; the seed is @.", span{text: exact(a.Seed), value: exact(a.Seed)})...)
	}
	if v.Saturated {
		s.warns = append(s.warns, say("The schedule [saturates|saturated]: its waits reach what no clock shows. A cap would bound them."))
	}
	return s
}

func attemptTakes(a *Assumptions) []span {
	if a.AttemptTime == 0 {
		return []span{words("an attempt takes no time")}
	}
	s := seconds(a.AttemptTime)
	s.text = "an attempt takes " + s.text
	return []span{s}
}

func verdictSays(p *Policy) []sentence {
	v := p.Forecast.Verdict
	list := []sentence{sayAttempts(p)}
	if p.Retries != 0 {
		list = append(list, sayWaits(v))
	}
	list = append(list, sayCall(v))
	if p.Retries != 0 {
		list = append(list, sayOutlive(v))
	}
	if v.Unbounded {
		return append(list, say("Calls never [give up]."))
	}
	return append(list, say("Calls [give up]: @ of them where 10"+nbsp+"% of attempts fail, @ where 50"+nbsp+"% do.", givenUp(v.GiveUp10), givenUp(v.GiveUp50)))
}

// givenUp shows a share of calls of which some give up, however few.
func givenUp(x float64) span {
	s := share(x)
	if x == 0 {
		s.text = below
	}
	return s
}

func sayAttempts(p *Policy) sentence {
	v := p.Forecast.Verdict
	switch {
	case v.Unbounded:
		return say("Unlimited [attempts|attempt]: [retries|retry] never run out.")
	case v.Attempts == Unlimited:
		return say("Unlimited [attempts|attempt], until “within” is over.")
	case p.Retries == 0:
		return say("At most @ [attempt], and no [retry].", whole(v.Attempts))
	case p.Retries == 1:
		return say("At most @ [attempts|attempt], @ of them a [retry].", whole(v.Attempts), whole(p.Retries))
	}
	return say("At most @ [attempts|attempt], @ of them [retries|retry].", whole(v.Attempts), whole(p.Retries))
}

func sayWaits(v forecast.Verdict) sentence {
	mean, worst := longTime(v.MeanWait), longTime(v.WorstWait)
	switch {
	case v.Unbounded:
		return say("While every attempt fails, a call [waits|wait] for ever: the first thousand retries alone take @ on average.", mean)
	case Saturated(v.MeanWait):
		return say("While every attempt fails, a call [waits|wait] @.", mean)
	case mean.text == worst.text:
		return say("While every attempt fails, a call [waits|wait] @ in all.", worst)
	}
	return say("While every attempt fails, a call [waits|wait] @ on average and @ at worst.", mean, worst)
}

func sayCall(v forecast.Verdict) sentence {
	switch {
	case v.Unbounded:
		return say("Nothing bounds how long a [call|worst call] takes: attempts are unlimited.")
	case v.WorstCall > 0:
		return say("A [call|worst call] takes @ at worst: each attempt has a timeout.", longTime(v.WorstCall))
	case v.Attempts == Unlimited:
		return say("“within” bounds when the last attempt begins, but not how long the [call|worst call] takes.")
	}
	return say("Nothing bounds how long a [call|worst call] takes: an attempt has no timeout.")
}

func sayOutlive(v forecast.Verdict) sentence {
	most, half := longTime(v.Outlive99), longTime(v.Outlive50)
	switch {
	case v.Unbounded:
		return say("Calls [outlive] any outage.")
	case most.text == half.text:
		return say("Calls [outlive] an outage that begins with them and lasts @.", half)
	}
	return say("Of an outage that begins with them, 99"+nbsp+"% of calls [outlive] @ and 50"+nbsp+"% outlive @.", most, half)
}

// unknown says what a forecast could not know.
func unknown(f *forecast.Forecast) []sentence {
	var list []sentence
	for _, u := range f.Unknown {
		switch u {
		case forecast.UnknownRetries:
			list = append(list, say("No retries are written here, so the environment may set them. None are taken for granted."))
		case forecast.UnknownDelay:
			list = append(list, say("The waits are a function's or the environment's. They are left out, so all times are too short."))
		case forecast.UnknownBudget:
			list = append(list, say("The numbers of the [budget] are the program's. The forecast is without it."))
		case forecast.UnknownEnd:
			list = append(list, say("Only the first thousand retries are looked at."))
		default:
			list = append(list, say("Not known: @.", words(string(u))))
		}
	}
	return list
}

// chains shows retries inside retries.
func chains(p *Policy, l limits) section {
	s := section{id: "chains", title: "Chains", term: "chain"}
	s.says = append(s.says, say("Retries inside retries: the attempts of a [chain] multiply, its waits [nest]."))
	first, last := elided(len(p.Chains), l.chains)
	for i, c := range p.Chains {
		if i < first || i >= last {
			s.tables = append(s.tables, chain(c))
		}
	}
	if first < last {
		s.says = append(s.says, say("Not all of these chains are shown; the report's JSON has them."))
	}
	s.assumes = say("Assumed: attempts of the innermost function fail independently of one another, and each layer retries whatever fails.")
	return s
}

func chain(c Chain) table {
	t := table{left: 1, wraps: true, heads: []sentence{say("layer"), say("[attempts|attempt]"), say("[waits|worst wait]"), say("where")}}
	switch {
	case c.Attempts == Unlimited:
		t.caption = say("Unlimited attempts.")
	case c.Open:
		t.caption = say("@ attempts for one call, and waits that are not known beyond @.", whole(c.Attempts), longTime(c.WorstWait))
	default:
		t.caption = say("@ attempts for one call, and @ of waiting at worst.", whole(c.Attempts), longTime(c.WorstWait))
	}
	for i, r := range c.Requests {
		lead := ", @ where @ do"
		if i == 0 {
			lead = " Where @ of attempts fail, one call sends @ [requests|expected requests]"
			t.caption = append(t.caption, say(lead, share(r.Share), figure(r.Expected))...)
			continue
		}
		t.caption = append(t.caption, say(lead, figure(r.Expected), share(r.Share))...)
	}
	if len(c.Requests) > 0 {
		t.caption = append(t.caption, words("."))
	}
	for i, link := range c.Links {
		t.rows = append(t.rows, layer(i, link))
	}
	return t
}

func layer(depth int, l Link) []cell {
	name, where := l.Name, l.Position
	if l.Package != "" {
		name = base(l.Package) + "." + name
	}
	if depth > 0 {
		name = "→ " + name
	}
	switch {
	case l.Client && where == "":
		where = "retries by itself"
	case l.Client:
		where += " (retries by itself)"
	case where == "":
		where = "not known"
	}
	wait := seconds(l.Wait)
	if l.Open {
		wait.text = "not known"
	}
	if l.Attempts == Unlimited {
		wait = words("unlimited")
	}
	return cells(code(name), attempts(l.Attempts), wait, words(where))
}
