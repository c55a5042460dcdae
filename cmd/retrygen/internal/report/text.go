package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/terminal"
	"github.com/retrygen/retrygen/internal/units"
)

// TextOptions say how text is written. The zero value is 80 columns without colour.
type TextOptions struct {
	Color bool // bold, dim and yellow, as a terminal shows them
	Width int  // columns; 0 for 80, never less than 60
	ASCII bool // no other characters, as package terminal replaces them
}

const (
	narrowest   = 60
	widestProse = 100 // beyond, lines of text are hard to read
)

// The colours of a terminal: bold, dim, yellow.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// Text writes the report for a terminal or a file: of one policy everything, of more a table, the riskiest first, and
// each in brief. No line is longer than the width.
func Text(w io.Writer, r *Report, o TextOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	p := &printer{color: o.Color, ascii: o.ASCII, width: max(o.Width, narrowest)}
	if len(r.Policies) != 1 {
		p.overview(r)
	}
	for i := range r.Policies {
		p.policy(&r.Policies[i], &r.Assumptions, len(r.Policies) > 1)
	}
	if len(r.Notes) > 0 {
		p.title("Notes")
		for _, note := range r.Notes {
			p.say("", say("@", words(p.shown(note))))
		}
	}
	_, err := w.Write(bytes.TrimLeft(p.out.Bytes(), "\n"))
	return err
}

// printer writes lines of a width.
type printer struct {
	out   bytes.Buffer
	color bool
	ascii bool
	width int
}

// shown returns text with the characters that may be printed. It comes before any layout, since the columns differ.
func (p *printer) shown(text string) string {
	if p.ascii {
		return terminal.ASCII(text)
	}
	return text
}

// line writes a line whole in a style.
func (p *printer) line(style, text string) {
	text = p.shown(strings.ReplaceAll(strings.TrimRight(text, " "), units.NBSP, " "))
	if p.color && style != "" && text != "" {
		text = style + text + plain
	}
	p.out.WriteString(text)
	p.out.WriteByte('\n')
}

// title begins a section.
func (p *printer) title(text string) {
	p.line("", "")
	p.line(bold, text)
}

// wrapped writes text of any length behind a first indent and further ones.
func (p *printer) wrapped(style, first, further, text string) {
	for i, part := range wrap(text, min(p.width, widestProse)-columns(further)) {
		indent := further
		if i == 0 {
			indent = first
		}
		p.line(style, indent+part)
	}
}

// say writes a sentence below a title.
func (p *printer) say(style string, s sentence) { p.wrapped(style, "  ", "  ", s.String()) }

// overview lists all policies.
func (p *printer) overview(r *Report) {
	p.title(headline(len(r.Policies)))
	if len(r.Policies) == 0 {
		return
	}
	t := table{left: 1, wraps: true, heads: []sentence{say("policy"), say("attempts"), say("worst wait"), say("where")}}
	for i := range r.Policies {
		x := &r.Policies[i]
		row := append(cells(words(x.name())), worst(x)...)
		t.rows = append(t.rows, append(row, cells(words(x.Position()))...))
	}
	p.table(t.with(p.shown))
	p.say(dim, say("Attempts and waits are for one call of which every attempt fails, with those of the retries inside it; ? is "+
		"where there may be more."))
}

func headline(n int) string {
	switch n {
	case 0:
		return "No policies"
	case 1:
		return "1 policy"
	}
	return units.Count(n) + " policies, the riskiest first"
}

// worst shows what makes a policy risky.
func worst(p *Policy) []cell {
	if !p.known() {
		return cells(p.attemptsFigure().span, p.waitFigure().span)
	}
	most, wait := attempts(p.Worst.Attempts), seconds(p.Worst.Wait)
	if p.Worst.MoreAttempts {
		most.text += "?"
	}
	switch {
	case p.Worst.Unbounded:
		wait = words("no bound")
	case p.Worst.MoreWait:
		wait.text += "?"
	}
	return cells(most, wait)
}

// name is what a policy is called: its options where it belongs to no function and no key.
func (p *Policy) name() string { return cmp.Or(p.Task, p.Key, p.Text) }

// policy writes one policy.
func (p *printer) policy(x *Policy, a *Assumptions, brief bool) {
	p.line("", "")
	name := x.name()
	if x.Flow {
		name += " (flow)"
	}
	p.wrapped(bold, "", "  ", p.shown(clean(name)))
	for _, s := range []string{x.Position(), x.Text} {
		if s != "" && s != x.name() {
			p.wrapped("", "  ", "    ", p.shown(clean(s)))
		}
	}
	l := limits{attempts: 12, waves: 8, chains: 3}
	if brief {
		for _, s := range inBrief(x, a, l) {
			s = s.with(p.shown)
			p.brief(&s)
		}
		return
	}
	for _, s := range sections(x, a, l) {
		s = s.with(p.shown)
		p.section(&s)
	}
}

// brief writes what a section says in a list of policies.
func (p *printer) brief(s *section) {
	switch s.id {
	case "verdict":
		p.says(s)
	case "chains":
		for _, t := range s.tables {
			p.wrapped("", "  ", "    ", along(&t)+": "+t.caption.String())
		}
	case "outage":
		p.say("", s.says[1])
	}
}

// along writes the layers of a chain on a line.
func along(t *table) string {
	var names []string
	for _, row := range t.rows {
		names = append(names, fmt.Sprintf("%s (%s)", row[0].sentence, row[1].sentence))
	}
	return clean(strings.Join(names, " "))
}

func (p *printer) says(s *section) {
	for _, one := range s.says {
		p.say("", one)
	}
	for _, one := range s.warns {
		p.say(yellow, append(sentence{words("! ")}, one...))
	}
}

// section writes a section whole.
func (p *printer) section(s *section) {
	p.title(s.title)
	if last := len(s.says) - 1; len(s.bars) > 0 {
		s.says[last] = slices.Concat(s.says[last], sentence{words(" ")}, s.bars)
	}
	p.says(s)
	if s.curve != nil {
		p.curve(s.curve)
	}
	for _, t := range s.tables {
		p.line("", "")
		p.table(t)
	}
	if s.lanes != nil {
		p.line("", "")
		p.say("", say(p.shown("Bars: █ min to P50, ▒ P50 to P99, ░ P99 to max. What has no jitter is a bar from 0 for a wait, "+
			"a mark for a beginning.")))
	}
	if len(s.assumes) > 0 {
		p.say(dim, s.assumes)
	}
}
