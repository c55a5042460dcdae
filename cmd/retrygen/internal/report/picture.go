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
			return framed(w, s.curve.drawn(wide), p, loadTitle(a))
		case s.lanes != nil && p.Forecast.Outage == nil:
			return framed(w, s.lanes.drawn(wide), p, "When each attempt begins while all fail")
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

// framed puts a policy and a title above a drawing, and a background behind it.
func framed(w io.Writer, c chart, p *Policy, title string) error {
	const head, margin = 64, 16
	frame := chart{Width: c.Width + 2*margin, Height: c.Height + head + margin, Class: c.Class, Label: title + ". " + c.Label}
	frame.rect("paper", 0, 0, frame.Width, frame.Height)
	frame.text("start", "heading code", margin, 30, clean(p.Text))
	frame.text("start", "tick", margin, 50, title)
	for _, m := range c.Marks {
		m.X, m.Y = round(m.X+margin), round(m.Y+head)
		if m.Kind == "path" {
			m.Move = fmt.Sprintf("translate(%d,%d)", margin, head)
		}
		frame.Marks = append(frame.Marks, m)
	}
	return page.ExecuteTemplate(w, "picture", frame)
}
