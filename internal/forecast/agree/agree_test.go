package agree

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/runtime/retry"
)

var wrappers = []struct {
	name, policy string
	call         func(context.Context, func() error) error
}{
	{"Fixed", fixed, FixedWithRetry},
	{"Listed", listed, ListedWithRetry},
	{"Exponential", exponential, ExponentialWithRetry},
	{"Thirds", thirds, ThirdsWithRetry},
	{"Linear", linear, LinearWithRetry},
	{"Fibonacci", fibonacci, FibonacciWithRetry},
	{"Percent", percent, PercentWithRetry},
	{"Decorrelated", decorrelated, DecorrelatedWithRetry},
	{"CappedPoisson", cappedPoisson, CappedPoissonWithRetry},
	{"CappedFull", cappedFull, CappedFullWithRetry},
	{"CappedPercent", cappedPercent, CappedPercentWithRetry},
	{"CappedEqual", cappedEqual, CappedEqualWithRetry},
	{"CappedDecorrelated", cappedDecorrelated, CappedDecorrelatedWithRetry},
	{"Within", within, WithinWithRetry},
	{"WithinPoisson", withinPoisson, WithinPoissonWithRetry},
	{"WithinDecorrelated", withinDecorrelated, WithinDecorrelatedWithRetry},
	{"WithinFixed", withinFixed, WithinFixedWithRetry},
}

// What is forecast is what the generated code does: of many calls whose attempts all fail, every wait lies within its
// bounds, and the attempts begin when they should.
func TestWrappersDoAsForecast(t *testing.T) {
	for _, w := range wrappers {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p, _ := policy.Parse(w.policy, 0)
			walk := forecast.NewWalk(p, 0, 1)
			begun := run(t, w.call)
			for k := range max(len(walk.Stages), len(begun)) {
				if k >= len(walk.Stages) || k >= len(begun) {
					t.Fatalf("%d attempts forecast, %d made", len(walk.Stages), len(begun))
				}
				compare(t, k, walk.Stages[k].Begin, begun[k])
			}
			waits(t, walk, begun)
		})
	}
}

// run makes calls, and returns for each attempt when it began, by call; NaN where it was not made.
func run(t *testing.T, call func(context.Context, func() error) error) [][]float64 {
	var begun [][]float64
	failed := errors.New("failed")
	synctest.Test(t, func(t *testing.T) {
		// Chance has to be the same in each run: one time in ten it would go beyond some bar.
		ctx := retry.With(t.Context(), retry.Random(rand.NewPCG(1, 1)))
		for i := range calls {
			start, k := time.Now(), 0
			_ = call(ctx, func() error {
				if k == len(begun) {
					begun = append(begun, slices.Repeat([]float64{math.NaN()}, calls))
				}
				begun[k][i] = time.Since(start).Seconds()
				k++
				return failed
			})
		}
	})
	return begun
}

// tick is what rounding to whole nanoseconds may make of a few waits.
const tick = 1e-8

// compare holds the times at which an attempt began against their distribution.
func compare(t *testing.T, attempt int, want forecast.Distribution, begun []float64) {
	t.Helper()
	made := slices.DeleteFunc(slices.Clone(begun), math.IsNaN)
	slices.Sort(made)
	n := float64(len(begun))
	if share := float64(len(made)) / n; math.Abs(share-want.Mass()) > tolerance {
		t.Errorf("attempt %d is made by %v of the calls, forecast %v", attempt+1, share, want.Mass())
	}
	apart := 0.0
	for i, at := range made {
		if at < want.Min()-tick || at > want.Max()+tick {
			t.Fatalf("attempt %d begins at %v, forecast between %v and %v", attempt+1, at, want.Min(), want.Max())
		}
		apart = max(apart, float64(i+1)/n-want.Below(at+tick), want.Below(at-tick)-float64(i)/n)
	}
	if apart >= tolerance {
		t.Errorf("attempt %d: the distributions of its beginning are %v apart", attempt+1, apart)
	}
}

// waits holds each wait against its bounds.
func waits(t *testing.T, walk *forecast.Walk, begun [][]float64) {
	t.Helper()
	for k := 1; k < len(begun); k++ {
		law := walk.Stages[k].Wait
		for i := range begun[k] {
			if wait := begun[k][i] - begun[k-1][i]; wait < law.Min()-tick || wait > law.Max()+tick {
				t.Fatalf("wait %d is %v, forecast between %v and %v", k, wait, law.Min(), law.Max())
			}
		}
	}
}
