package forecast_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// herdPolicy writes a policy as the table names it: 1 s, 2 s, 4 s and 8 s, or what has these as means.
func herdPolicy(jitter, mode string) (text string, ok bool) {
	first := 1.0
	jitter = strings.NewReplacer("plusminus", "", "prefect(", "", ")", "").Replace(jitter)
	if mode == "same_mean_delay" {
		switch jitter {
		case "full":
			first = 2
		case "equal":
			first = 4.0 / 3
		case "decorrelated":
			first = 0.5
		case "0.3", "1", "3":
			return "", false // the table divides by a mean that no policy can state exactly
		}
	}
	return fmt.Sprintf("retries=4 delay=exponential(%.9f) jitter=%s", first, jitter), true
}

// A million clients whose calls all fail at one instant, drawn. The busiest of many windows is the more above its
// expectation the fewer clients a window holds: so they are drawn, for that table was too.
func TestHerd(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million clients for each jitter")
	}
	herds := map[string]*forecast.Herd{}
	compared := 0
	for _, row := range rows(t, "jitter_peak_share.csv") {
		text, ok := herdPolicy(row[0], row[1])
		if !ok || row[2] != "1000000" || row[3] != "100" && row[3] != "1000" {
			continue
		}
		herd := herds[text]
		if herd == nil {
			herd = forecast.DrawHerd(parse(t, text), 1_000_000, 1)
			herds[text] = herd
		}
		pick := func(w forecast.Wave) float64 {
			if row[3] == "100" {
				return w.Busiest100ms
			}
			return w.Busiest1s
		}
		for i, want := range row[6:] {
			got := pick(herd.All)
			if i > 0 {
				got = pick(herd.Waves[i-1])
			}
			compared++
			if !near(got, number(t, want), 0.02) {
				t.Errorf("%s: in the busiest %s ms, column %d, are %v; in the table %s", text, row[3], i+6, got, want)
			}
		}
	}
	if compared < 130 {
		t.Errorf("only %d numbers compared", compared)
	}
}

// What is expected of many clients is what is drawn of many.
func TestHerdExpectedAgainstDrawn(t *testing.T) {
	for _, text := range []string{
		"retries=4 delay=exponential(1) jitter=full", "retries=4 delay=exponential(2) " +
			"jitter=3", "retries=3 delay=1 jitter=20%", "retries=2 delay=5", "retries=4 delay=exponential(1) jitter=decorrelated",
	} {
		p := parse(t, text)
		f, err := forecast.New(context.Background(), p, forecast.Scenario{Clients: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		drawn := forecast.DrawHerd(p, 400_000, 1)
		for k := range f.Herd.Waves {
			if a, b := f.Herd.Waves[k].Busiest1s, drawn.Waves[k].Busiest1s; !near(a, b, 0.02) {
				t.Errorf("%s, wave %d: in the busiest second are %v expected and %v drawn", text, k+1, a, b)
			}
		}
		if a, b := f.Herd.All.Busiest1s, drawn.All.Busiest1s; !near(a, b, 0.02) {
			t.Errorf("%s, all waves: in the busiest second are %v expected and %v drawn", text, a, b)
		}
	}
}

// The factor from which on waves of a growing delay overlap.
func TestWavesMerge(t *testing.T) {
	for growth, want := range map[float64]float64{2: 0.3885, 1.6: 0.2543} {
		low, high := 0.0, 3.0
		for range 60 {
			factor := (low + high) / 2
			law := forecast.ClampedPoisson(1e9, factor, 0)
			if forecast.WavesMerge(growth, law.Min(), law.Max()) {
				high = factor
			} else {
				low = factor
			}
		}
		if math.Abs(high-want) > 0.001 {
			t.Errorf("growth %v: waves overlap from factor %v on, want %v", growth, high, want)
		}
	}
}

func TestMerge(t *testing.T) {
	for text, want := range map[string]struct {
		merge int
		never bool
	}{
		"retries=4 delay=exponential(2) jitter=3":     {1, false},
		"retries=4 delay=exponential(2) jitter=10%":   {0, true},
		"retries=4 delay=exponential(2) jitter=33.4%": {0, false}, // with more retries they would
		"retries=4 delay=exponential(2)":              {0, true},
		"retries=9 delay=1 jitter=10%":                {5, false},
		"retries=4 delay=1":                           {0, true},
		"retries=4 delay=exponential(1) jitter=full":  {1, false},
	} {
		f, err := forecast.New(context.Background(), parse(t, text), forecast.Scenario{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Herd.Merge != want.merge || f.Herd.Never != want.never {
			t.Errorf("%s: waves merge at %d, never %v; want %d, %v", text, f.Herd.Merge, f.Herd.Never, want.merge, want.never)
		}
	}
}

// TestArrivals checks that the retries of a drawing are all retries, computed or drawn, and stand where they begin.
func TestArrivals(t *testing.T) {
	for _, clients := range []int{1000, 1e6} {
		for text, want := range map[string]float64{
			"retries=4 delay=exponential(2) jitter=3":             4,
			"retries=3 delay=1":                                   3,
			"retries=5 delay=1 jitter=decorrelated cap=4":         5,
			"retries=3 delay=1 jitter=50% within=100":             3,
			"retries=2 delay=0":                                   0, // all at one instant
			"retries=70 delay=exponential(2)":                     20,
			"retries=500 delay=exponential(1000000000,base=1000)": 0, // beyond any clock
		} {
			p, _ := policy.Parse(text, 0)
			f, err := forecast.New(context.Background(), p, forecast.Scenario{Clients: clients})
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for i, share := range f.Herd.Arrivals {
				if share < -1e-9 {
					t.Errorf("%s: %v clients less at %d", text, share, i)
				}
				sum += share
			}
			if math.Abs(sum-want) > 1e-6 {
				t.Errorf("%s, %d clients: %v retries for each, want %v", text, clients, sum, want)
			}
			if text == "retries=3 delay=1" && (f.Herd.Arrivals[79] != 1 || f.Herd.Arrivals[239] != 1) {
				t.Errorf("the first and the last of three waves do not end the thirds: %v", f.Herd.Arrivals)
			}
		}
	}
}
