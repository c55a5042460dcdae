package report

import (
	"slices"

	"github.com/retrygen/retrygen/internal/units"
)

// card is what the first screen says of one kind of trouble.
type card struct {
	ID, Name string
	Level    level
	Count    string // how many policies have it
	Of       string
	Says     any // the worst of them, or that there is none
	Worst    string
	Anchor   string // of the worst
}

// cards sum up what is wrong.
func cards(r *Report, rows []row) []card {
	var list []card
	for _, k := range troubleKinds {
		list = append(list, k.card(r, rows))
	}
	return append(list, linted(r))
}

func (k *troubleKind) card(r *Report, rows []row) card {
	c := card{ID: k.ID, Name: k.Name, Level: good, Of: units.Count(len(rows)), Count: "0", Says: k.None}
	var worst trouble
	n := 0
	for _, x := range rows {
		at := slices.IndexFunc(x.Troubles, func(t trouble) bool { return t.kind == k })
		if at < 0 {
			continue
		}
		if t := x.Troubles[at]; n == 0 || worse(t, worst) < 0 {
			worst, c.Worst, c.Anchor = t, x.Title, x.ID
		}
		n++
	}
	switch {
	case n > 0:
		c.Count, c.Level, c.Says = units.Count(n), worst.level, worst.short.markup()
	case k.ID == "overload" && r.Assumptions.Outage == 0:
		c.Level, c.Count, c.Of, c.Says = unseen, "–", "", "No outage was assumed: see -outage."
	}
	if len(rows) == 1 {
		c.alone(n > 0)
	}
	return c
}

// alone makes the card one of the only policy that there is, of which nothing has to be counted.
func (c *card) alone(has bool) {
	c.Of, c.Anchor = "", ""
	switch {
	case has:
		c.Count = "✗"
	case c.Level == good:
		c.Count = "✓"
	}
}

// linted says what the linter has found.
func linted(r *Report) card {
	c := card{ID: "lint", Name: "linter's findings", Level: good, Count: "0", Says: "retrylint has no finding."}
	all := slices.Clone(r.Findings)
	for i := range r.Policies {
		all = append(all, r.Policies[i].Findings...)
	}
	switch {
	case !r.Linted:
		c.Level, c.Count, c.Says = unseen, "–", "retrylint has not looked."
	case len(all) > 0:
		worst := slices.MinFunc(all, bySeverity)
		c.Level, c.Count, c.Says = worst.severity(), units.Count(len(all)), clean(worst.Check+": "+worst.Title)
		c.Worst, c.Anchor = "all findings", "findings"
	}
	return c
}

// severities are the levels of findings, the worst first.
var severities = []string{"error", "warning", "note"}

func bySeverity(a, b Finding) int {
	return slices.Index(severities, a.Level) - slices.Index(severities, b.Level)
}

// severity is the level of a finding as the page has it.
func (f Finding) severity() level {
	if f.Level == "error" {
		return bad
	}
	return poor
}

// Severity is for the templates.
func (f Finding) Severity() level { return f.severity() }
