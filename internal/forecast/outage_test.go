package forecast_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
)

const s = time.Second

// Many clients are a mean field, which agrees with clients that are drawn one by one.
func TestFieldAgainstCrowd(t *testing.T) {
	for _, test := range []struct {
		policy   string
		scenario forecast.Scenario
	}{
		{"retries=4 delay=exponential(2) jitter=3", forecast.Scenario{Outage: 10 * s, Clients: 200_000, Capacity: 10_000}},
		{"retries=4 delay=exponential(1) jitter=full", forecast.Scenario{Outage: 5 * s, Clients: 100_000, Capacity: 20_000}},
		{"retries=6 delay=1 jitter=50%", forecast.Scenario{Outage: 3 * s, Clients: 50_000, Rate: 5_000, Capacity: 20_000}},
		{"retries=3 delay=2", forecast.Scenario{Outage: 4 * s, Rate: 20_000, Capacity: 50_000}},
		{"retries=5 delay=1 jitter=1", forecast.Scenario{Outage: 8 * s, Rate: 10_000, Capacity: 15_000, AttemptTime: 200 * time.Millisecond}},
		{"retries=5 delay=1 jitter=equal", forecast.Scenario{Outage: 8 * s, Rate: 10_000, Capacity: 15_000, Budget: &forecast.Budget{Ratio: 0.1, Burst: 1000}}},
		{"retries=5 delay=1 jitter=full", forecast.Scenario{Outage: 8 * s, Clients: 100_000, Capacity: 15_000, Budget: &forecast.Budget{PerSecond: 2000, Burst: 5000}}},
	} {
		p := parse(t, test.policy)
		field, err := forecast.New(context.Background(), p, test.scenario)
		if err != nil {
			t.Fatal(err)
		}
		test.scenario.Simulate, test.scenario.Seed = true, 5
		crowd, err := forecast.New(context.Background(), p, test.scenario)
		if err != nil {
			t.Fatal(err)
		}
		a, b := field.Outage.Load, crowd.Outage.Load
		if a.Simulated || !b.Simulated {
			t.Errorf("%s: simulated %v and %v", test.policy, a.Simulated, b.Simulated)
		}
		if !near(a.Peak, b.Peak, 0.02) || math.Abs(a.GaveUp-b.GaveUp) > 0.01 || !near(a.Requests, b.Requests, 0.01) || math.Abs(a.Drain-b.Drain) > 0.5 {
			t.Errorf("%s: expected %s, drawn %s", test.policy, brief(a), brief(b))
		}
	}
}

func brief(l forecast.Load) string {
	l.Series = nil
	text, _ := json.Marshal(l)
	return string(text)
}

// What happens in an outage, in cases that can be told without a computer.
func TestOutage(t *testing.T) {
	run := func(text string, scenario forecast.Scenario) *forecast.Outage {
		t.Helper()
		f, err := forecast.New(context.Background(), parse(t, text), scenario)
		if err != nil {
			t.Fatal(err)
		}
		return f.Outage
	}
	// All come again at 2 s, 6 s, 14 s and 30 s. At 14 s and at 30 s what fits into 100 ms is answered.
	o := run("retries=4 delay=exponential(2)", forecast.Scenario{Outage: 10 * s, Clients: 1_000_000, Capacity: 50_000})
	if o.Peak != 20 || math.Abs(o.GaveUp-0.99) > 0.001 || math.Abs(o.Drain-20) > 0.2 {
		t.Errorf("a herd in step: %s", brief(o.Load))
	}
	// Everybody outlives a short outage within the capacity.
	o = run("retries=4 delay=exponential(2) jitter=full", forecast.Scenario{Outage: 100 * time.Millisecond, Clients: 1000, Capacity: 5000})
	if o.GaveUp > 0.001 {
		t.Errorf("a short outage: %s", brief(o.Load))
	}
	// 30,000 calls a second of 4 attempts are 120,000 requests a second while they fail. This service refuses what is too
	// much at no cost, and comes back all the same.
	o = run("retries=3 delay=1 jitter=full", forecast.Scenario{Outage: 10 * s, Rate: 30_000, Capacity: 50_000})
	if !o.Metastable || o.Sustained != 2.4 || o.Peak < 2.39 || o.Drain <= 0 || o.Drain > 3 {
		t.Errorf("a metastable failure: sustained %v, %s", o.Sustained, brief(o.Load))
	}
	// A budget of 10 % does not let them.
	o = run("retries=3 delay=1 jitter=full", forecast.Scenario{Outage: 10 * s, Rate: 30_000, Capacity: 50_000, Budget: &forecast.Budget{Ratio: 0.1, Burst: 100}})
	if o.Metastable || !near(o.Sustained, 0.66, 1e-12) || o.Drain != 0 || o.Unlimited.Drain == 0 {
		t.Errorf("with a budget: sustained %v, %s; without: %s", o.Sustained, brief(o.Load), brief(*o.Unlimited))
	}
}

