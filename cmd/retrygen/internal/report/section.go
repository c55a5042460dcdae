package report

import (
	"slices"

	"github.com/retrygen/retrygen/internal/forecast"
)

// section is a part of what is shown of a policy, the same in text and on a page.
type section struct {
	id      string // unique among the sections of a policy
	title   string
	term    string // that the title is about
	says    []sentence
	bars    sentence // what the bars of a terminal are, where a page draws something better
	warns   []sentence
	assumes sentence // what the section's numbers rest on
	tables  []table
	merged  *table // that a page shows instead of these tables

	// What is drawn. Nil is not drawn.
	lanes   *lanes             // when attempts begin
	curve   *curve             // load over time
	failing *forecast.Forecast // how many calls give up
	herd    *forecast.Herd     // when retries arrive
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

// with returns the section with its texts changed.
func (s section) with(change func(string) string) section {
	s.title, s.bars, s.assumes = change(s.title), s.bars.with(change), s.assumes.with(change)
	s.says, s.warns = changed(s.says, change), changed(s.warns, change)
	tables := s.tables
	s.tables = nil
	for _, t := range tables {
		s.tables = append(s.tables, t.with(change))
	}
	return s
}

// with returns the table with its texts changed.
func (t table) with(change func(string) string) table {
	t.caption, t.heads = t.caption.with(change), changed(t.heads, change)
	rows := t.rows
	t.rows = nil
	for _, row := range rows {
		row = slices.Clone(row)
		for i := range row {
			row[i].sentence = row[i].with(change)
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// changed returns sentences with their texts changed.
func changed(list []sentence, change func(string) string) []sentence {
	list = slices.Clone(list)
	for i := range list {
		list[i] = list[i].with(change)
	}
	return list
}

// cell is one value of a table.
type cell struct {
	sentence
	bar    bar
	swatch string // the class of the curve that the row is about
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

// sections returns all sections of a policy.
func sections(p *Policy, a *Assumptions, l limits) []section {
	f := p.Forecast
	if f.Partial {
		return open(p, l)
	}
	list := first(p, a, l)
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

// inBrief returns the sections of which a list of policies shows something.
func inBrief(p *Policy, a *Assumptions, l limits) []section {
	if p.Forecast.Partial {
		return open(p, l)
	}
	list := first(p, a, l)
	if o := p.Forecast.Outage; o != nil {
		list = append(list, outage(o, a))
	}
	return list
}

// first returns the sections that come first.
func first(p *Policy, a *Assumptions, l limits) []section {
	list := []section{verdict(p, a)}
	if len(p.Chains) > 0 {
		list = append(list, chains(p, l))
	}
	return list
}

// open returns the sections of a policy that depends on values which only the running program knows.
func open(p *Policy, l limits) []section {
	list := []section{depends(p)}
	if len(p.Forecast.FirstWaits) > 0 {
		list = append(list, firstWaits(p))
	}
	if len(p.Chains) > 0 {
		list = append(list, chains(p, l))
	}
	return list
}
