package behavior

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestSettingsOnce checks that a method that several values are behind is called once in each call of the wrapper.
func TestSettingsOnce(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name  string
		call  func(*Plant, context.Context) error
		want  []time.Duration
		quiet int // calls of the method in a call without a failure
	}{
		{"late", (*Plant).ByValueWithRetry, []time.Duration{0, s, 3 * s}, 0},
		{"by value", (*Plant).AllByValueWithRetry, []time.Duration{0, s, 2 * s}, 1},
		{"by pointer", (*Plant).SharedWithRetry, []time.Duration{0, s, 2 * s}, 1},
		{"flow", (*Plant).FlowWithRetry, []time.Duration{0, s, 2 * s}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plant := &Plant{work: fails(9)}
				_ = c.call(plant, t.Context())
				if plant.asked != 1 || !slices.Equal(plant.calls, c.want) {
					t.Errorf("attempts at %v after %d calls of the method, want %v after one", plant.calls, plant.asked, c.want)
				}
				quiet := &Plant{work: fails(0)}
				if err := c.call(quiet, t.Context()); err != nil || quiet.asked != c.quiet {
					t.Errorf("%v after %d calls of the method, want %d", err, quiet.asked, c.quiet)
				}
			})
		})
	}
}

// TestNilOnTheWay checks budgets, delays and arguments behind something nil, and functions that are nil.
func TestNilOnTheWay(t *testing.T) {
	const s = time.Second
	pause := func(int) time.Duration { return s }
	named := func(p *Plant, ctx context.Context) error { return p.NamedWithRetry(ctx, "GOLD") }
	for _, c := range []struct {
		name string
		call func(*Plant, context.Context) error
		lab  *Lab
		want []time.Duration
	}{
		{"a delay behind nil", (*Plant).PausedWithRetry, nil, []time.Duration{0, 0, 0}},
		{"a nil delay", (*Plant).PausedWithRetry, &Lab{}, []time.Duration{0, 0, 0}},
		{"a delay", (*Plant).PausedWithRetry, &Lab{Pause: pause}, []time.Duration{0, s, 2 * s}},
		{"an empty budget", (*Plant).PausedWithRetry, &Lab{Pause: pause, Purse: retry.NewBudget(0, 0, 1)}, []time.Duration{0, s}},
		{"a spread delay behind nil", (*Plant).SpreadWithRetry, nil, []time.Duration{0, 0, 0}},
		{"an argument behind nil", named, nil, []time.Duration{0, 0, 0}},
		{"an argument", named, &Lab{Wait: s}, []time.Duration{0, s, 2 * s}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plant := &Plant{work: fails(9), lab: c.lab}
				if c.lab != nil && c.lab.Wait > 0 {
					c.lab.Say = func(text string) { plant.spoken = append(plant.spoken, text) }
				}
				_ = c.call(plant, t.Context())
				if !slices.Equal(plant.calls, c.want) {
					t.Errorf("attempts at %v, want %v", plant.calls, c.want)
				}
				if c.lab != nil && c.lab.Say != nil && !slices.Equal(plant.spoken, []string{"GOLD", "GOLD"}) {
					t.Errorf("notify has heard %q", plant.spoken)
				}
				for _, wait := range plant.seen {
					if want := c.want[1]; wait != want {
						t.Errorf("the condition has seen %v, want %v", wait, want)
					}
				}
			})
		})
	}
}

// TestNilFunctions checks functions that are nil, and those of a nil receiver.
func TestNilFunctions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var nothing *plant
		for _, p := range []*plant{nothing, {}} {
			if err := p.AbsentWithRetry(t.Context()); err != errOutage || time.Since(start) != 0 {
				t.Errorf("%v after %v, want the error without a wait", err, time.Since(start))
			}
		}
		released := &Plant{work: fails(1)}
		if n, err := released.ReleasedWithRetry(t.Context(), nil); n != 1 || err != nil {
			t.Errorf("%d, %v; want the second attempt's result", n, err)
		}
	})
}
