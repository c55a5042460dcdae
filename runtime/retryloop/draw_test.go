package retryloop

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

const draws = 1_000_000

// sample draws sorted waits in units of d.
func sample(d time.Duration, draw func(uint64) time.Duration) []float64 {
	source := rand.NewPCG(1, 2)
	list := make([]float64, draws)
	for i := range list {
		list[i] = float64(draw(source.Uint64())) / float64(d)
	}
	slices.Sort(list)
	return list
}

// distance is the Kolmogorov-Smirnov distance of a sorted sample from a distribution.
func distance(sorted []float64, cdf func(float64) float64) float64 {
	worst, n := 0.0, float64(len(sorted))
	for i, x := range sorted {
		f := cdf(x)
		worst = max(worst, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	return worst
}

func uniform(low, high float64) func(float64) float64 {
	return func(x float64) float64 { return min(max((x-low)/(high-low), 0), 1) }
}

// clampedPoisson is the distribution of Poisson, cut at a limit.
func clampedPoisson(f, limit float64) func(float64) float64 {
	k := min(1+f, limit)
	c := -math.Log2(1 - math.Exp2(-(1 + f)))
	return func(x float64) float64 {
		return (math.Exp(-c) - math.Exp(-min(max(x, c), k))) / (math.Exp(-c) - math.Exp(-k))
	}
}

func TestDistributions(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million waits for each row")
	}
	const d = 10 * time.Second
	for _, test := range []struct {
		name string
		draw func(uint64) time.Duration
		cdf  func(float64) float64
	}{
		{"poisson 0.3", func(u uint64) time.Duration { return poisson(d, 0.3, 0, u) }, clampedPoisson(0.3, math.Inf(1))},
		{"poisson 3", func(u uint64) time.Duration { return poisson(d, 3, 0, u) }, clampedPoisson(3, math.Inf(1))},
		{"poisson 3 capped", func(u uint64) time.Duration { return poisson(d, 3, d, u) }, clampedPoisson(3, 1)},
		{"poisson 3 cut", func(u uint64) time.Duration { return poisson(d, 3, 2*d, u) }, clampedPoisson(3, 2)},
		{"percent", func(u uint64) time.Duration { return percent(d, 20, 0, u) }, uniform(0.8, 1.2)},
		{"percent capped", func(u uint64) time.Duration { return percent(d, 20, d, u) }, uniform(0.8, 1)},
		{"full", func(u uint64) time.Duration { return full(d, 0, u) }, uniform(0, 1)},
		{"full capped", func(u uint64) time.Duration { return full(d, d/4, u) }, uniform(0, 0.25)},
		{"equal", func(u uint64) time.Duration { return equal(d, 0, u) }, uniform(0.5, 1)},
		{"equal capped", func(u uint64) time.Duration { return equal(d, d/2, u) }, uniform(0.25, 0.5)},
		{"decorrelated", func(u uint64) time.Duration { return decorrelated(d, 2*d, 0, u) }, uniform(1, 6)},
		{"decorrelated capped", func(u uint64) time.Duration { return decorrelated(d, 2*d, 4*d, u) }, uniform(1, 4)},
	} {
		list := sample(d, test.draw)
		if got := distance(list, test.cdf); got > 0.002 {
			t.Errorf("%s: distance %.4f from the formula", test.name, got)
		}
		if below, above := test.cdf(list[0]), test.cdf(list[draws-1]); below > 1e-4 || above < 1-1e-4 {
			t.Errorf("%s: drawn from %.4f to %.4f, which is not the whole interval", test.name, list[0], list[draws-1])
		}
	}
}

// TestPoissonTable holds the shape of the clamped Poisson interval against known figures.
func TestPoissonTable(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million waits for each row")
	}
	const d = 1000 * time.Second
	for _, row := range []struct{ f, low, median, mean, high float64 }{
		{0.3, 0.751772, 0.988778, 1.0010, 1.3},
		{1, 0.415037, 0.921742, 1.0064, 2},
		{3, 0.093109, 0.766353, 1.0130, 4},
	} {
		list := sample(d, func(u uint64) time.Duration { return poisson(d, row.f, 0, u) })
		sum := 0.0
		for _, x := range list {
			sum += x
		}
		for _, figure := range []struct {
			name                 string
			got, want, tolerance float64
		}{
			{"min", float64(poisson(d, row.f, 0, 0)) / float64(d), row.low, 1e-6},
			{"max", float64(poisson(d, row.f, 0, math.MaxUint64)) / float64(d), row.high, 1e-6},
			{"median", list[draws/2], row.median, 0.004},
			{"mean", sum / draws, row.mean, 0.003},
		} {
			if math.Abs(figure.got-figure.want) > figure.tolerance {
				t.Errorf("factor %v: %s %.6f, want %.6f", row.f, figure.name, figure.got, figure.want)
			}
		}
	}
}

