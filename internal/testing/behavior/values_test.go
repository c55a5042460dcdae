package behavior

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// middle is a source whose draws are all in the middle of their interval.
type middle struct{}

func (middle) Uint64() uint64 { return 1 << 63 }

// TestValues checks when attempts begin whose retries and waits only the running program knows.
func TestValues(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	limits := func(l Limits) *Settings { return &Settings{Limits: &l} }
	for _, test := range []struct {
		name     string
		call     func(*Tuned, context.Context) error
		settings *Settings
		want     []time.Duration
	}{
		{"exponential", (*Tuned).ExponentialWithRetry, &Settings{Retries: 3, First: s, Base: 3}, []time.Duration{0, s, 4 * s, 13 * s}},
		{"cap", (*Tuned).ExponentialWithRetry, &Settings{Retries: 3, First: s, Base: 3, Cap: 2 * s}, []time.Duration{0, s, 3 * s, 5 * s}},
		{"no cap", (*Tuned).ExponentialWithRetry, &Settings{Retries: 2, First: s, Base: 2, Cap: -s}, []time.Duration{0, s, 3 * s}},
		{"zero", (*Tuned).ExponentialWithRetry, &Settings{}, []time.Duration{0}},
		{"nil", (*Tuned).ExponentialWithRetry, nil, []time.Duration{0}},
		{"negative retries", (*Tuned).ExponentialWithRetry, &Settings{Retries: -1, First: s, Base: 2}, []time.Duration{0}},
		{"negative wait", (*Tuned).ExponentialWithRetry, &Settings{Retries: 2, First: -s, Base: 2}, []time.Duration{0, 0, 0}},
		{"base 0", (*Tuned).ExponentialWithRetry, &Settings{Retries: 2, First: s}, []time.Duration{0, s, 2 * s}},
		{"base NaN", (*Tuned).ExponentialWithRetry, &Settings{Retries: 2, First: s, Base: math.NaN()}, []time.Duration{0, s, 2 * s}},
		{"base infinite", (*Tuned).ExponentialWithRetry, &Settings{Retries: 2, First: s, Base: math.Inf(1)}, []time.Duration{0, s, 2 * s}},
		{"attempts", (*Tuned).LinearWithRetry, &Settings{Attempts: 3, First: s}, []time.Duration{0, s, 3 * s}},
		{"one attempt", (*Tuned).LinearWithRetry, &Settings{Attempts: 1, First: s}, []time.Duration{0}},
		{"no attempts", (*Tuned).LinearWithRetry, &Settings{First: s}, []time.Duration{0}},
		{"negative attempts", (*Tuned).LinearWithRetry, &Settings{Attempts: math.MinInt64, First: s}, []time.Duration{0}},
		{"factor NaN", (*Tuned).LinearWithRetry, &Settings{Attempts: 2, First: s, Factor: float32(math.NaN())}, []time.Duration{0, s}},
		{"list", (*Tuned).ListWithRetry, &Settings{Retries: 3, Delays: []time.Duration{s, 2 * s}}, []time.Duration{0, s, 3 * s, 5 * s}},
		{"empty list", (*Tuned).ListWithRetry, &Settings{Retries: 2}, []time.Duration{0, 0, 0}},
		{"negative entries", (*Tuned).ListWithRetry, &Settings{Retries: 2, Delays: []time.Duration{-s, s}}, []time.Duration{0, 0, s}},
		{"names among entries", (*Tuned).MixedWithRetry, &Settings{First: 5 * s, Spread: 2 * s}, []time.Duration{0, 5 * s, 6 * s, 8 * s}},
		{"no percent", (*Tuned).PercentageWithRetry, &Settings{First: s}, []time.Duration{0, s, 2 * s, 4 * s}},
		{"percent above", (*Tuned).PercentAboveWithRetry, &Settings{Percent: 50}, []time.Duration{0, 1250 * ms, 2500 * ms, 3750 * ms}},
		{"duration below", (*Tuned).BelowWithRetry, &Settings{Spread: 500 * ms}, []time.Duration{0, 750 * ms, 1500 * ms, 2250 * ms}},
		{"duration far below", (*Tuned).BelowWithRetry, &Settings{Spread: 9 * s}, []time.Duration{0, 500 * ms, s, 1500 * ms}},
		{"negative spread", (*Tuned).BelowWithRetry, &Settings{Spread: -s}, []time.Duration{0, s, 2 * s, 3 * s}},
		{"duration above", (*Tuned).AboveWithRetry, nil, []time.Duration{0, 1050 * ms, 2100 * ms, 3150 * ms}},
		{"within", (*Tuned).WithinWithRetry, limits(Limits{Within: 2500 * ms}), []time.Duration{0, s, 2 * s}},
		{"no within", (*Tuned).WithinWithRetry, limits(Limits{Within: -1}), []time.Duration{0, s, 2 * s, 3 * s}},
		{"no limits", (*Tuned).WithinWithRetry, &Settings{}, []time.Duration{0, s, 2 * s, 3 * s}},
		{"reset", (*Tuned).ResetWithRetry, limits(Limits{Reset: time.Hour}), []time.Duration{0, s, 2 * s}},
		{"no reset", (*Tuned).ResetWithRetry, limits(Limits{Reset: -1}), []time.Duration{0, s, 2 * s}},
		{"constants", (*Tuned).ConstantsWithRetry, nil, []time.Duration{0, 2 * s, 4 * s}},
		{"constant attempts", (*Tuned).CountedWithRetry, nil, []time.Duration{0, 2 * s, 4 * s}},
		{"observed", (*Tuned).ObservedWithRetry, &Settings{Retries: 1}, []time.Duration{0, s}},
		{"flow", (*Tuned).FlowWithRetry, &Settings{Retries: 1}, []time.Duration{0, s}},
		{"negative flow", (*Tuned).FlowWithRetry, &Settings{Retries: -1}, []time.Duration{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tuned := &Tuned{Settings: test.settings, act: fails(3)}
				err := test.call(tuned, retry.With(t.Context(), retry.Random(middle{})))
				if !slices.Equal(tuned.calls, test.want) {
					t.Errorf("attempts at %v, %v; want %v", tuned.calls, err, test.want)
				}
			})
		})
	}
}

