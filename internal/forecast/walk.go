package forecast

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Horizon is the number of retries that are looked at one by one. Of a policy with more, or unlimited ones, the rest is
// as if it were not there, and what is shown says so.
const Horizon = 1000

// Walk is the way of calls through a policy as long as every attempt fails: when each attempt begins, and where those
// end that the policy lets go no further.
type Walk struct {
	Stages    []Stage // by attempt, from the first
	Simulated bool    // the distributions are of drawn calls
	attempt   float64 // seconds that an attempt takes
}

// Stage is what a walk knows of one attempt. Times leave out what earlier attempts took themselves.
type Stage struct {
	Wait  Distribution // the wait right before the attempt, of calls that make it; nil before the first
	Begin Distribution // all waits before the attempt, of the calls that make it
	Stop  Distribution // the same of those that end with it when it fails
}

// spent returns the seconds that earlier attempts took when an attempt, counted from 0, begins.
func (w *Walk) spent(attempt int) float64 { return float64(attempt) * w.attempt }

// NewWalk follows the attempts of a policy, each of which takes a time. It computes the distributions where it can and
// draws calls where it cannot: for decorrelated jitter that "within" cuts short, and beyond a dozen retries of it.
func NewWalk(p policy.Policy, attempt time.Duration, seed uint64) *Walk {
	return newPlan(p, attempt).walk(context.Background(), seed)
}

// walk follows the attempts. It returns nil when ctx is done.
func (p plan) walk(ctx context.Context, seed uint64) *Walk {
	if p.drawn() {
		return p.simulate(ctx, p.draws(), seed)
	}
	return p.compute(ctx)
}

// SimulateWalk draws calls, whatever the policy. It ends early, and returns nil, when ctx is done.
func SimulateWalk(ctx context.Context, p policy.Policy, attempt time.Duration, calls int, seed uint64) *Walk {
	return newPlan(p, attempt).simulate(ctx, calls, seed)
}

// draws returns the number of calls drawn where nothing can be computed: so many that percentiles are right to about 1 %,
// fewer where each has many waits.
func (p plan) draws() int { return min(max(1_000_000/(len(p.laws)+1), 4_000), 100_000) }

// plan is a policy as a walk needs it.
type plan struct {
	laws         []Law // before each retry
	decorrelated bool
	first, limit float64 // of decorrelated waits
	attempt      float64
	within       float64 // +Inf for any time
}

func newPlan(p policy.Policy, attempt time.Duration) plan {
	n, _ := p.MaxRetries()
	if n == policy.Unlimited || n > Horizon {
		n = Horizon
	}
	plan := plan{attempt: attempt.Seconds(), within: math.Inf(1), limit: capOf(p)}
	if p.Within.IsSet() {
		plan.within = seconds(p.Within)
	}
	for k := range n {
		plan.laws = append(plan.laws, lawOf(p, k+1))
	}
	if p.HasJitter(policy.Decorrelated) {
		plan.first = delayOf(p, 1)
		plan.decorrelated = plan.first > 0 && plan.first < plan.limit && n > 0
	}
	return plan
}

// binding reports whether "within" can end a call before a retry, counted from 0, by all waits being as long as they
// may.
func (p plan) binding() bool {
	longest := 0.0
	for k, law := range p.laws {
		longest += law.Max()
		if longest > p.left(k) {
			return true
		}
	}
	return false
}

// left returns the waits that "within" leaves for the retries up to one, counted from 0.
func (p plan) left(retry int) float64 { return p.within - float64(retry+1)*p.attempt }

func (p plan) drawn() bool {
	return p.decorrelated && (len(p.laws) > mostDecorrelated || p.binding())
}

// resolution keeps long walks quick.
func (p plan) resolution() int {
	switch n := len(p.laws); {
	case n > 256:
		return cells / 16 // so many waits are close to a normal distribution
	case n > 64:
		return cells / 4
	}
	return cells
}

