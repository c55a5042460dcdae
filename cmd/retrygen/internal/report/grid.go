package report

import (
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// gap stands between the columns of a table.
const gap = 2

// table writes a table, indented, with its caption above.
func (p *printer) table(t table) {
	if len(t.caption) > 0 {
		p.say("", t.caption)
	}
	heads := make([]string, len(t.heads))
	widths := make([]int, len(t.heads))
	fixed := len(t.heads)
	if t.bars || t.wraps {
		fixed--
	}
	for i, head := range t.heads {
		heads[i] = head.String()
		widths[i] = headWidth(heads[i])
	}
	for _, row := range t.rows {
		for i := range min(len(row), fixed) {
			widths[i] = max(widths[i], columns(clean(row[i].String())))
		}
	}
	p.narrow(widths[:fixed], t)
	used := 2
	for _, w := range widths[:fixed] {
		used += w + gap
	}
	p.heads(heads, widths, t, fixed)
	for _, row := range t.rows {
		lines := p.row(row, widths, t, fixed)
		if len(row) > fixed && t.bars {
			lines[0] += row[fixed].bar.drawn(p.width - used)
		}
		if len(row) > fixed && t.wraps {
			lines = beside(lines, wrap(row[fixed].String(), p.width-used), used)
		}
		for _, line := range lines {
			p.line("", line)
		}
	}
}

// headWidth is the width of the longest word of a head, which may stand on several lines.
func headWidth(head string) int {
	longest := 0
	for word := range strings.FieldsSeq(strings.ReplaceAll(head, units.NBSP, "_")) {
		longest = max(longest, columns(word))
	}
	return longest
}

// narrow makes the widest column of text narrower until the last column has room.
func (p *printer) narrow(widths []int, t table) {
	last := 14
	if t.wraps {
		last = 24
	}
	for {
		sum, widest := 2+last, 0
		for i, w := range widths {
			sum += w + gap
			if w > widths[widest] {
				widest = i
			}
		}
		if sum <= p.width || widths[widest] <= 8 {
			return
		}
		widths[widest]--
	}
}

// heads sets the heads of a table, the last line of each right above the rows.
func (p *printer) heads(heads []string, widths []int, t table, fixed int) {
	tall := 1
	for i, head := range heads[:fixed] {
		tall = max(tall, len(wrap(head, widths[i])))
	}
	lines, used := []string{"  "}, 2
	for i, head := range heads {
		var parts []string
		switch {
		case i < fixed:
			parts = wrap(head, widths[i])
		case t.wraps:
			parts = []string{head}
		}
		for k := range parts {
			if i >= t.left && i < fixed {
				parts[k] = right(parts[k], widths[i])
			}
		}
		lines = beside(lines, append(make([]string, tall-len(parts)), parts...), used)
		used += widths[i] + gap
	}
	for _, line := range lines {
		p.line(dim, line)
	}
}

// row sets the cells of the columns of known width, wrapped where they have to be, with a gap after each.
func (p *printer) row(row []cell, widths []int, t table, fixed int) []string {
	lines := []string{"  "}
	used := 2
	for i := range min(len(row), fixed) {
		parts := wrap(row[i].String(), widths[i])
		for k, part := range parts {
			if i >= t.left {
				parts[k] = right(part, widths[i])
			}
		}
		lines = beside(lines, parts, used)
		used += widths[i] + gap
	}
	lines[0] += strings.Repeat(" ", max(used-columns(lines[0]), 0))
	return lines
}

// beside puts lines to the right of others, from a column on.
func beside(lines, more []string, from int) []string {
	for i, text := range more {
		if i == len(lines) {
			lines = append(lines, "")
		}
		lines[i] += strings.Repeat(" ", max(from-columns(lines[i]), 0)) + text
	}
	return lines
}
