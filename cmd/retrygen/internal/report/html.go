package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var pageText string

//go:embed chart.css
var chartStyle string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"markup":   sentence.markup,
	"cell":     func(c cell) template.HTML { return c.markup() },
	"worst":    worst,
	"headline": headline,
	"clean":    clean,
	"style":    func() template.CSS { return template.CSS(chartStyle) },
}).Parse(pageText))

// pageLimits keep a page short where schedules are long. Its JSON has the rest.
var pageLimits = limits{attempts: 16, waves: 10, chains: 20}

// HTML writes the report as one page that needs nothing else: no script, no style, no font from elsewhere.
func HTML(w io.Writer, r *Report) error {
	v := struct {
		*Report
		Policies []policyView
		Terms    []term
		Always   []string
	}{Report: r, Terms: terms, Always: always}
	for i := range r.Policies {
		p := &r.Policies[i]
		x := policyView{Policy: p, ID: fmt.Sprintf("policy-%d", i+1), Title: p.name()}
		for _, s := range sections(p, &r.Assumptions, pageLimits) {
			x.Sections = append(x.Sections, view(s))
		}
		v.Policies = append(v.Policies, x)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, v); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// policyView and the types below are what the templates read.
type policyView struct {
	*Policy
	ID, Title string
	Sections  []sectionView
}

type sectionView struct {
	ID, Title, Term string
	Says, Warns     []sentence
	Assumes         sentence
	Charts          []chart
	Caption         string
	Tables          []tableView
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
	Text  sentence
	Under sentence // in smaller letters
	Class string
	Marks []mark // of a bar
}

// The widths of charts, for a page and for a phone.
const (
	wide   = 720
	narrow = 328
)

func view(s section) sectionView {
	v := sectionView{ID: s.id, Title: s.title, Says: s.says, Warns: s.warns, Assumes: s.assumes}
	if s.term != "" {
		v.Term = termID(s.term)
	}
	for _, width := range []float64{wide, narrow} {
		switch {
		case s.lanes != nil && len(s.lanes.rows) > 0:
			v.Charts, v.Caption = append(v.Charts, s.lanes.drawn(width)), "When each attempt begins."
		case s.curve != nil:
			v.Charts, v.Caption = append(v.Charts, s.curve.drawn(width)), "Load over the capacity through the outage."
			if s.curve.cut {
				v.Caption += " The first instant, when all clients call at once, is higher and cut off."
			}
		}
	}
	for _, t := range s.tables {
		v.Tables = append(v.Tables, viewTable(t))
	}
	return v
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
			x := cellView{Text: c.sentence, Class: class(i)}
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

// marks draw a bar in a row, 100 wide and 12 high.
func (b bar) marks() []mark {
	var c chart
	if b.spread {
		if b.to-b.from < 0.01 {
			b.from, b.middle, b.late, b.to = max(b.from-0.005, 0), max(b.from-0.005, 0)+0.01, 0, 0
		}
		c.rect("last", 100*b.late, 4.5, 100*(b.to-b.late), 3)
		c.rect("late", 100*b.middle, 2, 100*(b.late-b.middle), 8)
		c.rect("early", 100*b.from, 0, 100*(b.middle-b.from), 12)
	} else {
		c.rect("early", 0, 1, 100*min(b.to, 1), 10)
	}
	return c.Marks
}

// markup writes a sentence as HTML: numbers as data, terms as links to their definitions.
func (s sentence) markup() template.HTML {
	var b strings.Builder
	for _, part := range s {
		text := template.HTMLEscapeString(clean(part.text))
		switch {
		case part.value != "":
			fmt.Fprintf(&b, `<data value="%s">%s</data>`, template.HTMLEscapeString(part.value), text)
		case part.term != "":
			fmt.Fprintf(&b, `<a class="term" href="#%s">%s</a>`, template.HTMLEscapeString(termID(part.term)), text)
		case part.code:
			fmt.Fprintf(&b, `<code>%s</code>`, text)
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String())
}
