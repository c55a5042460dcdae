package forecast_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// FuzzForecast has what is true of every policy be true of any that parses.
func FuzzForecast(f *testing.F) {
	for _, text := range []string{
		"", "retries=0", "retries=3", "retries=4 delay=exponential(2) jitter=3", "retries=2 delay=0", "retries=n delay=1", "retries=2 delay=linear(.d) jitter=+p%", "retries=3 delay=10 cap=1 jitter=full",
		"retries=60 delay=exponential(2)", "retries=5 delay=1 jitter=decorrelated cap=20s", "retries=30 delay=1 " +
			"jitter=decorrelated", "retries=3 delay=1 jitter=50% within=2s",
		"retries=unlimited delay=1ns", "retries=4 delay=1ns jitter=full", "retries=3 delay=backoff", "retries=2 delay=292y", "retries=3 delay=9223372036 jitter=1000000", "retries=9 delay=[0,1,0] jitter=3 cap=1ms",
	} {
		f.Add(text, uint16(100))
	}
	f.Fuzz(func(t *testing.T, text string, milliseconds uint16) {
		p, problems := policy.Parse(text, 0)
		if len(problems) > 0 {
			return
		}
		if n, ok := p.MaxRetries(); ok && (n > 200 || n == policy.Unlimited) {
			p.Retries.Value = policy.RetryCount{Number: policy.Written(200)} // each case is to be quick
		}
		scenario := forecast.Scenario{AttemptTime: time.Duration(milliseconds) * time.Millisecond}
		got, err := forecast.New(context.Background(), p, scenario)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got.Partial {
			if got.Verdict.Knows(forecast.FigureGiveUp10) || got.Timeline != nil || got.Failures != nil {
				t.Errorf("%q: a forecast of what is not known: %+v", text, got)
			}
			return
		}
		check(t, text, got)
	})
}

func check(t *testing.T, text string, f *forecast.Forecast) {
	t.Helper()
	ordered := func(what string, numbers ...float64) {
		t.Helper()
		for i, x := range numbers {
			if math.IsNaN(x) || math.IsInf(x, 0) || i > 0 && x < numbers[i-1]*(1-1e-9)-1e-12 {
				t.Fatalf("%q: %s: %v", text, what, numbers)
			}
		}
	}
	reach := 1.0
	for i, a := range f.Timeline {
		ordered(fmt.Sprint("wait before attempt ", a.Number), 0, a.Wait.Min, a.Wait.P50, a.Wait.P99, a.Wait.Max)
		ordered(fmt.Sprint("beginning of attempt ", a.Number), 0, a.Begin.Min, a.Begin.P50, a.Begin.P99, a.Begin.Max)
		ordered(fmt.Sprint("mean of attempt ", a.Number), a.Begin.Min, a.Begin.Mean, a.Begin.Max)
		ordered("shares that come so far", 0, a.Reach, reach)
		if reach = a.Reach; i == 0 && reach != 1 {
			t.Fatalf("%q: %v make a first attempt", text, reach)
		}
	}
	for i, row := range f.Failures {
		ordered("latencies", 0, row.P50, row.P99, row.P999)
		ordered("successes", 0, row.Success, 1)
		if i > 0 {
			before := f.Failures[i-1]
			ordered("requests as more attempts fail", 1, before.Requests, row.Requests)
			ordered("successes as more attempts fail", row.Success, before.Success)
		}
	}
	if last := f.Failures[len(f.Failures)-1]; last.Share != 1 || last.Success > 1e-9 {
		t.Fatalf("%q: where every attempt fails a share of %v succeeds", text, last.Success)
	}
	v := f.Verdict
	ordered("waits", 0, v.MeanWait, v.WorstWait)
	ordered("outages", 0, v.Outlive99, v.Outlive50)
	ordered("odds of giving up", 0, v.GiveUp10, v.GiveUp50, 1)
	if f.Herd != nil {
		for _, wave := range f.Herd.Waves {
			ordered("busiest windows", 0, wave.Busiest100ms, wave.Busiest1s, 1)
		}
	}
}

// More attempts send more requests, and no budget raises the load.
func TestLoadGrows(t *testing.T) {
	for _, p := range []float64{0, 0.01, 0.3, 0.9, 1} {
		before := 0.0
		for n := range 20 {
			requests := forecast.Requests(n+1, p)
			if requests < before {
				t.Errorf("p = %v: %d attempts send %v requests, one less %v", p, n+1, requests, before)
			}
			before = requests
			for kind := forecast.PerRequest; kind <= forecast.GRPC; kind++ {
				if allowed := kind.Steady(0.2, n+1, p); allowed > requests-1 || allowed < 0 {
					t.Errorf("p = %v: a budget of kind %v allows %v retries, there are %v without", p, kind, allowed, requests-1)
				}
			}
		}
	}
	for _, budget := range []*forecast.Budget{{}, {Ratio: 0.1, Burst: 10}, {Ratio: 1, PerSecond: 100, Burst: 1e6}} {
		f, err := forecast.New(context.Background(), parse(t, "retries=4 delay=exponential(1) "+
			"jitter=full"), forecast.Scenario{Outage: 5 * s, Clients: 100_000, Rate: 1000, Capacity: 10_000, Budget: budget})
		if err != nil {
			t.Fatal(err)
		}
		if o := f.Outage; o.Requests > o.Unlimited.Requests*(1+1e-9) || o.Peak > o.Unlimited.Peak*(1+1e-9) {
			t.Errorf("%+v: %v requests for each call at a peak of %v, without the budget "+
				"%v at %v", *budget, o.Requests, o.Peak, o.Unlimited.Requests, o.Unlimited.Peak)
		}
	}
}

// Layers of 4, 4 and 4 attempts are one of 64; five of 3 are one of 243.
func TestNesting(t *testing.T) {
	for _, p := range []float64{0.1, 0.5, 0.9, 1} {
		for layers, n := range map[[2]int]int{{3, 4}: 64, {5, 3}: 243} {
			if got := nested(layers[0], layers[1], p); !near(got, forecast.Requests(n, p), 1e-9) {
				t.Errorf("%d layers of %d at p = %v: %v requests, telescoped %v", layers[0], layers[1], p, got, forecast.Requests(n, p))
			}
		}
	}
}

// Layers that are drawn, attempt by attempt, come to what the telescoped form says.
func TestNestingDrawn(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 4))
	for _, p := range []float64{0.1, 0.5, 0.9} {
		var requests, failures float64
		var call func(layers int) (ok bool)
		call = func(layers int) bool {
			if layers == 0 {
				requests++
				return random.Float64() >= p
			}
			for range 4 {
				if call(layers - 1) {
					return true
				}
			}
			return false
		}
		const calls = 200_000
		for range calls {
			if !call(3) {
				failures++
			}
		}
		if got, want := requests/calls, forecast.Requests(64, p); !near(got, want, 0.005) {
			t.Errorf("p = %v: %v requests drawn, %v telescoped", p, got, want)
		}
		if got, want := failures/calls, math.Pow(p, 64); math.Abs(got-want) > 0.001 {
			t.Errorf("p = %v: a share of %v fails, %v telescoped", p, got, want)
		}
	}
}

// nested returns the requests of layers one in another: each attempt of a layer is a call of the next.
func nested(layers, attempts int, p float64) float64 {
	if layers == 0 {
		return 1
	}
	// A call of the inner layers fails if all their attempts do.
	failing := math.Pow(p, math.Pow(float64(attempts), float64(layers-1)))
	return forecast.Requests(attempts, failing) * nested(layers-1, attempts, p)
}
