package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// chart is a drawing: what the template "chart" turns into SVG. It is as wide as there is room: places from left to right
// are shares of the width of its plot, which has a margin on both sides for labels.
type chart struct {
	Height float64
	Label  string // for those who do not see it
	Marks  []mark
}

// mark is one thing drawn, named as in SVG.
type mark struct {
	Kind, Class, Anchor, Text string
	X, Y, W, H                string // of a line, W and H are its other end
	Path                      string
}

// The margins of a plot, in pixels.
const (
	leftMargin  = 64
	rightMargin = 20
)

// across is a place from the left of the plot, from 0 to 1.
func across(x float64) string { return short(100*x, 2) + "%" }

// down is a place from the top, in pixels.
func down(y float64) string { return short(y, 1) }

// short writes a number with so many decimals at most.
func short(x float64, decimals int) string {
	power := math.Pow10(decimals)
	return strconv.FormatFloat(math.Round(x*power)/power+0, 'f', -1, 64)
}

func (c *chart) rect(class string, x, y, w, h float64) {
	c.Marks = append(c.Marks, mark{Kind: "rect", Class: class, X: across(x), Y: down(y), W: across(max(w, 0)), H: down(h)})
}

// tick draws a mark so many pixels wide, however wide the plot is.
func (c *chart) tick(class string, x, y, w, h float64) {
	c.Marks = append(c.Marks, mark{Kind: "rect", Class: class, X: across(x), Y: down(y), W: down(w), H: down(h)})
}

func (c *chart) line(class string, x1, y1, x2, y2 float64) {
	c.Marks = append(c.Marks, mark{Kind: "line", Class: class, X: across(x1), Y: down(y1), W: across(x2), H: down(y2)})
}

func (c *chart) dot(class string, x, y float64) {
	c.Marks = append(c.Marks, mark{Kind: "circle", Class: class, X: across(x), Y: down(y)})
}

func (c *chart) text(anchor, class string, x, y float64, text string) {
	c.Marks = append(c.Marks, mark{Kind: "text", Class: class, Anchor: anchor, X: across(x), Y: down(y), Text: text})
}

// beside draws text left of the plot.
func (c *chart) beside(y float64, text string) {
	c.Marks = append(c.Marks, mark{Kind: "text", Class: "tick", Anchor: "end", X: "-8", Y: down(y + 4), Text: text})
}

// fine is the width of the system in which curves are drawn, before they are stretched over the plot.
const fine = 1000

// curve draws a path whose places are thousandths of the width.
func (c *chart) curve(class, path string, top, height float64) {
	c.Marks = append(c.Marks, mark{Kind: "curve", Class: class, Y: down(top), H: down(height), Path: path})
}

// timeAxis draws round times below a plot, and lines up to its top.
func (c *chart) timeAxis(top, bottom, end float64, title string) {
	for _, at := range timeTicks(end, 5) {
		c.line("grid", at/end, top, at/end, bottom)
		c.text("middle", "tick", at/end, bottom+16, units.Duration(at))
	}
	c.line("axis", 0, bottom, 1, bottom)
	c.text("middle", "title", 0.5, bottom+34, title)
}

// steps draws values over time as a line with steps, or as the outline of an area if it is closed. The values are so many
// seconds apart; y is a place in a box of some height.
func steps(values []float64, step, end float64, y func(float64) float64) string {
	var b strings.Builder
	last := ""
	for i, value := range values {
		from := float64(i) * step
		if from > end {
			break
		}
		to := min(from+step, end)
		high := short(y(value), 1)
		switch {
		case i == 0:
			b.WriteString("M0," + high)
		case high != last:
			b.WriteString("H" + short(fine*from/end, 1) + "V" + high)
		}
		last = high
		if i == len(values)-1 || to >= end {
			b.WriteString("H" + short(fine*to/end, 1))
		}
	}
	return b.String()
}
