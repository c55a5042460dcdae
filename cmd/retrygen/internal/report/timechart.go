package report

import (
	"math"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// drawn draws when attempts begin, up to an end in seconds.
func (l *lanes) drawn(end float64) chart {
	const pitch, top = 22, 30
	bottom := top + pitch*float64(len(l.rows))
	c := chart{Height: bottom + 42, Label: "When each attempt begins: from the shortest to the longest time, with P50 and P99"}
	c.key()
	if end <= 0 {
		end = 1
	}
	c.timeAxis(top, bottom, end, "time after the call began, if every attempt fails")
	for i, row := range l.rows {
		y := top + pitch*(float64(i)+0.5)
		c.beside(y, row.label)
		if !row.gap {
			c.spread(row.begin, end, y)
		}
	}
	return c
}

// spread draws times: tall from min to P50, lower to P99, a line to max.
func (c *chart) spread(s forecast.Spread, end, y float64) {
	if s.Max-s.Min < 1e-9*end {
		c.tick("early", s.Min/end, y-6, 3, 12)
		return
	}
	c.rect("last", s.P99/end, y-1.5, (s.Max-s.P99)/end, 3)
	c.rect("late", s.P50/end, y-4, (s.P99-s.P50)/end, 8)
	c.rect("early", s.Min/end, y-6, (s.P50-s.Min)/end, 12)
	c.line("late-end", s.Max/end, y-4, s.Max/end, y+4)
}

// key says what the parts of such a bar are.
func (c *chart) key() {
	c.beside(10, "attempt")
	x := 0.0
	for _, part := range []struct {
		class, text string
		high        float64
	}{{"early", "min–P50", 12}, {"late", "P50–P99", 8}, {"last", "P99–max", 3}} {
		c.tick(part.class, x, 10-part.high/2, 20, part.high)
		c.Marks = append(c.Marks, mark{Kind: "text", Class: "tick", Anchor: "start", X: across(x), Y: "14", W: "25", Text: part.text})
		x += 0.34
	}
}

// arrivals draws when retries begin, by the share of clients in each step of time.
func arrivals(h *forecast.Herd, to scale) chart {
	const top, high = 24.0, 110.0
	most, end, list := 1.02*to.share, to.arrivalsEnd, regrouped(h, to.arrivalsEnd)
	step := end / float64(len(list))
	c := chart{Height: top + high + 42, Label: "When the retries of clients begin that fail at one instant"}
	c.text("start", "tick", 0, 12, "share of clients whose retry begins, in each "+units.Duration(step))
	for _, at := range ticks(most, roundStep(most/3)) {
		y := top + high*(1-at/most)
		c.line("grid", 0, y, 1, y)
		c.beside(y, units.Percent(at))
	}
	c.timeAxis(top, top+high, end, "time after all have failed")
	c.curve("wave", area(list, step, end, most, high), top, high)
	return c
}

// area is the outline of values over time.
func area(values []float64, step, end, most, high float64) string {
	line := steps(values, step, end, func(x float64) float64 { return high * (1 - min(x/most, 1)) })
	return line + "V" + short(high, 1) + "H0Z" // the line ends where its values do
}

func peakOf(values []float64) float64 {
	most := 0.0
	for _, x := range values {
		most = max(most, x)
	}
	return most
}

// spark is the small picture of a policy: when retries begin, if many clients fail at one instant. It ends at some second, 0
// for where the last retry does.
func spark(h *forecast.Herd, end float64) (c chart, ok bool) {
	if h == nil || peakOf(h.Arrivals) <= 0 {
		return chart{}, false
	}
	const high = 30.0
	list := regrouped(h, end)
	end = max(end, h.Step*float64(len(list)))
	c = chart{Height: high + 2, Label: "When retries begin: up to " + units.Duration(end)}
	// The eye compares areas: the root keeps late waves in sight beside an early spike.
	heights := make([]float64, len(list))
	for i, x := range list {
		heights[i] = math.Sqrt(max(x, 0))
	}
	c.curve("wave", area(heights, 1, float64(len(heights)), peakOf(heights), high), 0, high)
	c.line("axis", 0, high+0.5, 1, high+0.5)
	return c, true
}
