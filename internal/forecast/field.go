package forecast

import (
	"context"
	"math"
)

// field is the mean field of many clients: in each step, how many requests of each attempt there are. Clients are
// exchangeable, so that the number of the attempt is all that there is to know of one.
//
// What waits is kept as rates that begin and end: a uniform wait adds the same to every step between its ends, a clamped
// Poisson interval an amount that decays. So a step costs a few operations for each attempt, for any number of clients
// and any wait.
type field struct {
	*clock
	classes []class
	first   float64 // calls at the beginning
	tokens  *tokens
	tell    func(share float64)
}

// class holds the requests of one attempt that have been sent and not answered.
type class struct {
	kernel
	begin, end, at []float64 // rings, by step: what begins and ends to arrive, and what arrives at one step
	flow           float64   // arrives in this step, of waits that are spread out
}

// kernel is the law of a wait in steps. It spreads over all steps between two, with partial steps at both ends.
type kernel struct {
	from, to  int     // the first and the last step
	edgeFrom  float64 // the share that arrives in the first
	edgeTo    float64 // and in the last
	inner     float64 // and in the one after the first
	decay     float64 // from each step to the next
	remainder float64 // inner·decay^(steps between): what to take away at the end
}

func newKernel(law Law, after, step float64) kernel {
	at := func(x float64) int { return max(int(math.Round((x+after)/step)), 1) }
	k := kernel{from: at(law.Min()), to: at(law.Max()), decay: 1}
	if k.from == k.to || law.isPoint() {
		k.to, k.edgeFrom = k.from, 1
		return k
	}
	k.edgeFrom = law.CDF((float64(k.from)+0.5)*step - after)
	k.edgeTo = 1 - law.CDF((float64(k.to)-0.5)*step-after)
	if between := k.to - k.from - 1; between > 0 {
		if law.scale > 0 {
			k.decay = math.Exp(-step / law.scale)
		}
		weights := float64(between)
		if k.decay < 1 {
			weights = math.Expm1(-float64(between)*step/law.scale) / math.Expm1(-step/law.scale)
		}
		k.inner = (1 - k.edgeFrom - k.edgeTo) / weights
		k.remainder = k.inner * math.Pow(k.decay, float64(between))
	}
	return k
}

func newField(p plan, s Scenario, c *clock) *field {
	f := &field{clock: c, first: float64(s.Clients), tokens: newTokens(s.Budget, c.step), tell: s.Progress}
	for _, law := range p.laws {
		k := newKernel(law, p.attempt, c.step)
		ring := min(k.to, c.most) + 1 // what arrives later is not waited for
		f.classes = append(f.classes, class{kernel: k, begin: make([]float64, ring), end: make([]float64, ring), at: make([]float64, ring)})
	}
	return f
}

// send puts requests on their way from step t.
func (c *class) send(t int, requests float64) {
	ring := len(c.at)
	if c.from < ring {
		c.at[(t+c.from)%ring] += requests * c.edgeFrom
	}
	if c.from+1 < ring && c.inner > 0 {
		c.begin[(t+c.from+1)%ring] += requests * c.inner
	}
	if c.from < c.to && c.to < ring {
		c.at[(t+c.to)%ring] += requests * c.edgeTo
		c.end[(t+c.to)%ring] += requests * c.remainder
	}
}

// arrive returns the requests of step t.
func (c *class) arrive(t int) float64 {
	slot := t % len(c.at)
	c.flow = max(c.flow*c.decay+c.begin[slot]-c.end[slot], 0)
	requests := c.at[slot] + c.flow
	c.at[slot], c.begin[slot], c.end[slot] = 0, 0, 0
	return requests
}

func (f *field) run(ctx context.Context) error {
	arriving := make([]float64, len(f.classes)+1)
	open := 0.0 // calls between two attempts
	for t := 0; ; t++ {
		if t%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if f.tell != nil {
				f.tell(float64(t) / float64(f.most))
			}
		}
		arriving[0] = f.rate
		if t == 0 {
			arriving[0] += f.first
		}
		f.calls += arriving[0]
		f.tokens.deposit(arriving[0])
		requests := arriving[0]
		for k := range f.classes {
			arriving[k+1] = f.classes[k].arrive(t)
			requests += arriving[k+1]
			open -= arriving[k+1]
		}
		if answers := f.answered(t, requests); requests > 0 {
			open += f.retry(t, arriving, 1-answers/requests)
		}
		if !f.count(t, requests, open+f.rate) {
			return nil
		}
	}
}

// retry sends the failed requests of a step again, as far as the budget allows, and returns their number.
func (f *field) retry(t int, arriving []float64, failing float64) float64 {
	last := len(arriving) - 1
	wanted := 0.0
	for _, requests := range arriving[:last] {
		wanted += requests * failing
	}
	granted := f.tokens.take(wanted)
	f.failed += arriving[last]*failing + wanted*(1-granted)
	for k, requests := range arriving[:last] {
		if requests > 0 && failing > 0 {
			f.classes[k].send(t, requests*failing*granted)
		}
	}
	return wanted * granted
}

// tokens is a budget in use. Nil refuses nothing.
type tokens struct {
	Budget
	left float64
	step float64
}

func newTokens(b *Budget, step float64) *tokens {
	if b == nil {
		return nil
	}
	return &tokens{*b, b.Burst, step}
}

// deposit counts the calls of a step.
func (t *tokens) deposit(calls float64) {
	if t != nil {
		t.left = min(t.left+t.PerSecond*t.step+t.Ratio*calls, t.Burst)
	}
}

// take returns the share of the wanted retries that get tokens.
func (t *tokens) take(wanted float64) float64 {
	if t == nil || wanted <= 0 {
		return 1
	}
	taken := min(wanted, t.left)
	t.left -= taken
	return taken / wanted
}

// takeAll takes tokens if there are enough.
func (t *tokens) takeAll(wanted float64) bool {
	if t == nil {
		return true
	}
	if t.left < wanted {
		return false
	}
	t.left -= wanted
	return true
}