// TestPausedByFunction checks that a function alone is asked before every wait.
func TestPausedByFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pause := time.Second
		tuned := &Tuned{act: fails(9), Settings: &Settings{Pause: func() time.Duration { pause *= 2; return pause }}}
		_ = tuned.PausedWithRetry(t.Context())
		if want := []time.Duration{0, 2 * time.Second, 6 * time.Second, 14 * time.Second}; !slices.Equal(tuned.calls, want) {
			t.Errorf("attempts at %v, want %v", tuned.calls, want)
		}
	})
}

// TestTimeoutOfValue checks that a timeout ends attempts, and that one of 0 gives them the caller's context.
func TestTimeoutOfValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tuned := &Tuned{act: fails(0), Settings: &Settings{Limits: &Limits{Timeout: time.Minute}}}
		if err := tuned.TimedWithRetry(t.Context()); !errors.Is(err, context.DeadlineExceeded) || len(tuned.calls) != 10 {
			t.Errorf("%d attempts, %v; want 10 timeouts", len(tuned.calls), err)
		}
		for _, settings := range []*Settings{nil, {}, {Limits: &Limits{}}, {Limits: &Limits{Timeout: -1}}} {
			tuned := &Tuned{act: fails(0), Settings: settings}
			if err := tuned.TimedWithRetry(t.Context()); err != nil || len(tuned.calls) != 1 {
				t.Errorf("%+v: %d attempts, %v; want no timeout", settings, len(tuned.calls), err)
			}
		}
		tuned = &Tuned{act: fails(0), Settings: &Settings{Limits: &Limits{Timeout: time.Minute}}}
		if body, err := tuned.ReadWithRetry(t.Context()); err != nil || body == nil || body.Close() != nil {
			t.Errorf("read %v, %v; want a body whose attempt has a timeout", body, err)
		}
		tuned = &Tuned{act: fails(0)}
		if body, err := tuned.ReadWithRetry(t.Context()); err != nil || body != nil {
			t.Errorf("read %v, %v; want no timeout", body, err)
		}
	})
}

