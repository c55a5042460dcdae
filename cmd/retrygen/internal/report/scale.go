package report

import (
	"math"

	"github.com/retrygen/retrygen/internal/forecast"
)

// scale is where the axes of drawings end. Policies that are compared have one scale.
type scale struct {
	begin              float64 // seconds after a call began
	loadEnd, load      float64 // seconds after an outage began; multiples of the capacity
	arrivalsEnd, share float64 // seconds after clients failed; of the clients in a step
	decades            float64 // of calls that give up
}

// scaleOf returns the scale that some sections need.
func scaleOf(list []section) scale {
	to := scale{begin: 0, load: 1, decades: 2}
	for _, s := range list {
		if s.lanes != nil {
			to.begin = max(to.begin, s.lanes.end)
		}
		if s.curve != nil {
			to.loadEnd, to.load = max(to.loadEnd, s.curve.end), max(to.load, s.curve.all)
		}
		if s.failing != nil {
			to.decades = max(to.decades, decades(s.failing))
		}
		if s.herd != nil {
			to.arrivalsEnd = max(to.arrivalsEnd, s.herd.Step*float64(len(s.herd.Arrivals)))
		}
	}
	for _, s := range list {
		if s.herd != nil {
			to.share = max(to.share, peakOf(regrouped(s.herd, to.arrivalsEnd)))
		}
	}
	return to
}

// regrouped returns the arrivals of a herd in as many steps as it has, but up to another end.
func regrouped(h *forecast.Herd, end float64) []float64 {
	n := len(h.Arrivals)
	if n == 0 || end <= h.Step*float64(n)*(1+1e-9) {
		return h.Arrivals
	}
	step := end / float64(n)
	list := make([]float64, n)
	for i, share := range h.Arrivals {
		from, to := float64(i)*h.Step/step, float64(i+1)*h.Step/step
		first := min(int(from), n-1)
		inside := min(to, float64(first+1)) - from // steps become longer, so that none reaches beyond the next
		list[first] += share * inside / (to - from)
		if first+1 < n {
			list[first+1] += share * (1 - inside/(to-from))
		}
	}
	return list
}

// decades is how many powers of ten the shares of calls that give up span, 0 if none gives up.
func decades(f *forecast.Forecast) float64 {
	points := givingUp(f)
	if len(points) == 0 {
		return 0
	}
	return math.Ceil(-math.Log10(1-points[0].Success) - 1e-9)
}

// drawn draws what a section has to draw.
func (s *section) drawn(to scale) []chartView {
	var list []chartView
	if s.lanes != nil && len(s.lanes.rows) > 0 {
		list = append(list, chartView{s.lanes.drawn(to.begin), ""})
	}
	if s.curve != nil {
		list = append(list, chartView{s.curve.drawn(to), s.curve.caption(to)})
	}
	if s.failing != nil && len(givingUp(s.failing)) > 0 {
		list = append(list, chartView{failing(s.failing, to.decades), "The dashed line is a call of one attempt. " +
			"Both scales count powers of ten."})
	}
	if s.herd != nil && peakOf(s.herd.Arrivals) > 0 {
		list = append(list, chartView{arrivals(s.herd, to), "When retries begin, if all clients fail at one instant and go on " +
			"failing."})
	}
	return list
}
