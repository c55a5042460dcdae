package report

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io"
	"slices"

	"github.com/retrygen/retrygen/internal/units"
)

// Live is a page on which numbers can be changed: a form, and what one policy does, or two side by side.
type Live struct {
	Fields    []Field
	Policies  []*Report // one or two, each of one policy; none if something is wrong with the fields
	Problems  []string  // that belong to no field
	Directive []string  // of each policy, to copy
	Command   string    // that shows the same on a terminal
	Home      string    // an address of the policies of a module; "" for none
}

// Field is a field of the form.
type Field struct {
	Name, Label, Value, Hint string
	Problem                  string // what is wrong with the value, and what would be right; "" if nothing is
	Wide                     bool
}

// LivePage writes the page.
func LivePage(w io.Writer, l *Live) error { return execute(w, "live.html", l.view()) }

// LiveResult writes the part of the page that changes with the fields.
func LiveResult(w io.Writer, l *Live) error { return execute(w, "result", l.view()) }

// LivePolicy is the Content-Security-Policy of the page: its own style and script, and its own server.
func LivePolicy() string {
	sum := sha256.Sum256([]byte(read("live.js")))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// liveView is what the templates read.
type liveView struct {
	*Live
	Columns []liveColumn
	Pairs   [][][]sectionView // where policies are compared: by section, then by policy, which has one or none
	Lines   []comparison
}

type liveColumn struct {
	row
	Directive string
}

// comparison is a figure of each policy.
type comparison struct {
	Name    template.HTML
	Figures []keyFigure
}

// Wrong reports whether something is wrong with a field.
func (l *Live) Wrong() bool {
	return slices.ContainsFunc(l.Fields, func(f Field) bool { return f.Problem != "" })
}

func (l *Live) view() liveView {
	v := liveView{Live: l}
	var all []section
	lists := make([][]section, len(l.Policies))
	for i, r := range l.Policies {
		lists[i] = sections(&r.Policies[0], &r.Assumptions, pageLimits)
		all = slices.Concat(all, lists[i])
	}
	to := scaleOf(all)
	for i, r := range l.Policies {
		x := liveColumn{rowOf(&r.Policies[0], &r.Assumptions, "policy-"+units.Count(i+1)), l.Directive[i]}
		for _, s := range lists[i] {
			x.Sections = append(x.Sections, view(s, x.ID, to))
		}
		if c, ok := spark(r.Policies[0].Forecast.Herd, to.arrivalsEnd); ok && x.Spark != nil {
			x.Spark = &c
		}
		v.Columns = append(v.Columns, x)
	}
	v.Lines = compared(l.Policies)
	if len(v.Columns) > 1 {
		v.Pairs = paired(v.Columns)
	}
	return v
}

// paired puts sections of one kind beside each other.
func paired(columns []liveColumn) [][][]sectionView {
	var kinds []string
	for _, c := range columns {
		for _, s := range c.Sections {
			if !slices.Contains(kinds, s.Kind) {
				kinds = append(kinds, s.Kind)
			}
		}
	}
	var pairs [][][]sectionView
	for _, kind := range kinds {
		var pair [][]sectionView
		for _, c := range columns {
			at := slices.IndexFunc(c.Sections, func(s sectionView) bool { return s.Kind == kind })
			if at < 0 {
				pair = append(pair, nil)
				continue
			}
			pair = append(pair, c.Sections[at:at+1])
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// compared lists figures of each policy.
func compared(reports []*Report) []comparison {
	var lines []comparison
	line := func(name string, figure func(p *Policy) keyFigure) {
		c := comparison{Name: say(name).markup()}
		for _, r := range reports {
			c.Figures = append(c.Figures, figure(&r.Policies[0]))
		}
		if len(reports) > 0 {
			lines = append(lines, c)
		}
	}
	known := func(show func(p *Policy) span) func(p *Policy) keyFigure {
		return func(p *Policy) keyFigure {
			if f := p.surviveFigure(); f.Order == unknownFirst {
				return f
			}
			return keyFigure{span: show(p)}
		}
	}
	line("[attempts|attempt] at most", (*Policy).attemptsFigure)
	line(percent99+" of calls [survive]", (*Policy).surviveFigure)
	line("half of them [survive]", known(func(p *Policy) span { return survivedByHalf(p) }))
	line("[worst wait]", (*Policy).waitFigure)
	line("busiest 100"+units.NBSP+"ms of the [herd]", (*Policy).busiestFigure)
	line("[give up] if half of the attempts fail", known(func(p *Policy) span { return givenUp(p.Forecast.Verdict.GiveUp50) }))
	if len(reports) > 0 && reports[0].Policies[0].Forecast.Outage != nil {
		line("[peak] of the load", (*Policy).peakFigure)
		line("[give up] in the outage", known(func(p *Policy) span { return share(p.Forecast.Outage.GaveUp) }))
		line("[drained|drain] after", known(func(p *Policy) span { return drained(p.Forecast.Outage.Drain) }))
	}
	return lines
}

func survivedByHalf(p *Policy) span {
	if p.Forecast.Verdict.Unbounded {
		return words("any")
	}
	return seconds(p.Forecast.Verdict.Outlive50)
}

// drained shows when a backlog has drained.
func drained(after float64) span {
	s := seconds(after)
	if after < 0 {
		s.text = "not in sight"
	}
	return s
}
