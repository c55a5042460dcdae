//go:build go1.25

package retryloop_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

const fetch, get = "example.com/shop/pricing.Fetch", "example.com/shop/pricing.Client.Get"

// attempts counts the attempts of a call that fails, without waits.
func attempts(ctx context.Context, task string) int {
	n := 0
	_ = call(retryloop.Loop{Context: ctx, Task: task, Retries: 2}, 0, func() error { n++; return errOutage })
	return n
}

// TestOverride installs overrides, some within others' options, and counts attempts with a context's options beneath.
func TestOverride(t *testing.T) {
	type option = retry.Option
	r := func(n int) option { return retry.Retries(n) }
	for _, test := range []struct {
		name      string
		context   []option
		overrides [][]option
		want      map[string]int // the attempts of tasks
	}{
		{"none", nil, nil, map[string]int{fetch: 3}},
		{"for all", nil, [][]option{{r(0)}}, map[string]int{fetch: 1, get: 1}},
		{"before a context's", []option{r(7)}, [][]option{{r(0)}}, map[string]int{fetch: 1}},
		{"before a context's for the task", []option{retry.For(fetch, r(7))}, [][]option{{r(0)}}, map[string]int{fetch: 1}},
		{"for one", nil, [][]option{{retry.For(fetch, r(0))}}, map[string]int{fetch: 1, get: 3}},
		{"for one, by a trailing part", nil, [][]option{{retry.For("pricing.Fetch", r(0))}}, map[string]int{fetch: 1, get: 3}},
		{"a method", nil, [][]option{{retry.For("pricing.Client.Get", r(0))}}, map[string]int{fetch: 3, get: 1}},
		{
			"not by a part that follows no slash", nil,
			[][]option{{retry.For("Fetch", r(0))}, {retry.For("icing.Fetch", r(0))}}, map[string]int{fetch: 3},
		},
		{"nor by the beginning", nil, [][]option{{retry.For("example.com/shop/pricing", r(0))}}, map[string]int{fetch: 3}},
		{"the last wins", nil, [][]option{{r(0)}, {r(4)}}, map[string]int{fetch: 5}},
		{"the named wins", nil, [][]option{{retry.For("pricing.Fetch", r(0))}, {r(4)}}, map[string]int{fetch: 1, get: 5}},
		{
			"the longest name wins", nil,
			[][]option{{retry.For("shop/pricing.Fetch", r(0))}, {retry.For("pricing.Fetch", r(4))}}, map[string]int{fetch: 1},
		},
		{"of equal names the last wins", nil, [][]option{{retry.For(fetch, r(0))}, {retry.For(fetch, r(4))}}, map[string]int{fetch: 5}},
		{
			"nested names", nil,
			[][]option{{retry.For("pricing.Fetch", r(4), retry.For(fetch, r(0)), retry.For(get, r(9)))}}, map[string]int{fetch: 1, get: 3},
		},
		{"other options leave the number", []option{r(7)}, [][]option{{retry.NoDelay()}}, map[string]int{fetch: 8}},
		{"no options", []option{r(7)}, [][]option{{}, {retry.For(fetch)}, {option{}}}, map[string]int{fetch: 8}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := retry.With(context.Background(), test.context...)
			var removals []func()
			for _, options := range test.overrides {
				removals = append(removals, retry.Override(options...))
			}
			for task, want := range test.want {
				if got := attempts(ctx, task); got != want {
					t.Errorf("%s: %d attempts, want %d", task, got, want)
				}
			}
			for _, remove := range removals {
				remove()
				remove()
			}
			if got := attempts(context.Background(), fetch); got != 3 {
				t.Errorf("%d attempts after the removal, want 3", got)
			}
		})
	}
}

// TestRemove removes overrides in another order than they were installed in.
func TestRemove(t *testing.T) {
	first := retry.Override(retry.Retries(0))
	second := retry.Override(retry.Retries(4))
	third := retry.Override(retry.Retries(6))
	for _, step := range []struct {
		remove func()
		want   int
	}{{func() {}, 7}, {second, 7}, {third, 1}, {second, 1}, {first, 3}} {
		step.remove()
		if got := attempts(context.Background(), fetch); got != step.want {
			t.Errorf("%d attempts, want %d", got, step.want)
		}
	}
}

// TestWithNames names tasks in the options of contexts.
func TestWithNames(t *testing.T) {
	ctx := retry.With(context.Background(),
		retry.For("shop/pricing.Fetch", retry.Retries(0)), retry.For("pricing.Fetch", retry.Retries(4)), retry.Retries(5))
	for task, want := range map[string]int{
		fetch: 1, "example.com/other/pricing.Fetch": 5, "pricing.Fetch": 5, "example.com/repricing.Fetch": 6,
	} {
		if got := attempts(ctx, task); got != want {
			t.Errorf("%s: %d attempts, want %d", task, got, want)
		}
	}
	if got := attempts(retry.With(ctx, retry.For("pricing.Fetch", retry.Retries(1))), fetch); got != 2 {
		t.Errorf("%d attempts, want the nearer context's 2", got)
	}
}

