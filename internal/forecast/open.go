package forecast

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// Figure is one of the numbers of a verdict, by its name in JSON.
type Figure string

// The figures.
const (
	FigureAttempts  Figure = "attempts"
	FigureMeanWait  Figure = "meanWait"
	FigureWorstWait Figure = "worstWait"
	FigureWorstCall Figure = "worstCall"
	FigureOutlive99 Figure = "outlive99"
	FigureOutlive50 Figure = "outlive50"
	FigureGiveUp10  Figure = "giveUp10"
	FigureGiveUp50  Figure = "giveUp50"
	FigureReset     Figure = "reset"
)

// figures lists all figures.
var figures = []Figure{
	FigureAttempts, FigureMeanWait, FigureWorstWait, FigureWorstCall, FigureOutlive99, FigureOutlive50, FigureGiveUp10, FigureGiveUp50,
}

// Knows reports whether a figure is known.
func (v *Verdict) Knows(f Figure) bool { return !slices.Contains(v.Unknown, f) }

// hide makes figures unknown.
func (v *Verdict) hide(list []Figure) {
	v.Unknown = list
	if !v.Knows(FigureWorstCall) {
		v.WorstCall = 0
	}
}

// MarshalJSON writes null for what is not known.
func (v *Verdict) MarshalJSON() ([]byte, error) {
	type plain Verdict
	number := func(f Figure, x float64) *float64 {
		if !v.Knows(f) {
			return nil
		}
		return &x
	}
	attempts := &v.Attempts
	if !v.Knows(FigureAttempts) {
		attempts = nil
	}
	return json.Marshal(struct {
		Attempts  *int     `json:"attempts"`
		MeanWait  *float64 `json:"meanWait"`
		WorstWait *float64 `json:"worstWait"`
		WorstCall *float64 `json:"worstCall"`
		Outlive99 *float64 `json:"outlive99"`
		Outlive50 *float64 `json:"outlive50"`
		GiveUp10  *float64 `json:"giveUp10"`
		GiveUp50  *float64 `json:"giveUp50"`
		plain
	}{
		attempts, number(FigureMeanWait, v.MeanWait), number(FigureWorstWait, v.WorstWait), number(FigureWorstCall, v.WorstCall),
		number(FigureOutlive99, v.Outlive99), number(FigureOutlive50, v.Outlive50),
		number(FigureGiveUp10, v.GiveUp10), number(FigureGiveUp50, v.GiveUp50), plain(*v),
	})
}

// open lists what only the running program knows of a policy.
func open(p policy.Policy) []Value {
	var list []Value
	for _, o := range p.Open() {
		list = append(list, Value{p.Spelled(o.Entry.Name), string(o.Name)})
	}
	return list
}

// hides reports whether values hide the retries or the waits. How long an attempt may take changes neither.
func hides(values []Value) bool {
	return slices.ContainsFunc(values, func(v Value) bool { return v.Option != "timeout" && v.Option != "reset" })
}

// withoutOpen returns a policy without a timeout and a reset that only the running program knows, and the figures that
// depend on them.
func withoutOpen(p policy.Policy) (policy.Policy, []Figure) {
	var unknown []Figure
	if _, known := policy.Unbounded(p.Timeout); !known {
		p.Timeout, unknown = policy.Setting[policy.Length]{}, append(unknown, FigureWorstCall)
	}
	if _, known := policy.Unbounded(p.Reset); !known {
		p.Reset, unknown = policy.Setting[policy.Length]{}, append(unknown, FigureReset, FigureWorstCall)
	}
	return p, slices.Compact(unknown)
}

// partial forecasts what can be told of a policy whose retries or waits are open.
func partial(ctx context.Context, p policy.Policy, values []Value, seed uint64) (*Forecast, error) {
	v := &Verdict{}
	known := map[Figure]bool{}
	if n, ok := p.Attempts(); ok {
		v.Attempts, known[FigureAttempts] = n, true
	}
	if _, longest, ok := p.Totals(); ok {
		v.WorstWait, known[FigureWorstWait] = longest.Seconds(), true
	}
	v.Unknown = slices.DeleteFunc(slices.Clone(figures), func(f Figure) bool { return known[f] })
	return &Forecast{Verdict: v, Partial: true, Open: values, FirstWaits: firstWaits(ctx, p, seed)}, ctx.Err()
}

// mostFirst is how many first waits there are at most.
const mostFirst = 5

// firstWaits returns the first waits of a policy, if they are known. Nothing ends a call before them.
func firstWaits(ctx context.Context, p policy.Policy, seed uint64) []Spread {
	n, counted := p.MaxRetries()
	if !counted || n == policy.Unlimited || n > mostFirst {
		n = mostFirst
	}
	for k := range n {
		if _, _, known := p.Bounds(k + 1); !known || p.NeverWaits() {
			return nil
		}
	}
	p.Retries = policy.Setting[policy.RetryCount]{State: policy.Set, Value: policy.RetryCount{Number: policy.Written(n)}}
	p.Within, p.Timeout, p.Reset = policy.Setting[policy.Length]{}, policy.Setting[policy.Length]{}, policy.Setting[policy.Length]{}
	walk := newPlan(p, 0).walk(ctx, seed)
	if walk == nil {
		return nil
	}
	var list []Spread
	for _, stage := range walk.Stages[1:] {
		list = append(list, spread(stage.Wait, 0))
	}
	return list
}
