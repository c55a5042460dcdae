package report

import (
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/forecast"
)

// depends is the verdict on a policy of which only the running program knows all: what is known, and what says the rest.
func depends(p *Policy) section {
	s := section{id: "verdict", title: "Verdict"}
	if p.Total != nil {
		s.says = sayTotal(p)
	}
	if n, known := p.Options.Attempts(); known && n != Unlimited {
		s.says = append(s.says, say("At most @ [attempts|attempt].", whole(n)))
	}
	if _, longest, known := p.Options.Totals(); known {
		s.says = append(s.says, say("While every attempt fails, a call [waits|wait] @ at worst.", longTime(longest.Seconds())))
	}
	if first := p.Forecast.FirstWaits; len(first) > 0 {
		s.says = append(s.says, sayFirstWaits(first))
	}
	s.says = append(s.says, sayOpen(p)...)
	s.says = append(s.says, sayRemote(p)...)
	what := say("A forecast needs these values; set them with -set.")
	if len(p.Forecast.FirstWaits) > 0 {
		what = say("A full forecast needs these values; set them with -set.")
	}
	s.says = append(s.says, what)
	return s
}

// sayOpen says of what only the running program knows which value decides it.
func sayOpen(p *Policy) []sentence {
	var list []sentence
	for _, name := range p.openNames() {
		var options []string
		for _, v := range p.Forecast.Open {
			if v.Name == name {
				options = append(options, v.Option)
			}
		}
		verb := " is as "
		if len(options) > 1 || slices.Contains([]string{"retries", "attempts"}, options[0]) {
			verb = " are as "
		}
		list = append(list, say("@"+verb+"@ says when the program runs.", words(listed(options)), code(name)))
	}
	return list
}

// sayFirstWaits says how long the first waits are.
func sayFirstWaits(waits []forecast.Spread) sentence {
	var list []string
	for _, w := range waits {
		low, high := seconds(w.Min), seconds(w.Max)
		if low.text == high.text {
			list = append(list, high.text)
		} else {
			list = append(list, low.text+" to "+high.text)
		}
	}
	switch same := slices.Compact(slices.Clone(list)); {
	case len(list) == 1:
		return say("The first [wait] is @.", words(list[0]))
	case len(same) == 1:
		return say("The first [waits|wait] are @ each.", words(same[0]))
	}
	return say("The first [waits|wait] are @.", words(listed(list)))
}

// firstWaits shows the first waits of a policy that is not known beyond them.
func firstWaits(p *Policy) section {
	s := section{id: "first", title: "First waits", term: "wait"}
	s.says = append(s.says, say("The [wait] before each of the first [retries|retry], as far as there are so many."))
	t := table{bars: true, heads: spreadHeads()}
	t.heads[0] = say("retry")
	longest := 0.0
	for _, w := range p.Forecast.FirstWaits {
		longest = max(longest, w.Max)
	}
	for i, w := range p.Forecast.FirstWaits {
		t.rows = append(t.rows, append(cells(whole(i+1)), waitCells(w, longest)...))
	}
	s.tables = []table{t}
	return s
}

// listed writes a list with "and" before its last entry.
func listed(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// openNames lists the names whose values only the running program knows, each once.
func (p *Policy) openNames() []string {
	var names []string
	for _, v := range p.Forecast.Open {
		if !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}