// TestUnmatched lists the names that no failed call has matched.
func TestUnmatched(t *testing.T) {
	list := func(want ...string) {
		t.Helper()
		if got := retry.UnmatchedOverrides(); !slices.Equal(got, want) {
			t.Errorf("unmatched %q, want %q", got, want)
		}
	}
	list()
	first := retry.Override(retry.For("pricing.Fetsh", retry.Retries(0)), retry.For("pricing.Fetch", retry.Retries(1)), retry.Retries(2))
	second := retry.Override(retry.For(get, retry.NoDelay(), retry.Retries(1)))
	list(get, "pricing.Fetch", "pricing.Fetsh")
	attempts(context.Background(), fetch)
	list(get, "pricing.Fetsh")
	second()
	list("pricing.Fetsh")
	first()
	list()
}

// TestOverrideRandom repeats waits for the whole process, and turns them off.
func TestOverrideRandom(t *testing.T) {
	waits := func() (list []time.Duration) {
		defer retry.Override(retry.Random(rand.NewPCG(1, 2)), retry.Observer(func(_ context.Context, e retry.Event) {
			list = append(list, e.Wait)
		}))()
		synctest.Test(t, func(t *testing.T) {
			loop := retryloop.Loop{Context: t.Context(), Retries: 5}
			for loop.Again(errOutage) && loop.Wait(loop.Full(time.Second)) {
			}
			_ = loop.End(errOutage)
		})
		return list
	}
	a, b := waits(), waits()
	if len(a) != 6 || !slices.Equal(a, b) {
		t.Errorf("waits %v and %v, want the same five and an end", a, b)
	}
}

// TestOverrideShared has a thousand callers fail while overrides come and go and observers count.
func TestOverrideShared(t *testing.T) {
	var seen, ended atomic.Int64
	defer retry.Override(retry.Observer(func(context.Context, retry.Event) { seen.Add(1) }))()
	defer retry.Observe(func(_ context.Context, e retry.Event) {
		if e.Decision == retry.DecisionGaveUp {
			ended.Add(1)
		}
	})()
	ctx := retry.With(context.Background(), retry.Retries(1))
	var group sync.WaitGroup
	for i := range 1000 {
		group.Go(func() {
			task := fmt.Sprintf("example.com/shop/pricing.Fetch%d", i%10)
			remove := retry.Override(retry.For(task, retry.Retries(i%3)))
			if n := attempts(ctx, task); n < 1 || n > 3 {
				t.Errorf("%s: %d attempts, want what one of the overrides says", task, n)
			}
			retry.UnmatchedOverrides()
			remove()
		})
	}
	group.Wait()
	if ended.Load() != 1000 || seen.Load() < 1000 {
		t.Errorf("%d calls ended and %d events, want 1000 and more", ended.Load(), seen.Load())
	}
	if list := retry.UnmatchedOverrides(); len(list) > 0 {
		t.Errorf("unmatched %q after all removals", list)
	}
}

// TestKeepErr cuts loops short whose callers want the last attempt's own error.
func TestKeepErr(t *testing.T) {
	for _, test := range []struct {
		name   string
		loop   retryloop.Loop
		last   error // of the attempt
		reason retry.Reason
		kept   bool
	}{
		{"the budget is empty", retryloop.Loop{Retries: 9, Budget: retry.NewBudget(0, 0, 0)}, errOutage, retry.ReasonBudget, true},
		{"within", retryloop.Loop{Retries: 9, Within: 1}, errOutage, retry.ReasonWithin, true},
		{"no last error", retryloop.Loop{Retries: 9, Within: 1}, nil, retry.ReasonWithin, false},
		{"retries run out", retryloop.Loop{}, errOutage, 0, true},
		{"it is not to be retried", retryloop.Loop{Retries: 9}, retry.Permanent(errOutage), 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var event retry.Event
			defer retry.Observe(func(_ context.Context, e retry.Event) { event = e })()
			loop := test.loop
			loop.KeepErr, loop.Started = true, time.Now()
			if loop.Left(test.last) {
				loop.Wait(time.Second)
			}
			err := loop.End(test.last)
			if test.kept && err != test.last || !test.kept && !errors.Is(err, test.reason) {
				t.Errorf("error %v, kept %t", err, test.kept)
			}
			if event.Reason != test.reason {
				t.Errorf("event %+v, want reason %v", event, test.reason)
			}
		})
	}
}
