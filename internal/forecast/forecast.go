// Package forecast computes what a retry policy does: how long calls take, which outages they survive,
// how many requests they add, and whether clients stay in step.
//
//	p, _ := policy.Parse("retries=4 delay=exponential(2) jitter=3", 0)
//	f, err := forecast.New(ctx, p, forecast.Scenario{Outage: 10 * time.Second, Clients: 1e6, Capacity: 50000})
//	if err != nil {
//		return err // an impossible scenario
//	}
//	fmt.Println(f.Verdict.MeanWait, f.Verdict.Outlive99, f.Outage.Peak) // 30.4 s, 7.58 s, 8.3 times the capacity
//
// Everything is a pure function of a policy and assumptions: no clock, no printing, and randomness from a seed alone.
// Times are in seconds unless they are a [time.Duration].
//
// What can be computed is computed: closed forms for attempts, convolution for sums of waits, a Markov chain for
// decorrelated jitter, a mean field for many clients. The rest is drawn: what "within" cuts out of decorrelated jitter, and
// small numbers of clients. Both stand behind the same types ([Distribution], [Walk], [Load]).
//
// Assumed throughout: attempts fail independently of one another, and each takes the same time; conditions and marks of
// errors always allow a retry; the context of the call has no deadline.
package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Scenario is what a forecast assumes. The zero value assumes attempts that take no time, and neither clients nor an
// outage.
type Scenario struct {
	AttemptTime time.Duration // that every attempt takes
	Clients     int           // calls that begin, and fail, at one instant; an outage begins with them
	Rate        float64       // new calls a second, before, during and after an outage
	Capacity    float64       // requests a second that the service answers, of which it queues 100 ms' worth, one at least; more fail at once
	Outage      time.Duration // during which every attempt fails; 0 for none
	Budget      *Budget       // that all retries share; nil for none
	Simulate    bool          // draw every client of an outage, however many there are
	Seed        uint64        // of all draws

	// Progress is told now and then which share of an outage's time has been drawn. Nil is told nothing.
	Progress func(share float64)

	brief bool // the load is one of several to compare, which may be drawn more coarsely
}

// The mistakes that a scenario can hold. [Scenario.Check] wraps them with the value.
var (
	ErrAttemptTime = errors.New("the time of an attempt must not be negative")
	ErrClients     = errors.New("the number of clients must not be negative")
	ErrRate        = errors.New("the rate of calls must be a number, and not negative")
	ErrCapacity    = errors.New("the capacity must be a number of requests a second, more than 0 where there is an outage")
	ErrOutage      = errors.New("the outage must not be negative")
	ErrBudget      = errors.New("the numbers of a budget must be numbers, and not negative")
	ErrSimulate    = errors.New("there are too many attempts to draw every client")
	ErrNobody      = errors.New("an outage needs clients or a rate of calls")
)

// Check finds a scenario that cannot be.
func (s Scenario) Check() error {
	bad := func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) || x < 0 }
	switch {
	case s.AttemptTime < 0:
		return fmt.Errorf("%v: %w", s.AttemptTime, ErrAttemptTime)
	case s.Clients < 0:
		return fmt.Errorf("%d: %w", s.Clients, ErrClients)
	case bad(s.Rate):
		return fmt.Errorf("%v: %w", s.Rate, ErrRate)
	case s.Outage < 0:
		return fmt.Errorf("%v: %w", s.Outage, ErrOutage)
	case bad(s.Capacity) || s.Outage > 0 && s.Capacity == 0:
		return fmt.Errorf("%v: %w", s.Capacity, ErrCapacity)
	case s.Budget != nil && (bad(s.Budget.Ratio) || bad(s.Budget.PerSecond) || bad(s.Budget.Burst)):
		return fmt.Errorf("%v: %w", *s.Budget, ErrBudget)
	case s.Outage > 0 && s.Clients == 0 && s.Rate == 0:
		return ErrNobody
	}
	return nil
}