// compute returns the exact walk. It ends early, and returns nil, when ctx is done.
func (p plan) compute(ctx context.Context) *Walk {
	w := &Walk{attempt: p.attempt}
	begin := Distribution(shifted{})
	w.Stages = append(w.Stages, Stage{Begin: begin})
	if p.decorrelated {
		waits, totals := decorrelated(p.first, p.limit, len(p.laws))
		for k := range p.laws {
			law, begin := p.laws[k], w.Stages[k].Begin
			w.Stages = append(w.Stages, Stage{
				Wait:  bounded{waits[k], law.Min(), law.Max()},
				Begin: bounded{totals[k], begin.Min() + law.Min(), begin.Max() + law.Max()},
			})
		}
	} else {
		for k, law := range p.laws {
			if ctx.Err() != nil {
				return nil
			}
			left := p.left(k)
			next := plus(begin, law, p.resolution())
			wait := Distribution(law)
			if next.Max() > left {
				wait = taken(begin, law, left)
				next = cut(next, left, p.resolution())
			}
			if next.Mass() < 1e-15 {
				break
			}
			w.Stages[k].Stop = stopped(begin, law, left, begin.Mass()-next.Mass())
			w.Stages = append(w.Stages, Stage{Wait: wait, Begin: next})
			begin = next
		}
	}
	for k := range w.Stages {
		if w.Stages[k].Stop == nil {
			w.Stages[k].Stop = noCalls{}
		}
	}
	last := &w.Stages[len(w.Stages)-1]
	last.Stop = last.Begin
	return w
}

// steps is the resolution of what "within" does to a wait.
const steps = 1024

// taken returns the distribution of a wait that is only taken when all waits together leave off by a limit.
func taken(before Distribution, wait Law, limit float64) Distribution {
	if wait.isPoint() || before.Min()+wait.Min() >= limit {
		return point(wait.low) // all or none
	}
	t := table{times: []float64{wait.low}, shares: []float64{0}}
	for i := range steps {
		low, high := wait.Quantile(float64(i)/steps), wait.Quantile(float64(i+1)/steps)
		share := (before.Below(limit-low) + before.Below(limit-high)) / 2 / steps
		t.times = append(t.times, high)
		t.shares = append(t.shares, t.shares[i]+share)
	}
	if t.Mass() <= 0 {
		return wait
	}
	return bounded{t.scaled(1), wait.Min(), min(wait.Max(), limit-before.Min())}
}

// stopped returns the waits so far of calls for which the next wait would end after a limit; their share is known.
func stopped(before Distribution, wait Law, limit, share float64) Distribution {
	if share <= 0 {
		return noCalls{}
	}
	if before.Min() == before.Max() {
		return mixture{{weight: share / before.Mass(), Distribution: before}}
	}
	ends := func(at float64) float64 { return 1 - wait.CDF(limit-at) }
	t := table{times: []float64{before.Min()}, shares: []float64{0}}
	width := (before.Max() - before.Min()) / steps
	for i := range steps {
		low, high := before.Min()+float64(i)*width, before.Min()+float64(i+1)*width
		here := (before.Below(high) - before.Below(low)) * (ends(low) + ends(high)) / 2
		t.times = append(t.times, high)
		t.shares = append(t.shares, t.shares[i]+here)
	}
	return t.scaled(share)
}

// call is one drawn call.
type call struct {
	elapsed  float64 // all waits
	previous float64 // the latest, where it decides the next
}

// next draws the wait before a retry, counted from 0.
func (p *plan) next(random *rand.Rand, c *call, retry int) float64 {
	if !p.decorrelated {
		return p.laws[retry].Quantile(random.Float64())
	}
	if retry == 0 {
		c.previous = p.first
	}
	c.previous = p.first + random.Float64()*(min(3*c.previous, p.limit)-p.first)
	return c.previous
}

// simulate draws calls.
func (p plan) simulate(ctx context.Context, calls int, seed uint64) *Walk {
	n := len(p.laws)
	begins, waits, stops := make([][]float64, n+1), make([][]float64, n+1), make([][]float64, n+1)
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range calls {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil
		}
		var c call
		k := 0
		for ; ; k++ {
			begins[k] = append(begins[k], c.elapsed)
			if k == n {
				break
			}
			wait := p.next(random, &c, k)
			if c.elapsed+wait > p.left(k) {
				break
			}
			c.elapsed += wait
			waits[k+1] = append(waits[k+1], wait)
		}
		stops[k] = append(stops[k], c.elapsed)
	}
	w := &Walk{Simulated: true, attempt: p.attempt}
	reached := sort.Search(n+1, func(k int) bool { return len(begins[k]) == 0 })
	low, high := 0.0, 0.0
	for k := range reached {
		var stage Stage
		if k > 0 {
			law := p.laws[k-1]
			stage.Wait = newSamples(waits[k], len(waits[k]), law.Min(), min(law.Max(), p.left(k-1)-low))
			low, high = low+law.Min(), min(high+law.Max(), p.left(k-1))
		}
		stage.Begin, stage.Stop = newSamples(begins[k], calls, low, high), newSamples(stops[k], calls, low, high)
		w.Stages = append(w.Stages, stage)
	}
	return w
}