// TestChangingValues checks that values are read once, when a call first fails, and together.
func TestChangingValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tuned := &Tuned{current: &Settings{Retries: 1, First: time.Second}}
		tuned.act = func(int) error {
			tuned.lock.Lock()
			defer tuned.lock.Unlock()
			tuned.current = &Settings{Retries: tuned.current.Retries + 1, First: 2 * tuned.current.First}
			return errOutage
		}
		_ = tuned.ChangingWithRetry(t.Context())
		if want := []time.Duration{0, 2 * time.Second, 6 * time.Second}; !slices.Equal(tuned.calls, want) || tuned.reads != 1 {
			t.Errorf("attempts at %v with %d reads, want %v with one", tuned.calls, tuned.reads, want)
		}
		quiet := &Tuned{act: fails(0)}
		if err := quiet.ChangingWithRetry(t.Context()); err != nil || quiet.reads != 0 {
			t.Errorf("%v with %d reads, want none where nothing fails", err, quiet.reads)
		}
	})
}

// TestReportedValues checks what observers learn of retries that a configuration says.
func TestReportedValues(t *testing.T) {
	for _, test := range []struct{ retries, want int }{{2, 2}, {0, 0}, {-1, 0}, {math.MinInt, 0}} {
		synctest.Test(t, func(t *testing.T) {
			var seen []string
			ctx := retry.With(t.Context(), retry.Observer(func(_ context.Context, e retry.Event) {
				seen = append(seen, fmt.Sprintf("%v of %d", e.Decision, e.Retries))
			}))
			good := &Tuned{act: fails(0), Settings: &Settings{Retries: test.retries}}
			bad := &Tuned{act: fails(9), Settings: &Settings{Retries: test.retries}}
			_, _ = good.ObservedWithRetry(ctx), bad.ObservedWithRetry(ctx)
			for _, text := range seen {
				if want := fmt.Sprintf(" of %d", test.want); text[len(text)-len(want):] != want {
					t.Errorf("retries=%d: observers saw %v, want %d retries", test.retries, seen, test.want)
				}
			}
		})
	}
}

// TestParameters checks retries by parameters of a function, of a block and of a method of an interface.
func TestParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []uint32{0, 1, 3} {
			calls := 0
			act := func(string) (string, error) { calls++; return "", errOutage }
			_, _ = parametersWithRetry(t.Context(), n, time.Second, func(error) bool { return true }, act)
			if want := max(int(n), 1); calls != want {
				t.Errorf("attempts=%d: %d attempts", n, calls)
			}
		}
		calls := 0
		_ = Block(func(context.Context, int) error { calls++; return errOutage }).WithRetry(t.Context(), 2)
		if calls != 3 {
			t.Errorf("a block makes %d attempts, want 3", calls)
		}
		far := &distant{retries: 1}
		start := time.Now()
		_ = RemoteWithRetry{far}.Fetch(t.Context(), time.Minute)
		if took := time.Since(start); far.calls != 2 || took != time.Minute {
			t.Errorf("a decorator makes %d attempts in %v, want 2 in a minute", far.calls, took)
		}
	})
}

type distant struct{ retries, calls int }

func (r *distant) Fetch(context.Context, time.Duration) error { r.calls++; return errOutage }
func (r *distant) Retries() int                               { return r.retries }

// TestBudgetOfParameter checks a budget that a parameter holds.
func TestBudgetOfParameter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := struct{ Budget *retry.Budget }{retry.NewBudget(0, 0, 2)}
		calls := 0
		_ = budgetedWithRetry(t.Context(), limits, func() error { calls++; return errOutage })
		if calls != 3 {
			t.Errorf("%d attempts, want 3: the budget has two tokens", calls)
		}
	})
}

// TestNilReceiver checks that a nil receiver counts as one without settings.
func TestNilReceiver(t *testing.T) {
	var tuned *Tuned
	if err := tuned.AbsentWithRetry(t.Context()); err != errOutage {
		t.Errorf("%v, want the error of the only attempt", err)
	}
}
