package render

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// How wide lines may be, and what a tab counts for.
const (
	width = 120
	tab   = 4
)

// printer writes declarations whose names have been decided, laid out as gofmt has them. Where it misses something, gofmt
// mends it.
type printer struct{ bytes.Buffer }

// tabs indents a line.
func tabs(indent int) string { return strings.Repeat("\t", indent) }

func (p *printer) decl(d *decl) {
	p.WriteByte('\n')
	p.comment(flat(d.doc))
	if !d.fn {
		p.WriteString(layout(d.head, 0, 0) + "\n")
		return
	}
	p.WriteString(layout(d.head, 0, len(" {")) + " {")
	if len(d.stmt) > 0 {
		p.WriteByte('\n')
		p.block(d.stmt, 1)
	}
	p.WriteString("}\n")
}

func (p *printer) block(list []stmt, indent int) {
	for _, s := range list {
		if !s.block {
			p.WriteString(tabs(indent) + layout(s.code, indent, 0) + "\n")
			continue
		}
		if s.instead != nil && !fitsLine(s.code, indent, len(" {")) {
			s = *s.instead
		}
		p.WriteString(tabs(indent) + layout(s.code, indent, len(" {")) + " {\n")
		p.block(s.body, indent+1)
		p.WriteString(tabs(indent) + "}\n")
	}
}

// comment writes a comment, wrapped.
func (p *printer) comment(text string) {
	const width = 116
	size := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case size == 0:
			p.WriteString("//")
			size = 2
		case size+1+n > width:
			p.WriteString("\n//")
			size = 2
		}
		p.WriteString(" " + word)
		size += 1 + n
	}
	if size > 0 {
		p.WriteByte('\n')
	}
}

// flat writes code on one line.
func flat(c code) string {
	var b strings.Builder
	writeFlat(&b, c)
	return b.String()
}

func writeFlat(b *strings.Builder, c code) {
	for _, p := range c {
		switch {
		case p.list != nil:
			p.list.writeFlat(b)
		case p.name != nil:
			b.WriteString(p.name.text)
		default:
			b.WriteString(p.text)
		}
	}
}

func (l *list) writeFlat(b *strings.Builder) {
	b.WriteString(l.open)
	pad := l.separator == ";" && len(l.items) > 0
	if pad {
		b.WriteByte(' ')
	}
	for i, item := range l.items {
		if i > 0 {
			b.WriteString(l.separator + " ")
		}
		writeFlat(b, item)
	}
	if pad {
		b.WriteByte(' ')
	}
	b.WriteString(l.close)
}

// layout writes code on as few lines as fit. The tail is the width of what follows on the last line.
func layout(c code, indent, tail int) string {
	forced := false
	for _, p := range c {
		forced = forced || p.list != nil && p.list.broken
	}
	if !forced && fitsLine(c, indent, tail) {
		return flat(c)
	}
	text, fits := breakLists(c, indent, tail, false)
	if !fits {
		text, _ = breakLists(c, indent, tail, true)
	}
	return text
}

// breakLists breaks lists, the longest first, until what is outside of them fits, and reports whether it does. Lines
// may also end at commas outside of lists if soft is true.
func breakLists(c code, indent, tail int, soft bool) (text string, fits bool) {
	broken := map[*list]bool{}
	for {
		next := longest(c, broken)
		text, fits = write(c, broken, indent, tail, soft)
		if fits || next == nil {
			return text, fits
		}
		broken[next] = true
	}
}

// fitsLine reports whether code fits on one line.
func fitsLine(c code, indent, tail int) bool {
	return indent*tab+utf8.RuneCountInString(flat(c))+tail <= width
}

// longest finds the longest list of code that is not broken yet.
func longest(c code, broken map[*list]bool) *list {
	var found *list
	size := 0
	for _, p := range c {
		if p.list == nil || broken[p.list] || len(p.list.items) == 0 {
			continue
		}
		if n := len(flat(code{p})); n > size {
			found, size = p.list, n
		}
	}
	return found
}

// write writes code with some of its lists broken, and reports whether the lines outside of these fit. A line ends at a
// soft comma if soft is true and what follows, up to the next one, does not fit.
func write(c code, broken map[*list]bool, indent, tail int, soft bool) (text string, fits bool) {
	var b strings.Builder
	fits = true
	at := indent * tab
	for i, p := range c {
		switch {
		case p.list != nil && (broken[p.list] || p.list.broken):
			first, last := p.list.write(&b, indent, at)
			fits = fits && first <= width
			at = last
		case soft && p.soft && at+1+segment(c[i+1:], broken, tail) > width:
			b.WriteString(strings.TrimRight(p.text, " ") + "\n" + tabs(indent+1))
			fits = fits && at+1 <= width
			at = (indent + 1) * tab
		default:
			text := flat(code{p})
			b.WriteString(text)
			at += utf8.RuneCountInString(text)
		}
	}
	return b.String(), fits && at+tail <= width
}

// segment is the width of code up to its first soft comma, which is part of it, or to the list that is broken.
func segment(c code, broken map[*list]bool, tail int) int {
	size := 0
	for _, p := range c {
		switch {
		case p.soft:
			return size + 1
		case p.list != nil && (broken[p.list] || p.list.broken):
			return size + len(p.list.open)
		}
		size += utf8.RuneCountInString(flat(code{p}))
	}
	return size + tail
}

// write writes a list with each item on a line of its own. It returns the widths of its first and its last line.
func (l *list) write(b *strings.Builder, indent, at int) (first, last int) {
	if l.open == "" {
		for i, item := range l.items {
			text := layout(item, indent+1, len(l.separator))
			if i == 0 {
				first = at + utf8.RuneCountInString(text) + len(l.separator)
				b.WriteString(text)
				continue
			}
			b.WriteString(l.separator + "\n" + tabs(indent+1) + text)
			last = (indent+1)*tab + utf8.RuneCountInString(text)
		}
		return first, last
	}
	b.WriteString(l.open + "\n")
	separator := l.separator
	if separator == ";" {
		separator = ""
	}
	rows := make([]row, len(l.items))
	for i, item := range l.items {
		rows[i] = rowOf(item, indent+1, len(separator))
	}
	align(rows)
	for _, r := range rows {
		b.WriteString(tabs(indent+1) + strings.Join(r, "") + separator + "\n")
	}
	b.WriteString(tabs(indent) + l.close)
	return at + len(l.open), indent*tab + len(l.close)
}

// row is an item of a list on a line of its own, in cells.
type row []string

// rowOf writes an item of a list. What takes several lines is one cell.
func rowOf(item code, indent, tail int) row {
	text := layout(item, indent, tail)
	if strings.Contains(text, "\n") {
		return row{text}
	}
	var r row
	for {
		end := slices.IndexFunc(item, func(p piece) bool { return p.gap })
		if end < 0 {
			return append(r, flat(item))
		}
		r = append(r, flat(item[:end]))
		item = item[end+1:]
	}
}

// align puts spaces behind cells, so that those of consecutive rows stand below each other.
func align(rows []row) {
	for column, more := 0, true; more; column++ {
		more = false
		for from := 0; from < len(rows); from++ {
			widest, to := 0, from
			for ; to < len(rows) && len(rows[to]) > column+1; to++ {
				widest, more = max(widest, utf8.RuneCountInString(rows[to][column])), true
			}
			for _, r := range rows[from:to] {
				r[column] += strings.Repeat(" ", widest-utf8.RuneCountInString(r[column])+1)
			}
			from = to
		}
	}
}
