package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// Picture writes one drawing of the report's first policy, to stand alone in a README: the load through the outage, or
// when attempts begin where there is none. It has its own colours, for light and dark.
func Picture(w io.Writer, r *Report) error {
	if len(r.Policies) == 0 {
		return errors.New("no policy to draw")
	}
	p, a := &r.Policies[0], &r.Assumptions
	for _, s := range sections(p, a, pageLimits) {
		switch {
		case s.curve != nil:
			s.curve.others, s.curve.all = nil, s.curve.top // there is no table to name them
			return framed(w, s.curve.drawn(scale{loadEnd: s.curve.end, load: s.curve.all}), p, loadTitle(a))
		case s.lanes != nil && p.Forecast.Outage == nil:
			return framed(w, s.lanes.drawn(s.lanes.end), p, "When each attempt begins while all fail")
		}
	}
	return fmt.Errorf("%s: nothing is retried", p.Text)
}

// loadTitle says what is assumed of the load.
func loadTitle(a *Assumptions) string {
	title := "An outage of " + units.Duration(a.Outage) + ":"
	if a.Clients > 0 {
		title += " " + units.Count(a.Clients) + " calls begin with it,"
	}
	if a.Rate > 0 {
		title += " " + units.Number(a.Rate) + "/s all along,"
	}
	title = strings.TrimRight(title, ",:") + "; capacity " + units.Number(a.Capacity) + "/s"
	if a.Budget != nil {
		title += "; budget " + units.Number(a.Budget.Ratio) + " a call"
		if a.Budget.PerSecond > 0 {
			title += " and " + units.Number(a.Budget.PerSecond) + "/s"
		}
	}
	return title
}

// The size of a picture that stands alone.
const (
	pictureWidth = 752
	pictureHead  = 64
	margin       = 16
)

// frame is a drawing with a policy and a title above it.
type frame struct {
	chart
	Width, Height, Left, Top, Plot float64
	Policy, Title, Label           string
}

// framed puts a policy and a title above a drawing, and a background behind it.
func framed(w io.Writer, c chart, p *Policy, title string) error {
	return page.ExecuteTemplate(w, "picture", frame{
		chart: c, Width: pictureWidth, Height: c.Height + pictureHead + margin, Left: margin + leftMargin, Top: pictureHead,
		Plot: pictureWidth - 2*margin - leftMargin - rightMargin, Policy: clean(p.Text), Title: title, Label: title + ". " + c.Label,
	})
}
