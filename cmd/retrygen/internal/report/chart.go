package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// chart is a drawing: what the templates "chart" and "picture" turn into SVG.
type chart struct {
	Width, Height float64
	Label         string // for those who do not see it
	Class         string
	Marks         []mark
}

// mark is one thing drawn, named as in SVG.
type mark struct {
	Kind, Class, Anchor, Text string
	X, Y, W, H                float64
	Path, Move                string
}

func (c *chart) rect(class string, x, y, w, h float64) {
	c.Marks = append(c.Marks, mark{Kind: "rect", Class: class, X: round(x), Y: round(y), W: round(max(w, 0)), H: round(h)})
}

func (c *chart) path(class, d string) {
	c.Marks = append(c.Marks, mark{Kind: "path", Class: class, Path: d})
}

func (c *chart) line(class string, x1, y1, x2, y2 float64) {
	c.path(class, "M"+place(x1)+","+place(y1)+"L"+place(x2)+","+place(y2))
}

func (c *chart) text(anchor, class string, x, y float64, text string) {
	c.Marks = append(c.Marks, mark{Kind: "text", Class: class, Anchor: anchor, X: round(x), Y: round(y), Text: text})
}

// round keeps coordinates short: tenths are finer than an eye or a screen.
func round(x float64) float64 { return math.Round(x*10) / 10 }

func place(x float64) string { return strconv.FormatFloat(round(x), 'f', -1, 64) }

// timeAxis draws round times below a plot, and lines up to its top.
func (c *chart) timeAxis(left, right, top, bottom, end float64, title string) {
	for _, at := range timeTicks(end, int((right-left)/72)) {
		x := left + at/end*(right-left)
		c.line("grid", x, top, x, bottom)
		c.text("middle", "tick", x, bottom+16, units.Duration(at))
	}
	c.line("axis", left, bottom, right, bottom)
	c.text("middle", "title", (left+right)/2, bottom+34, title)
}

// drawn draws when attempts begin.
func (l *lanes) drawn(width float64) chart {
	const left, pitch, top = 46, 20, 30
	right := width - 22
	bottom := top + pitch*float64(len(l.rows))
	c := chart{Width: width, Height: bottom + 42, Class: class(width), Label: "When each attempt begins: from the shortest to the " +
		"longest time, with P50 and P99"}
	c.key(left)
	end := l.end
	if end <= 0 {
		end = 1
	}
	c.timeAxis(left, right, top, bottom, end, "time after the call began, if every attempt fails")
	for i, row := range l.rows {
		y := top + pitch*(float64(i)+0.5)
		c.text("end", "tick", left-8, y+4, row.label)
		if !row.gap {
			c.spread(row.bar, left, right-left, y)
		}
	}
	return c
}

// spread draws a bar: tall from min to P50, lower to P99, a line to max.
func (c *chart) spread(b bar, left, width, y float64) {
	at := func(x float64) float64 { return left + x*width }
	if b.to-b.from < 1e-9 {
		c.rect("early", at(b.from)-1.5, y-6, 3, 12)
		return
	}
	c.rect("last", at(b.late), y-1.5, (b.to-b.late)*width, 3)
	c.rect("late", at(b.middle), y-4, (b.late-b.middle)*width, 8)
	c.rect("early", at(b.from), y-6, (b.middle-b.from)*width, 12)
	c.line("late-end", at(b.to), y-4, at(b.to), y+4)
}

// key says what the parts of such a bar are.
func (c *chart) key(left float64) {
	c.text("start", "tick", 0, 14, "attempt")
	x := left + 10
	for _, part := range []struct {
		class, text string
		high, width float64
	}{{"early", "min–P50", 12, 50}, {"late", "P50–P99", 8, 52}, {"last", "P99–max", 3, 52}} {
		c.rect(part.class, x, 10-part.high/2, 22, part.high)
		c.text("start", "tick", x+27, 14, part.text)
		x += 27 + part.width + 10
	}
}

func class(width float64) string {
	if width < 500 {
		return "narrow"
	}
	return "wide"
}

// drawn draws load over time, with the capacity and the outage.
func (c *curve) drawn(width float64) chart {
	const left, high = 40, 190
	top := 26 + 18*float64(len(c.lines))
	right, bottom := width-64, top+high
	d := chart{Width: width, Height: bottom + 42, Class: class(width), Label: "Load over time, as multiples of the capacity, " +
		"through the outage"}
	ceiling := 1.05 * c.top
	x := func(t float64) float64 { return left + min(t/c.end, 1)*(right-left) }
	y := func(load float64) float64 { return bottom - min(load/ceiling, 1)*high }
	d.rect("outage", left, top, x(c.outage)-left, high)
	d.text("start", "tick", left, top-6, "outage")
	for _, load := range ticks(ceiling, roundStep(ceiling/5)) {
		d.line("grid", left, y(load), right, y(load))
		d.text("end", "tick", left-6, y(load)+4, units.Number(load)+"×")
	}
	d.timeAxis(left, right, top, bottom, c.end, "time after the outage began")
	d.line("capacity", left, y(1), right, y(1))
	d.text("start", "tick", right+5, y(1)+4, "capacity")
	for i := len(c.lines) - 1; i >= 0; i-- { // the policy itself on top
		class, at := "load"+strconv.Itoa(i), 18*float64(i)
		d.path(class, c.lines[i].path(x, y, c.end))
		d.line(class, left, at+10, left+28, at+10)
		d.text("start", "tick", left+34, at+14, "load over capacity, "+c.lines[i].label)
	}
	return d
}

// path draws a load in steps.
func (l line) path(x, y func(float64) float64, end float64) string {
	var b strings.Builder
	last := ""
	for i, load := range l.series {
		from := float64(i) * l.step
		if from > end {
			break
		}
		to := min(from+l.step, end)
		high := place(y(load))
		switch {
		case i == 0:
			b.WriteString("M" + place(x(from)) + "," + high)
		case high != last:
			b.WriteString("H" + place(x(from)) + "V" + high)
		}
		last = high
		if i == len(l.series)-1 || to >= end {
			b.WriteString("H" + place(x(to)))
		}
	}
	return b.String()
}
