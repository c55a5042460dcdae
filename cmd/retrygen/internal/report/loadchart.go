package report

import (
	"math"
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// caption says what a curve leaves out.
func (c *curve) caption(to scale) string {
	most := headroom * to.load
	for _, l := range c.lines {
		if peakOf(l.series[min(1, len(l.series)):]) > most {
			return tooHigh
		}
	}
	for _, l := range c.others {
		if peakOf(thinned(l)[min(1, len(l.series)):]) > most {
			return tooHigh
		}
	}
	if c.cut {
		return "The first instant, when all clients call at once, is higher and cut off."
	}
	return ""
}

const tooHigh = "Steps that are higher than the scale are cut off: a peak is the average of a second."

// headroom is left above the highest load.
const headroom = 1.08

// drawn draws load over time, with the capacity, the outage and the peak.
func (c *curve) drawn(to scale) chart {
	const top, high = 40.0, 200.0
	bottom := top + high
	d := chart{Height: bottom + 42, Label: "Load over time, as multiples of the capacity, through the outage"}
	ceiling := headroom * to.load
	x := func(t float64) float64 { return min(t/to.loadEnd, 1) }
	y := func(load float64) float64 { return bottom - min(load/ceiling, 1)*high }
	d.rect("outage", 0, top, x(c.outage), high)
	d.line("edge", x(c.outage), top, x(c.outage), bottom)
	d.text("end", "tick", x(c.outage), top-6, "end of the outage")
	d.text("start", "tick", 0, 12, "load over the capacity")
	for _, load := range ticks(ceiling, roundStep(ceiling/5)) {
		d.line("grid", 0, y(load), 1, y(load))
		d.beside(y(load), units.Number(load)+"×")
	}
	d.timeAxis(top, bottom, to.loadEnd, "time after the outage began")
	d.line("capacity", 0, y(1), 1, y(1))
	d.text("end", "tick", 1, y(1)-5, "capacity")
	place := func(load float64) float64 { return y(load) - top }
	for _, l := range c.others {
		d.curve(otherClass(l.label), steps(thinned(l), l.step*thinning(l), to.loadEnd, place), top, high)
	}
	for i := len(c.lines) - 1; i >= 0; i-- { // the policy itself on top
		d.curve("load"+strconv.Itoa(i), steps(c.lines[i].series, c.lines[i].step, to.loadEnd, place), top, high)
	}
	d.peak(c, to.loadEnd, x, y)
	return d
}

// peak marks the busiest second, of which the peak is the average.
func (d *chart) peak(c *curve, end float64, x, y func(float64) float64) {
	if c.peak <= 0 || c.peakAt > end {
		return
	}
	from, to := x(c.peakAt), x(c.peakAt+1)
	d.line("peak", from, y(c.peak), max(to, from+0.02), y(c.peak))
	label, anchor := "peak "+units.Number(c.peak)+"×", "start"
	at := max(to, from+0.02) + 0.01
	if at > 0.8 {
		at, anchor = from-0.01, "end"
	}
	d.text(anchor, "strong", at, y(c.peak)+4, label)
}

// thinning is how many values of the line of another jitter are drawn as one: those lines are thin, and many.
func thinning(l line) float64 { return math.Max(math.Ceil(float64(len(l.series))/120), 1) }

// thinned returns averages.
func thinned(l line) []float64 {
	n := int(thinning(l))
	var list []float64
	for from := 0; from < len(l.series); from += n {
		part := l.series[from:min(from+n, len(l.series))]
		sum := 0.0
		for _, x := range part {
			sum += x
		}
		list = append(list, sum/float64(len(part)))
	}
	return list
}

// otherClass is the class of the curve of a jitter: the same wherever policies are compared.
func otherClass(jitter string) string {
	return "other o" + strconv.Itoa(slices.Index([]string{"none", "20%", "equal", "full", "1", "3"}, jitter)+1)
}

// otherLines are the loads under other jitters.
func otherLines(o *forecast.Outage) []line {
	var list []line
	for _, x := range o.Others {
		list = append(list, line{x.Jitter, x.Step, x.Series})
	}
	return list
}