// TestGrown draws waits of a schedule that has grown far beyond the cap: they are drawn as at the cap, and do not pile up.
func TestGrown(t *testing.T) {
	const limit = 10 * time.Second
	for name, draw := range map[string]func(d time.Duration, u uint64) time.Duration{
		"poisson 0.3": func(d time.Duration, u uint64) time.Duration { return poisson(d, 0.3, limit, u) },
		"poisson 3":   func(d time.Duration, u uint64) time.Duration { return poisson(d, 3, limit, u) },
		"percent":     func(d time.Duration, u uint64) time.Duration { return percent(d, 20, limit, u) },
		"full":        func(d time.Duration, u uint64) time.Duration { return full(d, limit, u) },
		"equal":       func(d time.Duration, u uint64) time.Duration { return equal(d, limit, u) },
	} {
		source := rand.NewPCG(1, 2)
		seen := map[time.Duration]bool{}
		for range 1000 {
			u := source.Uint64()
			want := draw(limit, u)
			seen[want] = true
			for _, d := range []time.Duration{30 * time.Second, 100 * time.Hour, longest} {
				if wait := draw(d, u); wait != want {
					t.Fatalf("%s around %v: %v, want %v as around the cap", name, d, wait, want)
				}
			}
		}
		if len(seen) < 990 {
			t.Errorf("%s: %d different waits in 1000 draws", name, len(seen))
		}
	}
}

// TestFirstBeyondCap has a first delay that is not less than the cap: decorrelated jitter has nothing to draw from.
func TestFirstBeyondCap(t *testing.T) {
	const d, limit = 10 * time.Second, time.Second
	if wait := decorrelated(d, d, limit, 7); wait != limit {
		t.Errorf("%v, want the cap", wait)
	}
}

func FuzzWaits(f *testing.F) {
	f.Add(int64(time.Second), int64(0), 3.0, uint64(7), 4)
	f.Add(int64(math.MaxInt64), int64(time.Hour), 0.5, uint64(math.MaxUint64), 99)
	f.Fuzz(func(t *testing.T, delay, limit int64, factor float64, draw uint64, n int) {
		d, c := time.Duration(delay), max(time.Duration(limit), 0)
		n = min(n, 10_000)
		for _, wait := range []time.Duration{retry.Exponential(d, factor, n), retry.Linear(d, n), retry.Fibonacci(d, n), retry.List(n, d, d)} {
			if wait < 0 {
				t.Fatalf("schedule of %v, %v, %d is %v", d, factor, n, wait)
			}
		}
		if d <= 0 || !(factor >= 0 && factor <= 1e6) {
			return
		}
		for _, wait := range []time.Duration{
			poisson(d, factor, c, draw), percent(d, min(factor, 100), c, draw), full(d, c, draw), equal(d, c, draw), decorrelated(d, d, c, draw),
			percentAbove(d, factor, c, draw), percentBelow(d, min(factor, 100), c, draw),
			above(d, saturate(factor), c, draw), below(d, d/2, c, draw), around(d, saturate(factor), c, draw),
		} {
			if wait < 0 || c > 0 && wait > c {
				t.Fatalf("jitter of %v, factor %v, cap %v is %v", d, factor, c, wait)
			}
		}
	})
}
