package report

import (
	"slices"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// lanes is a chart of when attempts begin.
type lanes struct {
	rows []lane
	end  float64 // seconds; the scale is from 0 to here
}

type lane struct {
	label string
	begin forecast.Spread
	gap   bool // rows are left out here
}

// timeline shows when each attempt begins and the wait before it.
func timeline(f *forecast.Forecast, a *Assumptions, l limits) section {
	s := section{id: "timeline", title: "Timeline", term: "timeline"}
	s.says = append(s.says, say("While every attempt fails: the [wait] right before each attempt, and when it begins after the call did."))
	s.assumes = say("Assumed: @, and every attempt fails.", attemptTakes(a)...)
	if units.Saturated(f.Timeline[len(f.Timeline)-1].Begin.Max) {
		s.warns = append(s.warns, say("What may take longer than a century ([saturated]) has no bar."))
	}
	first, last := elided(len(f.Timeline), l.attempts)
	head, tail := f.Timeline[:first], f.Timeline[last:]
	longest, end := scales(head, tail)
	waits, begins := &table{caption: say("Wait before the attempt"), bars: true, heads: spreadHeads()}, beginTable(f)
	s.lanes = &lanes{end: end}
	show := func(list []forecast.Attempt) {
		for _, at := range list {
			if at.Number > 1 {
				waits.rows = append(waits.rows, append(cells(whole(at.Number)), waitCells(at.Wait, longest)...))
			}
			begins.rows = append(begins.rows, beginCells(at, end, len(begins.heads)))
			if !units.Saturated(at.Begin.Max) {
				s.lanes.rows = append(s.lanes.rows, lane{label: units.Count(at.Number), begin: at.Begin})
			}
		}
	}
	show(head)
	if first < last {
		waits.rows, begins.rows = append(waits.rows, cells(words("…"))), append(begins.rows, cells(words("…")))
		if !units.Saturated(tail[0].Begin.Max) {
			s.lanes.rows = append(s.lanes.rows, lane{label: "…", gap: true})
		}
		show(tail)
	}
	s.tables = []table{*waits, *begins}
	s.merged = merged(f, head, tail)
	return s
}

// merged is the table of a page, where a chart shows when attempts begin: a line for each attempt.
func merged(f *forecast.Forecast, head, tail []forecast.Attempt) *table {
	t := &table{heads: []sentence{
		say("attempt"), say("[wait] before it"), say("begins after: min"), say("[P50|percentile]"), say("[P99|percentile]"), say("max"),
	}}
	partly := reachedByFew(f)
	if partly {
		t.heads = slices.Insert(t.heads, 1, say("[reached|reach]"))
	}
	add := func(list []forecast.Attempt) {
		for _, at := range list {
			row := cells(whole(at.Number))
			if partly {
				row = append(row, cells(share(at.Reach))...)
			}
			row = append(row, cell{sentence: ofWait(at)})
			t.rows = append(t.rows, append(row, spreadCells(at.Begin, 0)[:4]...))
		}
	}
	add(head)
	if len(tail) > 0 {
		t.rows = append(t.rows, cells(words("…")))
		add(tail)
	}
	return t
}

// ofWait shows between which ends the wait before an attempt is.
func ofWait(at forecast.Attempt) sentence {
	low, high := seconds(at.Wait.Min), seconds(at.Wait.Max)
	switch {
	case at.Number == 1:
		return say("–")
	case low.text == high.text:
		return sentence{high}
	}
	return say("@ to @", low, high)
}

// reachedByFew reports whether some attempt is not made by all calls.
func reachedByFew(f *forecast.Forecast) bool {
	return slices.ContainsFunc(f.Timeline, func(at forecast.Attempt) bool { return at.Reach < 1-1e-12 })
}

// beginTable has a column for the share of calls that make an attempt where it is not always all.
func beginTable(f *forecast.Forecast) *table {
	t := &table{caption: say("The attempt begins after"), bars: true, heads: spreadHeads()}
	if reachedByFew(f) {
		t.heads = slices.Insert(t.heads, 1, say("[reached|reach]"))
	}
	return t
}

func beginCells(at forecast.Attempt, end float64, columns int) []cell {
	row := cells(whole(at.Number))
	if columns > len(spreadHeads()) {
		row = append(row, cells(share(at.Reach))...)
	}
	return append(row, spreadCells(at.Begin, end)...)
}

func spreadHeads() []sentence {
	return []sentence{say("attempt"), say("min"), say("[P50|percentile]"), say("[P99|percentile]"), say("max"), nil}
}

func spreadCells(s forecast.Spread, scale float64) []cell {
	row := cells(seconds(s.Min), seconds(s.P50), seconds(s.P99), seconds(s.Max), words(""))
	if !units.Saturated(s.Max) {
		row[4].bar = spreadBar(s, scale)
	}
	return row
}

// waitCells shows a wait that is always the same as a bar rather than a point.
func waitCells(s forecast.Spread, scale float64) []cell {
	row := spreadCells(s, scale)
	if b := &row[4].bar; b.from == b.to {
		b.spread = false
	}
	return row
}

func spreadBar(s forecast.Spread, scale float64) bar {
	if scale <= 0 {
		return bar{spread: true}
	}
	return bar{s.Min / scale, s.P50 / scale, s.P99 / scale, s.Max / scale, true}
}

// scales returns the longest wait and the latest beginning of what has a bar.
func scales(lists ...[]forecast.Attempt) (wait, begin float64) {
	for _, at := range slices.Concat(lists...) {
		if !units.Saturated(at.Wait.Max) {
			wait = max(wait, at.Wait.Max)
		}
		if !units.Saturated(at.Begin.Max) {
			begin = max(begin, at.Begin.Max)
		}
	}
	return wait, begin
}

// failures shows what calls meet when attempts fail.
func failures(f *forecast.Forecast, a *Assumptions) section {
	s := section{id: "failures", title: "When attempts fail", term: "failures"}
	t := table{bars: true, heads: []sentence{
		say("failing"), say("[calls succeed|success]"), say("[attempts a call|expected requests]"),
		say("[P50|percentile]"), say("[P99|percentile]"), say("[P99.9|percentile]"), nil,
	}}
	for _, x := range f.Failures {
		success := share(x.Success)
		if x.Success == 1 && x.Share > 0 && !f.Verdict.Unbounded {
			success.text = units.Above
		}
		row := cells(share(x.Share), success, figure(x.Requests), seconds(x.P50), seconds(x.P99), seconds(x.P999), words(""))
		row[6].bar = bar{to: x.Success}
		t.rows = append(t.rows, row)
	}
	s.says = append(s.says, say("The first column is the share of attempts that fail. Times are those of a call, whether it "+
		"succeeds or gives up."))
	s.bars = say("The bar is the share of calls that succeed.")
	s.assumes = say("Assumed: @; attempts fail independently of one another.", attemptTakes(a)...)
	s.tables = []table{t}
	s.failing = f
	return s
}

// herd shows whether clients stay in step.
func herd(h *forecast.Herd, l limits) section {
	s := section{id: "herd", title: "Herd", term: "herd"}
	t := table{bars: true, left: 1, heads: []sentence{
		say("[wave] of"), say("[busiest 100" + units.NBSP + "ms|busiest]"), say("[busiest 1" + units.NBSP + "s|busiest]"), nil,
	}}
	most := max(h.All.Busiest1s, 1)
	first, last := elided(len(h.Waves), l.waves)
	for i, w := range h.Waves {
		switch {
		case i < first || i >= last:
			t.rows = append(t.rows, waveCells("retry "+units.Count(i+1), w, most))
		case i == first:
			t.rows = append(t.rows, cells(words("…")))
		}
	}
	if len(h.Waves) > 1 {
		t.rows = append(t.rows, waveCells("all of these", h.All, most))
	}
	s.tables = []table{t}
	s.says = append(s.says, sayMerge(h), say("The share of clients whose retry falls into the busiest stretch; the bar is "+
		"that of 1"+units.NBSP+"s."))
	if h.All.Busiest1s > 1 {
		s.says = append(s.says, say("[Together|busiest], waves that lie on one another bring a client more than once, so that there "+
			"is more than 100"+units.NBSP+"%."))
	}
	s.assumes = say("Assumed: @ clients fail at one instant, and every attempt after it.", whole(h.Clients))
	s.herd = h
	if h.Simulated {
		s.assumes = append(s.assumes, words(" They are drawn one by one.")) // fewer than make an average
	}
	return s
}

// waveCells is the line of a wave, with a bar that is full at the most there is.
func waveCells(label string, w forecast.Wave, most float64) []cell {
	row := cells(words(label), share(w.Busiest100ms), share(w.Busiest1s), words(""))
	row[3].bar = bar{to: min(w.Busiest1s/most, 1)}
	return row
}

func sayMerge(h *forecast.Herd) sentence {
	step := len(h.Waves) > 0
	for _, w := range h.Waves {
		step = step && w.Busiest100ms > 0.999
	}
	switch {
	case step:
		return say("All clients stay in step: whatever failed together is retried together.")
	case h.Merge > 0:
		return say("The [wave] of retry @ [overlaps|merge] the next one: from there on clients are out of step.", whole(h.Merge))
	case h.Never:
		return say("The waves never [merge]: delays grow by a factor of @ from one retry to the next, more than jitter "+
			"spreads them.", figure(h.Growth))
	}
	return say("These waves stay apart; with more retries they would [merge].")
}