// Outages far shorter than a second, services far slower than one request a queue, and calls whose retries have no end.
func TestOutageAtTheEdges(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name, policy string
		scenario     forecast.Scenario
		is           func(*forecast.Outage) bool
	}{
		{"a millisecond, in which a call or so begins: all outlive it, and the load is that of the calls",
			"retries=4 delay=1ms jitter=3", forecast.Scenario{Outage: ms, Rate: 1000, Capacity: 2000},
			func(o *forecast.Outage) bool {
				return o.GaveUp < 0.001 && o.Drain == 0 && near(o.Peak, 0.5, 0.01)
			}},
		{"a tenth of one: everybody who begins with it fails once, and once only",
			"retries=4 delay=exponential(1) jitter=equal", forecast.Scenario{Outage: 100 * time.Microsecond, Clients: 1000, Capacity: 100_000},
			func(o *forecast.Outage) bool { return o.GaveUp == 0 && o.Requests == 2 && o.Drain == 0 }},
		{"waits of a millisecond are not rounded away: the queue of an idle service takes 100 of 1000",
			"retries=4 delay=1ms jitter=1", forecast.Scenario{Outage: ms, Clients: 1000, Capacity: 1000},
			func(o *forecast.Outage) bool {
				return math.Abs(o.GaveUp-0.9) < 0.01 && o.Drain > 0.003 && o.Drain < 0.01
			}},
		{"an idle service answers one request, however slow it is",
			"retries=4 delay=exponential(2)", forecast.Scenario{Outage: 10 * s, Clients: 1, Capacity: 0.01},
			func(o *forecast.Outage) bool { return o.GaveUp == 0 && o.Requests == 4 }},
		{"retries without an end have no load to name, but keep the failure up",
			"retries=unlimited delay=1", forecast.Scenario{Outage: 10 * s, Rate: 100, Capacity: 500},
			func(o *forecast.Outage) bool { return o.Sustained == -1 && o.Metastable }},
		{"a budget bounds them",
			"retries=unlimited delay=1", forecast.Scenario{Outage: 10 * s, Rate: 100, Capacity: 500, Budget: &forecast.Budget{Ratio: 0.1, PerSecond: 10, Burst: 10}},
			func(o *forecast.Outage) bool { return near(o.Sustained, 0.24, 1e-12) && !o.Metastable }},
		{"within ends them",
			"retries=1000 delay=1 within=3s", forecast.Scenario{Outage: 10 * s, Rate: 100, Capacity: 500},
			func(o *forecast.Outage) bool { return near(o.Sustained, 0.8, 1e-9) && !o.Metastable }},
	} {
		f, err := forecast.New(context.Background(), parse(t, test.policy), test.scenario)
		if err != nil {
			t.Fatal(err)
		}
		if !test.is(f.Outage) {
			t.Errorf("%s: sustained %v, %s", test.name, f.Outage.Sustained, brief(f.Outage.Load))
		}
	}
}

// Schedules without an end and beyond any clock meet outages too.
func TestOutageOfLongSchedules(t *testing.T) {
	if testing.Short() {
		t.Skip("forecasts many loads")
	}
	for _, text := range []string{
		"retries=unlimited delay=1", "retries=60 delay=exponential(2)", "retries=60 delay=exponential(2) jitter=3", "retries=100 " +
			"delay=exponential(1) jitter=decorrelated",
		"retries=unlimited", "retries=3 delay=9223372036 jitter=1000000", "retries=unlimited delay=1ns " +
			"jitter=full", "retries=900 delay=10ms jitter=full", "retries=2 delay=backoff",
	} {
		for _, scenario := range []forecast.Scenario{
			{Outage: 10 * s, Clients: 1_000_000, Capacity: 50_000},
			{Outage: 10 * s, Rate: 20_000, Capacity: 50_000, AttemptTime: s, Budget: &forecast.Budget{Ratio: 0.1, Burst: 10}},
			{Outage: time.Millisecond, Clients: 3, Capacity: 1},
			{Outage: time.Nanosecond, Rate: 3, Capacity: 1},
			{Outage: 1000 * time.Hour, Clients: 100, Rate: 1, Capacity: 1e9},
		} {
			f, err := forecast.New(context.Background(), parse(t, text), scenario)
			if err != nil {
				t.Fatal(err)
			}
			if o := f.Outage; math.IsNaN(o.Peak) || o.GaveUp < 0 || o.GaveUp > 1 || o.Requests < 0.99 || math.IsNaN(o.Requests) {
				t.Errorf("%s, %+v: %s", text, scenario, brief(o.Load))
			}
		}
	}
}

