package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/retrygen/retrygen/internal/policy"
)

// Outage is what a service gets to bear: Clients calls at the beginning of an outage and Rate a second all along, from
// callers that follow one policy. While the outage lasts every attempt fails. Else the service answers Capacity requests
// a second and queues as many as it answers in 100 ms. All other requests fail at once.
type Outage struct {
	Length   float64 `json:"length"` // seconds
	Clients  int     `json:"clients"`
	Rate     float64 `json:"rate"`
	Capacity float64 `json:"capacity"`
	Load
	Others []Other `json:"others"` // the same policy with other jitters, its own left out

	Budget    *Budget `json:"budget,omitempty"`    // that Load keeps to
	Unlimited *Load   `json:"unlimited,omitempty"` // the same without that budget

	// Sustained is what the service has to bear while every attempt fails, over its capacity: attempts × rate, or what
	// the budget leaves of it; -1 where nothing bounds it. Above 1, with a rate below the capacity, the failure is
	// metastable: retries alone keep
	// down, after the cause has gone, a service that spends its capacity on requests which then fail. One that refuses
	// them at no cost, as is assumed for Load, comes back.
	Sustained  float64 `json:"sustained"`
	Metastable bool    `json:"metastable"`
}

// Load is how requests arrive at a service of limited capacity. Shares are of calls, loads are over the capacity.
type Load struct {
	Peak      float64   `json:"peak"`      // the busiest second after the outage's first instant
	PeakAt    float64   `json:"peakAt"`    // when it begins, in seconds
	GaveUp    float64   `json:"gaveUp"`    // the share that ends in failure of the calls begun before the load has drained
	Requests  float64   `json:"requests"`  // for each of these calls
	Drain     float64   `json:"drain"`     // seconds after the outage until no request is refused any more; -1 for not in sight
	Step      float64   `json:"step"`      // seconds between two values of Series
	Series    []float64 `json:"series"`    // the load, from the outage's beginning
	Simulated bool      `json:"simulated"` // of drawn clients, rather than of a mean field
}

// Other is the load under another jitter.
type Other struct {
	Jitter string  `json:"jitter"` // as an option's value, "none" for none
	Peak   float64 `json:"peak"`
	GaveUp float64 `json:"gaveUp"`
	Drain  float64 `json:"drain"`

	Step   float64   `json:"-"` // as in Load, for drawings
	Series []float64 `json:"-"`
}

// jitters are what a policy's own is compared with.
var jitters = []string{"none", "20%", "equal", "full", "1", "3", "decorrelated"}

func outage(ctx context.Context, p policy.Policy, walk *Walk, s Scenario) (*Outage, error) {
	load, err := LoadOf(ctx, p, s)
	if err != nil {
		return nil, err
	}
	o := &Outage{Length: s.Outage.Seconds(), Clients: s.Clients, Rate: s.Rate, Capacity: s.Capacity, Load: *load, Budget: s.Budget}
	quick := s
	quick.Simulate, quick.Progress, quick.brief = false, nil, true
	if s.Budget != nil {
		free := quick
		free.Budget = nil
		if o.Unlimited, err = LoadOf(ctx, p, free); err != nil {
			return nil, err
		}
	}
	if p.Scheduled() {
		if o.Others, err = others(ctx, p, quick); err != nil {
			return nil, err
		}
	}
	if s.Rate > 0 {
		sustained := s.Rate / s.Capacity * s.Budget.requests(walk.failing(p), s.Rate)
		o.Metastable = s.Rate <= s.Capacity && sustained > 1
		if o.Sustained = sustained; math.IsInf(sustained, 1) {
			o.Sustained = -1
		}
	}
	return o, nil
}

// failing returns the average number of attempts of a call whose attempts all fail; +Inf if nothing ends it.
func (w *Walk) failing(p policy.Policy) float64 {
	switch n, _ := p.Attempts(); {
	case p.Within.IsSet() && len(w.Stages) <= Horizon:
		return w.Fail(1).Requests
	case n == policy.Unlimited:
		return math.Inf(1)
	default:
		return float64(n)
	}
}

// others forecasts the same load with other jitters.
func others(ctx context.Context, p policy.Policy, s Scenario) ([]Other, error) {
	var list []Other
	for _, jitter := range jitters {
		q := p
		parsed, _ := policy.Parse("jitter="+jitter, 0)
		q.Jitter = parsed.Jitter
		own := "none"
		if p.Jitter.IsSet() {
			own = p.Jitter.Value.String()
		}
		if jitter == own {
			continue
		}
		load, err := LoadOf(ctx, q, s)
		if err != nil {
			return nil, err
		}
		list = append(list, Other{jitter, load.Peak, load.GaveUp, load.Drain, load.Step, load.Series})
	}
	return list, nil
}

// LoadOf returns the load of a scenario: by a mean field where the number of an attempt is all that decides what comes
// next, else by drawing clients.
func LoadOf(ctx context.Context, p policy.Policy, s Scenario) (*Load, error) {
	plan := newPlan(p, s.AttemptTime)
	c := newClock(plan, s)
	many := float64(s.Clients)+s.Rate*s.Outage.Seconds() > fewClients
	var err error
	if many && !s.Simulate && !plan.decorrelated && !plan.binding() && len(plan.laws) <= mostClasses {
		err = newField(plan, s, c).run(ctx)
	} else {
		c, err = draw(ctx, plan, s)
		c.simulated = true
	}
	if err != nil {
		return nil, err
	}
	return c.load(), nil
}

