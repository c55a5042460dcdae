package report

import (
	"math"

	"github.com/retrygen/retrygen/internal/forecast"
)

// curve is a chart of load over time, as multiples of the capacity.
type curve struct {
	lines  []line
	outage float64 // seconds
	end    float64 // of what is worth showing, in seconds
	top    float64 // of what is worth showing
	cut    bool    // the first instant is higher

	others       []line  // under other jitters
	all          float64 // top of a drawing, which has these too
	peak, peakAt float64 // of the policy itself, in a second
}

type line struct {
	label  string
	step   float64 // seconds
	series []float64
}

// outage shows what a service has to bear.
func outage(o *forecast.Outage, a *Assumptions) section {
	s := section{id: "outage", title: "Outage", term: "outage"}
	s.says = append(s.says, sayOutage(o), sayLoad(&o.Load))
	s.curve = newCurve(o)
	if len(o.Others) > 0 {
		s.tables = append(s.tables, jitters(o))
	}
	s.assumes = say("Assumed: @; calls keep arriving, however the service fares (open arrivals); the service answers requests as "+
		"fast as its capacity says and queues a tenth of a second of them; what comes beyond fails at once.", attemptTakes(a)...)
	if o.Simulated {
		s.assumes = append(s.assumes, say(" Clients are drawn one by one; the seed is @.", span{text: exact(a.Seed), value: exact(a.Seed)})...)
	}
	return s
}

func sayOutage(o *forecast.Outage) sentence {
	s := say("An [outage] of @: every attempt fails.", seconds(o.Length))
	if o.Clients > 0 {
		begin := "@ calls begin"
		if o.Clients == 1 {
			begin = "@ call begins"
		}
		s = append(s, say(" "+begin+" with it.", whole(o.Clients))...)
	}
	if o.Rate > 0 {
		s = append(s, say(" @ calls a second begin before, during and after it.", figure(o.Rate))...)
	}
	requests := "requests"
	if o.Capacity == 1 {
		requests = "request"
	}
	s = append(s, say(" The service answers @ "+requests+" a second.", figure(o.Capacity))...)
	if b := o.Budget; b != nil {
		s = append(s, say(" Retries keep to a [budget]: @ tokens for each call and @ a second, at most @ "+
			"at once.", figure(b.Ratio), figure(b.PerSecond), figure(b.Burst))...)
	}
	return s
}

func sayLoad(l *forecast.Load) sentence {
	s := say("The [load] [peaks|peak] at @ the capacity, @ after the outage began. @ of the calls that meet it [give up]. "+
		"[Requests for each call|expected requests]: @ on average. ",
		multiple(l.Peak), seconds(l.PeakAt), share(l.GaveUp), figure(l.Requests))
	switch {
	case l.Drain < 0:
		return append(s, say("The backlog does not [drain] within the time looked at.")...)
	case l.Drain == 0:
		return append(s, say("Nothing is refused any more once the outage is over.")...)
	}
	return append(s, say("The backlog [drains|drain] within @ of the outage's end.", seconds(l.Drain))...)
}

// jitters compares the policy's own jitter with others.
func jitters(o *forecast.Outage) table {
	t := table{bars: true, left: 1, caption: say("The same with other jitters; the bar is the peak"), heads: []sentence{
		say("[jitter]"), say("[peak]"), say("calls [giving up|give up]"), say("[drains|drain] after"), nil,
	}}
	most := o.Peak
	for _, x := range o.Others {
		most = max(most, x.Peak)
	}
	row := func(jitter span, swatch string, peak, gaveUp, drain float64) {
		r := cells(jitter, multiple(peak), share(gaveUp), drained(drain), words(""))
		r[0].swatch = swatch
		if most > 0 {
			r[4].bar = bar{to: peak / most}
		}
		t.rows = append(t.rows, r)
	}
	row(words("this policy"), "load0", o.Peak, o.GaveUp, o.Drain)
	for _, x := range o.Others {
		row(code(x.Jitter), otherClass(x.Jitter), x.Peak, x.GaveUp, x.Drain)
	}
	return t
}

// budget compares a load with and without its budget. The verdict warns of failures that keep themselves up.
func budget(o *forecast.Outage) (section, bool) {
	s := section{id: "budget", title: "Budget", term: "budget"}
	if o.Budget == nil && o.Rate == 0 {
		return s, false
	}
	if o.Unlimited != nil {
		t := table{left: 1, heads: []sentence{
			nil, say("[peak]"), say("calls [giving up|give up]"), say("[requests a call|expected requests]"), say("[drains|drain] after"),
		}}
		for _, x := range []struct {
			name string
			load *forecast.Load
		}{{"with the budget", &o.Load}, {"without it", o.Unlimited}} {
			t.rows = append(t.rows,
				cells(words(x.name), multiple(x.load.Peak), share(x.load.GaveUp), figure(x.load.Requests), drained(x.load.Drain)))
		}
		s.tables = append(s.tables, t)
	} else {
		s.says = append(s.says, say("There is no [budget]: nothing bounds the retries of all callers together."))
		s.title = "Budget: none"
	}
	if o.Sustained < 0 {
		s.says = append(s.says, say("While every attempt fails for long, nothing bounds what the service has to bear ([sustained load])."))
	} else if o.Rate > 0 {
		s.says = append(s.says, say("While every attempt fails for long, the service has to bear @ its capacity "+
			"([sustained load]).", multiple(o.Sustained)))
	}
	return s, true
}

func metastable(o *forecast.Outage) sentence {
	if o.Sustained < 0 {
		return say("Retries never run out, so that while attempts fail nothing bounds the load: retries alone can keep the service " +
			"down after the cause has gone (a [metastable failure]). A budget, or an end to the retries, would prevent it.")
	}
	return say("Attempts × rate stay above the capacity, at @ of it: retries alone can keep the service down after the cause has "+
		"gone (a [metastable failure]). Fewer retries or a smaller budget would prevent it.", multiple(o.Sustained))
}

// drawnTop is the top of a drawing: a little above the highest peak, which is the average of a second. A herd without jitter
// reaches ten times as much in one step, beside which nothing else could be seen.
func (c *curve) drawnTop(o *forecast.Outage) float64 {
	peak := o.Peak
	if o.Unlimited != nil {
		peak = max(peak, o.Unlimited.Peak)
	}
	for _, x := range o.Others {
		peak = max(peak, x.Peak)
	}
	return max(min(max(c.top, peak), 1.5*peak), 1.2)
}

// newCurve leaves out what is not worth showing: a first instant that is all clients at once, and a long level end.
func newCurve(o *forecast.Outage) *curve {
	c := &curve{outage: o.Length, top: 1.2, lines: []line{{"this policy", o.Step, o.Series}}}
	if o.Unlimited != nil {
		c.lines = []line{{"with the budget", o.Step, o.Series}, {"without it", o.Unlimited.Step, o.Unlimited.Series}}
	}
	for _, l := range c.lines {
		for i, load := range l.series {
			if i > 0 || o.Clients == 0 {
				c.top = max(c.top, load)
			}
		}
	}
	c.others, c.peak, c.peakAt = otherLines(o), o.Peak, o.PeakAt
	c.all = c.drawnTop(o)
	c.end = 1.2 * o.Length
	for _, l := range c.lines {
		c.cut = c.cut || len(l.series) > 0 && l.series[0] > c.top
		last := len(l.series) - 1
		for last > 1 && math.Abs(l.series[last-1]-l.series[len(l.series)-1]) < 0.02*c.top {
			last--
		}
		c.end = max(c.end, 1.1*float64(last)*l.step)
	}
	return c
}
