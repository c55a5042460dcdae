package report

import nested "github.com/retrygen/retrygen/internal/retries/chain"

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
	switch {
	case first < last:
		s.says = append(s.says, say("These are the worst ones and the least; the report's JSON has more."))
	case p.MoreChains:
		s.says = append(s.says, say("There are more than are followed here."))
	}
	s.assumes = say("Assumed: attempts of the innermost function fail independently of one another, and each layer retries whatever fails.")
	return s
}

func chain(c Chain) table {
	t := table{left: 1, wraps: true, heads: []sentence{say("layer"), say("[attempts|attempt]"), say("[waits|worst wait]"), say("where")}}
	switch {
	case c.Attempts == Unlimited:
		t.caption = say("Unlimited attempts.")
	case c.More:
		t.caption = say("At least @ attempts for one call, and waits that are not known beyond @.", attempts(c.Attempts), longTime(c.WorstWait))
	case c.Open:
		t.caption = say("@ attempts for one call, and waits that are not known beyond @.", attempts(c.Attempts), longTime(c.WorstWait))
	default:
		t.caption = say("@ attempts for one call, and @ of waiting at worst.", attempts(c.Attempts), longTime(c.WorstWait))
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
		name = nested.PackageName(l.Package) + "." + name
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
	most := attempts(l.Attempts)
	switch {
	case l.Attempts == Unlimited:
		wait = words("unlimited")
	case l.Says != "":
		most, wait = words("as "+l.Says+" says"), words("not known")
	}
	return cells(code(name), most, wait, words(where))
}