// draw draws clients one by one. Where they make too many attempts, each of those that are drawn stands for more of them.
func draw(ctx context.Context, p plan, s Scenario) (*clock, error) {
	for weight := crowdWeight(p, s); ; {
		w := newCrowd(p, s, newClock(p, s), weight)
		err := w.run(ctx)
		switch {
		case !errors.Is(err, errMany):
			return w.clock, err
		case s.Simulate:
			return w.clock, fmt.Errorf("%w: at most %d are drawn", ErrSimulate, w.limit)
		}
		weight *= min(max(2*float64(w.most)/float64(len(w.offered)+1), 8), 1000)
	}
}

// mostClasses bounds the attempts that a mean field tells apart.
const mostClasses = 100

// clock divides the time of a scenario into steps and counts what happens in each.
type clock struct {
	step      float64
	most      int       // steps at which to stop at the latest
	span      int       // steps that the retries of one call can last
	outage    int       // steps
	capacity  float64   // requests that the service answers in a step, in the long run
	rate      float64   // new calls in a step
	room      float64   // requests that it can answer now
	offered   []float64 // requests by step
	over      int       // the latest step in which requests were refused after the outage
	calls     float64
	failed    float64 // calls
	begun     float64 // calls, when a request was last refused: later ones succeed at once
	requests  float64
	simulated bool
}

const (
	mostSteps  = 20_000
	finestStep = 1e-6
)

func newClock(p plan, s Scenario) *clock {
	longest, first := 0.0, math.Inf(1)
	for k, law := range p.laws {
		longest = min(longest+law.Max(), max(p.left(k), 0))
		if mean := law.Mean(); mean > 0 {
			first = min(first, mean)
		}
	}
	longest += float64(len(p.laws)+1) * p.attempt
	outage := s.Outage.Seconds()
	calls := float64(s.Clients) + s.Rate*outage
	horizon := outage + 2*min(longest, 100*outage) + min(10*(outage+longest), 60)
	if spare := s.Capacity - s.Rate; spare > 0 {
		horizon += min(float64(len(p.laws)+1)*calls/spare, 10*horizon)
	}
	step := min(max(min(first/20, outage/100), finestStep), 0.1)
	step = max(step, horizon/mostSteps)
	c := &clock{
		step: step, most: int(math.Ceil(horizon / step)), span: int(math.Ceil(longest/step)) + 1,
		outage: max(int(math.Round(outage/step)), 1), capacity: s.Capacity * step, rate: s.Rate * step,
	}
	c.over, c.room = c.outage-1, c.mostRoom()
	return c
}

// queue is the work, in seconds of its capacity, that a service takes on at most before it refuses more.
const queue = 0.1

// mostRoom returns the requests that an idle service takes on at once, which is at least one.
func (c *clock) mostRoom() float64 { return max(c.capacity/c.step*queue, c.capacity, 1) }

// answered returns how many of a step's requests are answered. It is called for every step.
func (c *clock) answered(t int, requests float64) float64 {
	c.room = min(c.room+c.capacity, c.mostRoom())
	if t < c.outage {
		return 0
	}
	answers := min(requests, c.room)
	c.room -= answers
	if requests > answers*(1+1e-9) {
		c.over = t
	}
	return answers
}

// count notes a step; it reports whether what happens later can still matter.
func (c *clock) count(t int, requests, open float64) (more bool) {
	c.offered = append(c.offered, requests)
	c.requests += requests
	if t <= max(c.outage-1, c.over) {
		c.begun = c.calls
	}
	if t <= c.outage {
		return true
	}
	if open < 1e-9*c.calls {
		return false
	}
	return t < c.most && t <= c.over+c.span
}

// points is the number of values of a series that is drawn.
const points = 240

// load sums up what was counted.
func (c *clock) load() *Load {
	l := &Load{Requests: 1, Simulated: c.simulated}
	if c.begun > 0 { // else no call happens to meet the outage
		l.GaveUp, l.Requests = min(c.failed/c.begun, 1), (c.requests-(c.calls-c.begun))/c.begun
	}
	window := max(int(math.Round(1/c.step)), 1)
	inside := 0.0
	for t, requests := range c.offered {
		if t == 0 {
			continue // the first instant is the clients' doing, not their retries'
		}
		inside += requests
		if t > window {
			inside -= c.offered[t-window]
		}
		if over := inside / (c.capacity * float64(window)); over > l.Peak {
			l.Peak, l.PeakAt = over, float64(max(t-window+1, 0))*c.step
		}
	}
	if short := window - len(c.offered) + 1; short > 0 {
		// From here on every call succeeds at once.
		l.Peak, l.PeakAt = (inside+float64(short)*c.rate)/(c.capacity*float64(window)), 0
	}
	if l.Drain = float64(c.over+1-c.outage) * c.step; c.over >= c.most-2 {
		l.Drain = -1
	}
	each := (len(c.offered) + points - 1) / points
	l.Step = c.step * float64(each)
	for t := 0; t < len(c.offered); t += each {
		sum, n := 0.0, 0
		for _, requests := range c.offered[t:min(t+each, len(c.offered))] {
			sum += requests
			n++
		}
		l.Series = append(l.Series, sum/(c.capacity*float64(n)))
	}
	return l
}
