package closures

import (
	"fmt"
	"strconv"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// maxInterval limits the delays. The library limits all but the first one, and before they are drawn.
func (c *closure) maxInterval(s *schedule, limit site.Value, factor float64, known bool) {
	first, begins := s.first.Int()
	most, ends := limit.Int()
	if begins && ends && first >= most {
		s.delay = site.Text("delay", site.Duration(time.Duration(first)))
		if first > most {
			s.delay = site.Text("delay", site.Duration(time.Duration(first))+","+site.Duration(time.Duration(most)))
		}
		return
	}
	s.cap = &limit
	switch {
	case known && !s.reaches(factor):
		s.cap = nil // the delays never get there
		return
	case !s.reaches(0):
		s.cap = nil // the library limits the delay before it is drawn
		return
	case !known:
		c.site.Differ("waits are drawn from at most MaxInterval; before, from up to RandomizationFactor more")
	case factor > 0:
		c.site.Differ(fmt.Sprintf("waits are drawn from at most MaxInterval; before, from up to %s %% more", percentText(factor)))
	}
	if !begins || !ends {
		c.site.Differ("the first wait is not longer than MaxInterval either; before, it was InitialInterval in any case")
	}
	switch {
	case ends:
	case c.major < 5:
		c.site.Differ("a MaxInterval of 0 is no limit; before, there was no wait from the second retry on")
	default:
		c.site.Differ("a MaxInterval of 0 is no limit; before, all waits were InitialInterval")
	}
}

func percentText(factor float64) string { return strconv.FormatFloat(factor*100, 'f', -1, 64) }
