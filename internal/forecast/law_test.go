package forecast_test

import (
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// parse reads a policy.
func parse(t testing.TB, text string) policy.Policy {
	t.Helper()
	p, problems := policy.Parse(text, 0)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return p
}

// rows reads a table of testdata, its first line left out.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// near reports whether two numbers are the same up to a relative error.
func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b))
}

// distance is that of Kolmogorov and Smirnov, between drawn numbers, which it sorts, and a distribution.
func distance(drawn []float64, cdf func(float64) float64) float64 {
	slices.Sort(drawn)
	most, n := 0.0, float64(len(drawn))
	for i := 0; i < len(drawn); {
		first := i
		for i < len(drawn) && drawn[i] == drawn[first] {
			i++
		}
		most = max(most, math.Abs(cdf(math.Nextafter(drawn[first], -1))-float64(first)/n), math.Abs(cdf(drawn[first])-float64(i)/n))
	}
	return most
}

// The table was computed elsewhere, to five digits; the formulas of mean and quantile are written here as they are
// published, without the care for rounding that the package takes.
func TestClampedPoisson(t *testing.T) {
	for _, row := range rows(t, "jitter_clamped_poisson.csv") {
		factor := number(t, row[0])
		law := forecast.ClampedPoisson(time.Second, factor, 0)
		k := 1 + factor
		c := -math.Log2(1 - math.Exp2(-k))
		a, b := math.Exp(-c), math.Exp(-k)
		check := func(what string, got, formula float64, column int) {
			t.Helper()
			if !near(got, formula, 1e-9) {
				t.Errorf("factor %v: %s is %v, by the formula %v", factor, what, got, formula)
			}
			if math.Abs(got-number(t, row[column])) > 0.6e-5 {
				t.Errorf("factor %v: %s is %v, in the table %s", factor, what, got, row[column])
			}
		}
		check("mean", law.Mean(), 1+(c*a-k*b)/(a-b), 3)
		for column, q := range map[int]float64{5: 0.05, 6: 0.25, 7: 0.5, 8: 0.75, 9: 0.95, 10: 0.99} {
			check("quantile", law.Quantile(q), -math.Log(a-q*(a-b)), column)
		}
		if math.Abs(law.Min()-number(t, row[1])) > 0.6e-5 || law.Max() > number(t, row[2])+1e-9 {
			t.Errorf("factor %v: from %v to %v, in the table from %s to %s", factor, law.Min(), law.Max(), row[1], row[2])
		}
	}
}

// sampler draws waits before the first retry from the jitter that generated code calls.
func sampler(t *testing.T, p policy.Policy) func() float64 {
	t.Helper()
	ctx := retry.With(context.Background(), retry.Random(rand.NewPCG(1, 2)))
	d, _ := p.Delay.Value.At(1)
	limit, _ := p.Cap.Value.Known()
	j := p.Jitter.Value
	factor, _ := j.Factor.Known()
	spread, _ := j.Spread.Known()
	return func() float64 {
		loop := retryloop.Loop{Context: ctx, Retries: 1, Cap: limit}
		loop.Again(context.Canceled)
		switch j.Kind {
		case policy.Poisson:
			return loop.Poisson(d, factor).Seconds()
		case policy.Percent:
			return loop.Percent(d, factor).Seconds()
		case policy.PercentAbove:
			return loop.PercentAbove(d, factor).Seconds()
		case policy.PercentBelow:
			return loop.PercentBelow(d, factor).Seconds()
		case policy.Around:
			return loop.Around(d, spread).Seconds()
		case policy.Above:
			return loop.Above(d, spread).Seconds()
		case policy.Below:
			return loop.Below(d, spread).Seconds()
		case policy.Full:
			return loop.Full(d).Seconds()
		case policy.Equal:
			return loop.Equal(d).Seconds()
		}
		return loop.Decorrelated(d).Seconds()
	}
}

// A million draws of the runtime's own jitters follow the laws of this package.
func TestRuntimeDrawsFromTheLaw(t *testing.T) {
	draws := 1_000_000
	if testing.Short() {
		draws = 100_000
	}
	for _, text := range []string{
		"delay=1 jitter=0.3", "delay=1 jitter=1", "delay=1 jitter=3", "delay=1 jitter=30", "delay=1 jitter=3 cap=2", "delay=1 jitter=1 cap=300ms",
		"delay=1 jitter=20%", "delay=1 jitter=100% cap=1200ms", "delay=1 jitter=full", "delay=1 jitter=equal cap=900ms", "delay=1 jitter=decorrelated", "delay=1 jitter=decorrelated cap=2",
		"delay=1h jitter=3 cap=2", "delay=1h jitter=0.3 cap=2", "delay=1h jitter=20% cap=2", "delay=1h jitter=full cap=2",
		"delay=1 jitter=+20%", "delay=1 jitter=+150% cap=2", "delay=1h jitter=+20% cap=2", "delay=1 jitter=-20%", "delay=1h jitter=-100% cap=2",
		"delay=1 jitter=100ms", "delay=1 jitter=2s", "delay=1 jitter=500ms cap=1200ms", "delay=1 jitter=+300ms", "delay=1 jitter=+3s cap=2",
		"delay=1h jitter=+300ms cap=2", "delay=1 jitter=-300ms", "delay=1 jitter=-2s", "delay=1h jitter=-1s cap=2",
		"delay=1h jitter=equal cap=2", "delay=1h jitter=decorrelated cap=2",
	} {
		p := parse(t, "retries=1 "+text)
		law := forecast.NewWalk(p, 0, 0).Stages[1].Wait
		drawn := make([]float64, draws)
		for next, i := sampler(t, p), 0; i < draws; i++ {
			drawn[i] = next()
			if drawn[i] < law.Min()-1e-9 || drawn[i] > law.Max()+1e-9 {
				t.Fatalf("%s: a wait of %v s is outside [%v, %v]", text, drawn[i], law.Min(), law.Max())
			}
		}
		if law.Min() == law.Max() {
			continue // one point, which the bounds have shown
		}
		if got := distance(drawn, law.Below); got >= 0.002*math.Sqrt(1e6/float64(draws)) {
			t.Errorf("%s: the distributions are %v apart", text, got)
		}
	}
}