// Forecast is what a policy does under a scenario. Times are in seconds.
type Forecast struct {
	Verdict   *Verdict  `json:"verdict"`
	Timeline  []Attempt `json:"timeline,omitempty"`
	Failures  []Failure `json:"failures,omitempty"`
	Herd      *Herd     `json:"herd,omitempty"`   // nil where nothing is retried
	Outage    *Outage   `json:"outage,omitempty"` // nil without an outage
	Simulated bool      `json:"simulated"`        // percentiles are of drawn calls, right to about 1 %
	Unknown   []Unknown `json:"unknown,omitempty"`
	Open      []Value   `json:"open,omitempty"` // what only the running program knows

	// Partial says that retries or waits are open: of the verdict little is known, and there is nothing else but FirstWaits.
	Partial    bool     `json:"partial,omitempty"`
	FirstWaits []Spread `json:"firstWaits,omitempty"` // as far as there are so many retries; empty if they are not known
}

// Value is a name in a policy whose value only the running program knows.
type Value struct {
	Option string `json:"option"`
	Name   string `json:"name"`
}

// Unknown is what a forecast cannot know of a policy, and takes as nothing.
type Unknown string

// What may be unknown.
const (
	UnknownRetries Unknown = "retries" // the environment may say
	UnknownDelay   Unknown = "delay"   // the environment may say, or a function decides
	UnknownBudget  Unknown = "budget"  // its numbers are the program's
	UnknownGuard   Unknown = "guard"   // it may refuse attempts or make them wait
	UnknownEnd     Unknown = "end"     // there are more retries than are looked at
)

// Verdict is a forecast in a few numbers. The waits are those of calls whose attempts all fail. In JSON, what is not known is
// null.
type Verdict struct {
	Attempts  int     `json:"attempts"` // at most; -1 for unlimited
	MeanWait  float64 `json:"meanWait"`
	WorstWait float64 `json:"worstWait"`
	WorstCall float64 `json:"worstCall"` // with the attempts themselves; 0 where nothing bounds them
	Outlive99 float64 `json:"outlive99"` // the outage that 99 % of calls outlive, if it begins with them
	Outlive50 float64 `json:"outlive50"`
	GiveUp10  float64 `json:"giveUp10"` // the share of calls that fail where 10 % of attempts do
	GiveUp50  float64 `json:"giveUp50"`
	Saturated bool    `json:"saturated"` // waits reach what no clock shows
	Unbounded bool    `json:"unbounded"` // retries never run out: the waits are those of the first Horizon

	// Reset is the time after which an attempt that fails begins a new series, 0 for none. Everything else is of one series.
	Reset float64 `json:"reset,omitempty"`

	Unknown []Figure `json:"unknown,omitempty"` // the figures that only the running program knows; they are 0 here
}

// Attempt is one line of a timeline.
type Attempt struct {
	Number int     `json:"number"` // from 1
	Reach  float64 `json:"reach"`  // the share of calls that make it while all attempts fail
	Wait   Spread  `json:"wait"`   // right before it
	Begin  Spread  `json:"begin"`  // after the call began
}