// What bounds a call: all attempts and waits at their longest, or the last attempt that may begin.
func TestWorstCall(t *testing.T) {
	for text, want := range map[string]float64{
		"retries=2 delay=1":                                         0,
		"retries=2 delay=1 timeout=5":                               17,
		"retries=2 delay=1 timeout=5 within=4":                      9,
		"retries=unlimited delay=1 timeout=5":                       0,
		"retries=unlimited delay=1 timeout=5 within=1m jitter=full": 65,
	} {
		f, err := forecast.New(context.Background(), parse(t, text), forecast.Scenario{})
		if err != nil || f.Verdict.WorstCall != want {
			t.Errorf("%s: a call takes %v at worst, %v; want %v", text, f.Verdict.WorstCall, err, want)
		}
	}
}

func TestImpossibleScenarios(t *testing.T) {
	p := parse(t, "retries=1")
	for _, test := range []struct {
		scenario forecast.Scenario
		want     error
	}{
		{forecast.Scenario{Clients: -1}, forecast.ErrClients},
		{forecast.Scenario{Rate: math.NaN()}, forecast.ErrRate},
		{forecast.Scenario{Rate: -1}, forecast.ErrRate},
		{forecast.Scenario{AttemptTime: -1}, forecast.ErrAttemptTime},
		{forecast.Scenario{Outage: -1}, forecast.ErrOutage},
		{forecast.Scenario{Outage: s, Clients: 1}, forecast.ErrCapacity},
		{forecast.Scenario{Capacity: math.Inf(1)}, forecast.ErrCapacity},
		{forecast.Scenario{Outage: s, Capacity: 1}, forecast.ErrNobody},
		{forecast.Scenario{Budget: &forecast.Budget{Ratio: math.NaN()}}, forecast.ErrBudget},
	} {
		if _, err := forecast.New(context.Background(), p, test.scenario); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v, want %v", test.scenario, err, test.want)
		}
	}
}

// The same seed makes the same forecast. Another seed makes another if the forecast draws numbers.
func TestReproducible(t *testing.T) {
	p := parse(t, "retries=4 delay=exponential(1) jitter=decorrelated within=20")
	scenario := forecast.Scenario{Clients: 5000, Rate: 100, Capacity: 1000, Outage: 5 * s, Seed: 1}
	forecasts := make([]*forecast.Forecast, 3)
	for i, seed := range []uint64{1, 1, 2} {
		scenario.Seed = seed
		var err error
		if forecasts[i], err = forecast.New(context.Background(), p, scenario); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(forecasts[0], forecasts[1]) || reflect.DeepEqual(forecasts[0], forecasts[2]) {
		t.Error("forecasts do not follow their seed")
	}
}

// A simulation ends at once when its context is done, and tells how far it is.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	scenario := forecast.Scenario{Clients: 1_000_000, Capacity: 1000, Outage: 60 * s, Simulate: true}
	scenario.Progress = func(share float64) {
		if share < 0 || share > 1 {
			t.Errorf("a share of %v", share)
		}
		if told++; told == 3 {
			cancel()
		}
	}
	if _, err := forecast.New(ctx, parse(t, "retries=9 delay=1 jitter=1"), scenario); !errors.Is(err, context.Canceled) || told != 3 {
		t.Errorf("after %d reports: %v", told, err)
	}
}

// Drawing clients allocates for the clients, not for what they do.
func TestNoAllocationPerEvent(t *testing.T) {
	scenario := forecast.Scenario{Clients: 10_000, Capacity: 10, Outage: 100 * s, Simulate: true}
	run := func(text string) float64 {
		p := parse(t, text)
		return testing.AllocsPerRun(1, func() {
			if _, err := forecast.LoadOf(context.Background(), p, scenario); err != nil {
				t.Fatal(err)
			}
		})
	}
	if a, b := run("retries=5 delay=1 jitter=1"), run("retries=60 delay=1 jitter=1"); b > a+200 {
		t.Errorf("%v allocations for 5 retries, %v for 60", a, b)
	}
}

func BenchmarkPolicy(b *testing.B) {
	for _, text := range []string{"retries=4 delay=exponential(2) jitter=3", "retries=10 delay=exponential(1) " +
		"jitter=decorrelated cap=20s", "retries=4 delay=1 jitter=20% within=3s"} {
		b.Run(text, func(b *testing.B) {
			p := parse(b, text)
			for b.Loop() {
				if _, err := forecast.New(context.Background(), p, forecast.Scenario{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// An outage with ten million clients, whose others' jitters are left out.
func BenchmarkOutage(b *testing.B) {
	for _, text := range []string{"retries=4 delay=exponential(2) jitter=3", "retries=10 delay=exponential(1) " +
		"jitter=decorrelated cap=20s", "retries=4 delay=1 jitter=20% within=3s"} {
		for _, simulate := range []bool{false, true} {
			name := text
			if simulate {
				name += " each drawn"
			}
			b.Run(name, func(b *testing.B) {
				p := parse(b, text)
				scenario := forecast.Scenario{Outage: 10 * s, Clients: 10_000_000, Capacity: 500_000, Simulate: simulate}
				for b.Loop() {
					if _, err := forecast.LoadOf(context.Background(), p, scenario); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
