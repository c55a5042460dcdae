package report

import (
	"math"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// eighths are the blocks that fill a cell from the left and from below.
var (
	eighths = []rune(" ▏▎▍▌▋▊▉█")
	rising  = []rune(" ▁▂▃▄▅▆▇█")
)

// drawn draws a bar in a row of cells.
func (b bar) drawn(width int) string {
	if !b.spread {
		return solid(b.to, width)
	}
	at := func(x float64) int { return min(max(int(math.Round(x*float64(width))), 0), width) }
	from, middle, late, to := at(b.from), at(b.middle), at(b.late), at(b.to)
	if to == from {
		from = min(from, width-1) // a point is seen as well
		return strings.Repeat(" ", from) + "█"
	}
	return times(" ", from) + times("█", middle-from) + times("▒", late-middle) + times("░", to-late)
}

func times(block string, n int) string { return strings.Repeat(block, max(n, 0)) }

// solid draws a share of a row, in eighths of a cell.
func solid(share float64, width int) string {
	n := int(math.Round(min(max(share, 0), 1) * float64(width*8)))
	if n == 0 && share > 0 {
		n = 1
	}
	text := times("█", n/8)
	if n%8 > 0 {
		text += string(eighths[n%8])
	}
	return text
}

// curve draws the load over time, two lines high, with its axes.
func (p *printer) curve(c *curve) {
	const label = 9 // columns before the first cell
	width := p.width - label - 2
	for _, l := range c.lines {
		p.line("", "")
		p.say("", say("Load over the capacity, @, at most in each @ column:", words(l.label), words(units.Duration(c.end/float64(width)))))
		loads := c.columns(l, width)
		top := multiple(c.top).text
		p.line("", right(top, label-1)+" "+raised(loads, c.top, 1))
		p.line("", right("0×", label-1)+" "+raised(loads, c.top, 0))
		p.line("", right("over 1×", label-1)+" "+marked(width, func(i int) bool { return loads[i] > 1 }))
	}
	per := float64(width) / c.end
	p.line("", right("outage", label-1)+" "+marked(width, func(i int) bool { return float64(i) < math.Round(c.outage*per) }))
	p.line("", strings.Repeat(" ", label)+axis(c.end, width))
	if c.cut {
		p.say(dim, say("The first instant, when all clients call at once, is higher and cut off."))
	}
}

// columns returns the highest load in each column.
func (c *curve) columns(l line, width int) []float64 {
	loads := make([]float64, width)
	each := c.end / float64(width)
	for i := range loads {
		first := int(float64(i) * each / l.step)
		last := max(int(math.Ceil(float64(i+1)*each/l.step)), first+1)
		for k := first; k < min(last, len(l.series)); k++ {
			loads[i] = max(loads[i], l.series[k])
		}
	}
	return loads
}

// raised draws one of two lines, of which 0 is the lower one.
func raised(loads []float64, top float64, row int) string {
	var b strings.Builder
	for _, load := range loads {
		n := int(math.Round(load/top*16)) - 8*row
		if row == 0 && load > 0 {
			n = max(n, 1)
		}
		b.WriteRune(rising[min(max(n, 0), 8)])
	}
	return b.String()
}

func marked(width int, is func(int) bool) string {
	var b strings.Builder
	for i := range width {
		if is(i) {
			b.WriteRune('▔')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// axis writes round times below the columns where they are reached.
func axis(end float64, width int) string {
	text := ""
	for _, at := range timeTicks(end, width/12) {
		column := int(math.Round(at / end * float64(width)))
		label := units.Duration(at)
		if column+len(label) > width || column < columns(text)+1 && text != "" {
			continue
		}
		text += strings.Repeat(" ", column-columns(text)) + label
	}
	return text
}

func right(text string, width int) string {
	return strings.Repeat(" ", max(width-columns(text), 0)) + text
}