// Spread describes a distribution of times.
type Spread struct {
	Min  float64 `json:"min"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
}

func spread(d Distribution, after float64) Spread {
	if d == nil || d.Mass() <= 0 {
		return Spread{}
	}
	s := Spread{Min: d.Min(), P50: Quantile(d, 0.5), P99: Quantile(d, 0.99), Max: d.Max(), Mean: d.Mean()}
	return Spread{s.Min + after, s.P50 + after, s.P99 + after, s.Max + after, s.Mean + after}
}

// New forecasts. It returns an error for an impossible scenario, and when ctx is done.
func New(ctx context.Context, p policy.Policy, s Scenario) (*Forecast, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	values := open(p)
	if hides(values) {
		return partial(ctx, p, values, s.Seed)
	}
	p, unknownFigures := withoutOpen(p)
	walk := newPlan(p, s.AttemptTime).walk(ctx, s.Seed)
	if walk == nil {
		return nil, ctx.Err()
	}
	f := &Forecast{Simulated: walk.Simulated, Unknown: unknown(p, s), Timeline: walk.timeline(), Open: values}
	for _, share := range []float64{0.01, 0.1, 0.3, 0.5, 0.9, 1} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.Failures = append(f.Failures, walk.Fail(share))
	}
	f.Verdict = walk.verdict(p)
	f.Verdict.hide(unknownFigures)
	f.Herd = herd(p, walk, s)
	if s.Outage > 0 {
		var err error
		if f.Outage, err = outage(ctx, p, walk, s); err != nil {
			return nil, err
		}
	}
	return f, ctx.Err()
}

func unknown(p policy.Policy, s Scenario) []Unknown {
	var list []Unknown
	if p.Retries.State == policy.Absent {
		list = append(list, UnknownRetries)
	}
	if p.Retried() && (p.Delay.State == policy.Absent || p.HasDelayFunc()) {
		list = append(list, UnknownDelay)
	}
	if p.Budget.IsSet() && s.Budget == nil {
		list = append(list, UnknownBudget)
	}
	if p.Guard.IsSet() {
		list = append(list, UnknownGuard)
	}
	if n, _ := p.MaxRetries(); n == policy.Unlimited || n > Horizon {
		list = append(list, UnknownEnd)
	}
	return list
}

func (w *Walk) timeline() []Attempt {
	var list []Attempt
	for k, stage := range w.Stages {
		a := Attempt{Number: k + 1, Reach: stage.Begin.Mass(), Begin: spread(stage.Begin, w.spent(k))}
		if k > 0 {
			a.Wait = spread(stage.Wait, 0)
		}
		list = append(list, a)
	}
	return list
}

func (w *Walk) verdict(p policy.Policy) *Verdict {
	attempts, _ := p.Attempts()
	v := &Verdict{Attempts: attempts, Unbounded: p.Endless() && !p.Within.IsSet()}
	if p.Retried() {
		v.Reset = seconds(p.Reset)
	}
	waits, last := w.waits(), w.last()
	v.MeanWait, v.WorstWait = waits.Mean(), waits.Max()
	v.Outlive99, v.Outlive50 = Quantile(last, 0.01), Quantile(last, 0.5)
	v.GiveUp10, v.GiveUp50 = 1-w.Fail(0.1).Success, 1-w.Fail(0.5).Success
	if len(w.Stages) > Horizon && !v.Unbounded {
		v.WorstWait += beyondHorizon(p)
		if p.Within.IsSet() {
			v.WorstWait = min(v.WorstWait, seconds(p.Within))
		}
	}
	v.Saturated = v.WorstWait >= saturated
	v.WorstCall = worstCall(p, v)
	return v
}

// seconds returns the duration of an option, 0 if there is none.
func seconds(s policy.Setting[policy.Length]) float64 {
	d, _ := s.Value.Known()
	return d.Seconds()
}

// beyondHorizon bounds the waits of the retries that a walk leaves out. They are added up until they stay the same, and
// not for ever.
func beyondHorizon(p policy.Policy) float64 {
	n, _ := p.MaxRetries()
	if n == policy.Unlimited {
		n = math.MaxInt32
	}
	sum, last := 0.0, lawOf(p, n).Max()
	for k := Horizon + 1; k <= n; k++ {
		wait := lawOf(p, k).Max()
		if wait == last || k == 100*Horizon {
			return sum + float64(n-k+1)*max(wait, last)
		}
		sum += wait
	}
	return sum
}

// worstCall bounds the time of a call, 0 for no bound.
func worstCall(p policy.Policy, v *Verdict) float64 {
	if !p.Timeout.IsSet() || v.Reset > 0 && seconds(p.Timeout) >= v.Reset {
		return 0
	}
	timeout, bound := seconds(p.Timeout), math.Inf(1)
	if v.Attempts != policy.Unlimited {
		bound = v.WorstWait + float64(v.Attempts)*timeout
	}
	if p.Within.IsSet() {
		bound = min(bound, seconds(p.Within)+timeout)
	}
	if math.IsInf(bound, 1) {
		return 0
	}
	return bound
}

// saturated is what no clock shows, in seconds: a century and more, as in package policy.
const saturated = float64(1<<62) / 1e9
