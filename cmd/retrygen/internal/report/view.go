package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// row is a policy on a page: a line, and what opens below it.
type row struct {
	*Policy
	ID, Title string
	Troubles  []trouble
	Attempts  keyFigure
	Survive   keyFigure
	Wait      keyFigure
	Busiest   keyFigure
	Peak      keyFigure
	Spark     *chart
	Sections  []sectionView
	Open      bool // from the beginning
}

// column is a figure under its name.
type column struct {
	Name   string
	Figure keyFigure
}

// Column is for the templates, which have no other way to hand on two values.
func (row) Column(name string, f keyFigure) column {
	return column{strings.ReplaceAll(name, " %", units.NBSP+"%"), f}
}

// rows are the policies as a page shows them.
func rows(r *Report) []row {
	var all []row
	for i := range r.Policies {
		p := &r.Policies[i]
		x := rowOf(p, &r.Assumptions, fmt.Sprintf("policy-%d", i+1))
		list := sections(p, &r.Assumptions, pageLimits)
		to := scaleOf(list)
		for _, s := range list {
			x.Sections = append(x.Sections, view(s, x.ID, to))
		}
		x.Open = len(r.Policies) == 1
		all = append(all, x)
	}
	return all
}

// rowOf returns a policy as a page shows it, without its sections.
func rowOf(p *Policy, a *Assumptions, id string) row {
	x := row{
		Policy: p, ID: id, Title: p.name(), Troubles: p.troubles(a), Attempts: p.attemptsFigure(), Survive: p.surviveFigure(),
		Wait: p.waitFigure(), Busiest: p.busiestFigure(), Peak: p.peakFigure(),
	}
	if c, ok := spark(p.Forecast.Herd, 0); ok && p.known() && p.whyWaits() == "" {
		x.Spark = &c
	}
	return x
}

// sectionView and the types below are what the templates read.
type sectionView struct {
	Kind            string // the same for all policies
	ID, Title, Term string
	Says, Warns     []sentence
	Assumes         sentence
	Charts          []chartView
	Tables          []tableView
}

type chartView struct {
	chart
	Caption string
}

type tableView struct {
	Caption sentence
	Class   string
	Heads   []headView
	Rows    [][]cellView
}

type headView struct {
	Text  sentence
	Class string
}

type cellView struct {
	Text   sentence
	Under  sentence // in smaller letters
	Class  string
	Swatch string // of a curve
	Marks  []mark // of a bar
}

// view turns a section into what the templates read, drawn to a scale.
func view(s section, prefix string, to scale) sectionView {
	v := sectionView{
		Kind: s.id, ID: prefix + "-" + s.id, Title: s.title, Says: s.says, Warns: s.warns, Assumes: s.assumes, Term: s.term, Charts: s.drawn(to),
	}
	tables := s.tables
	if s.merged != nil {
		tables = []table{*s.merged}
	}
	for _, t := range tables {
		if len(s.bars) > 0 {
			t = t.withoutBars()
		}
		v.Tables = append(v.Tables, viewTable(t))
	}
	return v
}

// withoutBars returns the table without its last column.
func (t table) withoutBars() table {
	last := len(t.heads) - 1
	t.heads, t.bars = t.heads[:last], false
	rows := t.rows
	t.rows = nil
	for _, row := range rows {
		t.rows = append(t.rows, row[:min(len(row), last)])
	}
	return t
}

func viewTable(t table) tableView {
	v := tableView{Caption: t.caption}
	if t.wraps {
		return stacked(v, t)
	}
	if len(t.heads) > 5 {
		v.Class = "many"
	}
	class := func(column int) string {
		switch {
		case column == len(t.heads)-1 && t.bars:
			return "bar"
		case column < t.left:
			return "text"
		}
		return ""
	}
	for i, head := range t.heads {
		v.Heads = append(v.Heads, headView{head, class(i)})
	}
	for _, row := range t.rows {
		var list []cellView
		for i, c := range row {
			x := cellView{Text: c.sentence, Class: class(i), Swatch: c.swatch}
			if x.Class == "bar" {
				x.Marks = c.bar.marks()
			}
			list = append(list, x)
		}
		for i := len(row); i < len(t.heads); i++ {
			list = append(list, cellView{Class: class(i)})
		}
		v.Rows = append(v.Rows, list)
	}
	return v
}

// stacked puts text of any length below the first column, for which a phone has no room beside it.
func stacked(v tableView, t table) tableView {
	last := len(t.heads) - 1
	for _, head := range t.heads[:last] {
		v.Heads = append(v.Heads, headView{Text: head})
	}
	v.Heads[0].Class = "text"
	for _, row := range t.rows {
		list := []cellView{{Text: row[0].sentence, Under: row[last].sentence, Class: "text"}}
		for _, c := range row[1:last] {
			list = append(list, cellView{Text: c.sentence})
		}
		v.Rows = append(v.Rows, list)
	}
	return v
}

// marks draw a bar in a row, 12 high.
func (b bar) marks() []mark {
	var c chart
	if !b.spread {
		c.rect("early", 0, 1, min(b.to, 1), 10)
		return c.Marks
	}
	if b.to-b.from < 0.01 {
		b.from, b.middle, b.late, b.to = max(b.from-0.005, 0), max(b.from-0.005, 0)+0.01, 0, 0
	}
	c.rect("last", b.late, 4.5, b.to-b.late, 3)
	c.rect("late", b.middle, 2, b.late-b.middle, 8)
	c.rect("early", b.from, 0, b.middle-b.from, 12)
	return c.Marks
}

// markup writes a sentence as HTML: numbers as data, and terms as buttons that open their definitions.
func (s sentence) markup() template.HTML {
	var b strings.Builder
	for _, part := range s {
		text := template.HTMLEscapeString(clean(part.text))
		switch {
		case part.value != "":
			fmt.Fprintf(&b, `<data value="%s">%s</data>`, template.HTMLEscapeString(part.value), text)
		case part.term != "":
			b.WriteString(string(defined(part.term, text)))
		case part.code:
			fmt.Fprintf(&b, `<code>%s</code>`, text)
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String())
}
