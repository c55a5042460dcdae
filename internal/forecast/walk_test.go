package forecast_test

import (
	"context"
	"math"
	"math/bits"
	"slices"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// uniforms returns the distribution of a sum of independent numbers, each uniform on [low, low+width]: the signed sum
// over all subsets of (x - lows - widths of the subset)^n, over n! and the product of the widths. It is exact but for
// rounding, which cancellation makes large beyond eight.
func uniforms(lows, widths []float64, x float64) float64 {
	n := len(lows)
	for _, low := range lows {
		x -= low
	}
	sum := 0.0
	for subset := range 1 << n {
		rest := x
		for i, width := range widths {
			if subset>>i&1 == 1 {
				rest -= width
			}
		}
		if rest <= 0 {
			continue
		}
		term := math.Pow(rest, float64(n))
		if bits.OnesCount(uint(subset))%2 == 1 {
			term = -term
		}
		sum += term
	}
	for i, width := range widths {
		sum /= width * float64(i+1)
	}
	return min(max(sum, 0), 1)
}

func TestSumsOfUniformWaits(t *testing.T) {
	for _, text := range []string{
		"retries=2 delay=1 jitter=full", "retries=8 delay=1 jitter=full", "retries=8 delay=2 jitter=20%", "retries=5 delay=exponential(1) jitter=equal",
		"retries=6 delay=exponential(1) jitter=full", "retries=4 delay=1,7,2,30 jitter=50%", "retries=8 delay=fibonacci(1) " +
			"jitter=full cap=9", "retries=7 delay=linear(250ms) jitter=10%",
	} {
		p := parse(t, text)
		walk := forecast.NewWalk(p, 0, 0)
		var lows, widths []float64
		for k, stage := range walk.Stages[1:] {
			lows, widths = append(lows, stage.Wait.Min()), append(widths, stage.Wait.Max()-stage.Wait.Min())
			for _, q := range []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999} {
				got := forecast.Quantile(stage.Begin, q)
				low, high := stage.Begin.Min(), stage.Begin.Max()
				for range 100 {
					if middle := (low + high) / 2; uniforms(lows, widths, middle) < q {
						low = middle
					} else {
						high = middle
					}
				}
				if !near(got, high, 1e-5) {
					t.Errorf("%s, retry %d: quantile %v is %v, by subsets %v", text, k+1, q, got, high)
				}
			}
		}
	}
}

// A sum with points in it meets them exactly, without rounding to a cell.
func TestPoints(t *testing.T) {
	for text, want := range map[string][]float64{
		"retries=4 delay=exponential(2)":                  {0, 2, 6, 14, 30},
		"retries=3 delay=8 jitter=decorrelated cap=500ms": {0, 0.5, 1, 1.5},
		"retries=3 delay=250ms jitter=0":                  {0, 0.25, 0.5, 0.75},
	} {
		walk := forecast.NewWalk(parse(t, text), 0, 0)
		for k, at := range want {
			for _, q := range []float64{0, 0.3, 1} {
				if got := forecast.Quantile(walk.Stages[k].Begin, q); got != at {
					t.Errorf("%s: attempt %d begins at %v, want %v", text, k+1, got, at)
				}
			}
		}
	}
	// Half of these calls end after the first attempt, at 0, a quarter at exactly 2 s.
	f := forecast.NewWalk(parse(t, "retries=4 delay=exponential(2)"), 0, 0).Fail(0.5)
	if f.P50 != 0 || f.P99 != 30 || f.P999 != 30 {
		t.Errorf("latencies of %v, %v and %v; want 0, 30 and 30", f.P50, f.P99, f.P999)
	}
}

var closed = []string{
	"retries=0", "retries=3", "retries=4 delay=exponential(2) jitter=3", "retries=4 delay=1 jitter=full", "retries=8 delay=2 jitter=20%",
	"retries=5 delay=exponential(1) jitter=decorrelated", "retries=5 delay=1,2,4 " +
		"jitter=equal cap=3", "retries=10 delay=fibonacci(1) jitter=1 cap=8",
}

func TestClosedForms(t *testing.T) {
	for _, text := range closed {
		walk := forecast.NewWalk(parse(t, text), 70*time.Millisecond, 0)
		n := float64(len(walk.Stages))
		for _, p := range []float64{0, 0.01, 0.1, 0.3, 0.5, 0.9, 0.99, 1} {
			f := walk.Fail(p)
			requests := n
			if p < 1 {
				requests = (1 - math.Pow(p, n)) / (1 - p)
			}
			if math.Abs(f.Success-(1-math.Pow(p, n))) > 1e-12 || !near(f.Requests, requests, 1e-12) {
				t.Errorf("%s at %v: success %v and %v requests, want %v and %v", text, p, f.Success, f.Requests, 1-math.Pow(p, n), requests)
			}
			if got := forecast.Requests(int(n), p); !near(got, requests, 1e-12) {
				t.Errorf("Requests(%v, %v) = %v, want %v", n, p, got, requests)
			}
		}
	}
}

// Means of waits add up to the means of when attempts begin.
func TestMeansAddUp(t *testing.T) {
	for _, text := range closed {
		walk := forecast.NewWalk(parse(t, text), 0, 0)
		sum, tolerance := 0.0, 1e-12
		for k, stage := range walk.Stages {
			if k > 0 {
				sum += stage.Wait.Mean()
			}
			if text == "retries=5 delay=exponential(1) jitter=decorrelated" {
				tolerance = 2e-4 // the chain's grid
			}
			if !near(stage.Begin.Mean(), sum, tolerance) {
				t.Errorf("%s: attempt %d begins at %v on average, its waits add up to %v", text, k+1, stage.Begin.Mean(), sum)
			}
		}
	}
}

// What is computed and what is drawn stand behind one type, and agree.
func TestComputedAgainstDrawn(t *testing.T) {
	calls := 100_000
	for _, text := range append(closed, "retries=5 delay=1 jitter=50% within=3", "retries=4 delay=exponential(1) jitter=3 "+
		"within=5", "retries=3 delay=1 within=2500ms") {
		p := parse(t, text)
		walk := forecast.NewWalk(p, 100*time.Millisecond, 0)
		drawn := forecast.SimulateWalk(context.Background(), p, 100*time.Millisecond, calls, 7)
		if walk.Simulated || !drawn.Simulated {
			t.Errorf("%s: simulated %v and %v", text, walk.Simulated, drawn.Simulated)
		}
		if len(walk.Stages) != len(drawn.Stages) {
			t.Errorf("%s: %d and %d attempts", text, len(walk.Stages), len(drawn.Stages))
			continue
		}
		for k := range walk.Stages {
			for name, d := range map[string][2]forecast.Distribution{
				"begin": {walk.Stages[k].Begin, drawn.Stages[k].Begin}, "stop": {walk.Stages[k].Stop, drawn.Stages[k].Stop}, "wait": {walk.Stages[k].Wait, drawn.Stages[k].Wait},
			} {
				if k == 0 && name == "wait" {
					continue
				}
				if math.Abs(d[0].Mass()-d[1].Mass()) > 0.006 {
					t.Errorf("%s, attempt %d, %s: %v and %v of the calls", text, k+1, name, d[0].Mass(), d[1].Mass())
				}
				drawn := float64(calls)
				if name == "wait" {
					drawn *= walk.Stages[k].Begin.Mass() // of the calls that take it
				}
				for _, q := range []float64{0.01, 0.1, 0.5, 0.9, 0.99} {
					at := forecast.Quantile(d[1], q)
					if a, b := d[0].Below(at+1e-9), d[1].Below(at+1e-9); math.Abs(a-b) > 1.9/math.Sqrt(drawn) {
						t.Errorf("%s, attempt %d, %s: at %v are %v computed and %v drawn", text, k+1, name, at, a, b)
					}
				}
			}
		}
	}
}

// With "within" the last attempt begins no later, and shares still add up.
func TestWithin(t *testing.T) {
	walk := forecast.NewWalk(parse(t, "retries=9 delay=1 jitter=50% within=2500ms"), 100*time.Millisecond, 0)
	ended := 0.0
	for k, stage := range walk.Stages {
		if at := stage.Begin.Max() + 0.1*float64(k); at > 2.5+1e-9 {
			t.Errorf("attempt %d may begin at %v", k+1, at)
		}
		ended += stage.Stop.Mass()
	}
	if math.Abs(ended-1) > 1e-12 {
		t.Errorf("%v of all calls end", ended)
	}
	if f := walk.Fail(1); f.Success > 1e-12 || f.Requests >= 4.5 {
		t.Errorf("where all attempts fail: %+v", f)
	}
}

func TestSaturation(t *testing.T) {
	f, err := forecast.New(context.Background(), parse(t, "retries=60 delay=exponential(2)"), forecast.Scenario{})
	if err != nil || !f.Verdict.Saturated {
		t.Errorf("60 retries of exponential(2): %+v, %v; want saturated", f.Verdict, err)
	}
	for _, text := range []string{"retries=60 delay=exponential(2) cap=1m", "retries=20 delay=exponential(2)", "retries=0", "retries=5"} {
		if f, _ := forecast.New(context.Background(), parse(t, text), forecast.Scenario{}); f.Verdict.Saturated {
			t.Errorf("%s: saturated", text)
		}
	}
}

func TestUnlimited(t *testing.T) {
	f, err := forecast.New(context.Background(), parse(t, "retries=unlimited delay=exponential(1) jitter=full cap=30s"), forecast.Scenario{})
	if err != nil {
		t.Fatal(err)
	}
	if v := f.Verdict; v.Attempts != policy.Unlimited || !v.Unbounded || v.WorstCall != 0 {
		t.Errorf("unlimited retries: %+v", v)
	}
	if f.Unknown[len(f.Unknown)-1] != forecast.UnknownEnd {
		t.Errorf("unlimited retries: unknown are %v", f.Unknown)
	}
}

// TestShared says of what callers share that the forecast is without it, unless the scenario has it.
func TestShared(t *testing.T) {
	p := parse(t, "retries=2 delay=1 budget=b guard=g")
	f, err := forecast.New(context.Background(), p, forecast.Scenario{})
	if want := []forecast.Unknown{forecast.UnknownBudget, forecast.UnknownGuard}; err != nil || !slices.Equal(f.Unknown, want) {
		t.Errorf("unknown are %v, error %v; want %v", f.Unknown, err, want)
	}
	f, err = forecast.New(context.Background(), p, forecast.Scenario{Budget: &forecast.Budget{Ratio: 1}})
	if want := []forecast.Unknown{forecast.UnknownGuard}; err != nil || !slices.Equal(f.Unknown, want) {
		t.Errorf("with a budget, unknown are %v, error %v; want %v", f.Unknown, err, want)
	}
}
