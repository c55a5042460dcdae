package behavior

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestFlowInFlow calls an inner flow again in a later attempt of the outer one: it finds what it had.
func TestFlowInFlow(t *testing.T) {
	w := &World{outages: map[string]int{"Next b": 1}}
	part := func(ctx context.Context) {
		err := w.PartWithRetry(ctx, "p", func(ctx context.Context) error {
			w.next(t, ctx, "a")
			_, err := w.NextWithRetry(ctx, "b") // fails in the inner flow's first attempt
			return err
		})
		if err != nil {
			t.Error(err)
		}
		w.next(t, ctx, "a") // of the outer flow: another call than the inner one's
	}
	run(t, w, twice(part))
	w.counts(t, map[string]int{"Next a": 2, "Next b": 2})
}

// TestFlowsInFlowByName calls inner flows in whatever order.
func TestFlowsInFlowByName(t *testing.T) {
	w := &World{}
	got := map[string][]int{}
	parts := func(names ...string) func(context.Context) {
		return func(ctx context.Context) {
			for _, name := range names {
				_ = w.PartWithRetry(ctx, name, func(ctx context.Context) error {
					got[name] = append(got[name], w.next(t, ctx, "same"))
					return nil
				})
			}
		}
	}
	run(t, w, attempts(parts("x", "y", "x"), parts("y", "x", "x")))
	if !slices.Equal(got["x"], []int{1, 3, 1, 3}) || !slices.Equal(got["y"], []int{2, 2}) {
		t.Errorf("gave %v", got)
	}
}

// TestFlowAsTask remembers the results of a whole flow.
func TestFlowAsTask(t *testing.T) {
	w := &World{outages: map[string]int{"Whole x": 1}}
	run(t, w, twice(func(ctx context.Context) {
		if n, err := w.WholeWithRetry(ctx, "x"); n != 3 || err != nil {
			t.Errorf("gave %d, %v", n, err)
		}
	}))
	w.counts(t, map[string]int{"Next in x": 1, "Whole x": 2})
	if _, err := w.WholeWithRetry(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	w.counts(t, map[string]int{"Next in x": 2, "Whole x": 3})
}

// TestTaskInTask has two tasks call the same task with the same arguments. When the first of them is remembered, the
// second still gets what its own call gave.
func TestTaskInTask(t *testing.T) {
	w := &World{outages: map[string]int{"Both y": 2}}
	var first, second []int
	run(t, w, twice(func(ctx context.Context) {
		n, err := w.BothWithRetry(ctx, "x")
		if err != nil {
			t.Error(err)
		}
		first = append(first, n)
		if n, err := w.BothWithRetry(ctx, "y"); err == nil {
			second = append(second, n)
		}
	}))
	// In the first attempt of the flow y fails with both of its attempts, each of which makes its own inner call.
	w.counts(t, map[string]int{"Next shared": 3, "Both x": 1, "Both y": 3})
	if !slices.Equal(first, []int{1, 1}) || !slices.Equal(second, []int{3}) {
		t.Errorf("x gave %v, y gave %v: no two calls may share a number", first, second)
	}
}

// TestFirstAttemptCallsEverything retries a task within the first attempt of a flow: what it calls is called again.
func TestFirstAttemptCallsEverything(t *testing.T) {
	w := &World{outages: map[string]int{"Both x": 1}}
	run(t, w, func(ctx context.Context) error {
		n, err := w.BothWithRetry(ctx, "x")
		if n != 3 || err != nil {
			t.Errorf("gave %d, %v; want the number of the second attempt", n, err)
		}
		return nil
	})
	w.counts(t, map[string]int{"Next shared": 2, "Both x": 2})
}

// TestGoroutines has tasks run at the same time, those with equal arguments among them, in an order of their own in
// each attempt.
func TestGoroutines(t *testing.T) {
	w := &World{}
	const callers = 100
	got := map[string][]int{}
	var lock sync.Mutex
	run(t, w, attempts(slices.Repeat([]func(context.Context){func(ctx context.Context) {
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				name := strconv.Itoa(i / 2) // every name twice
				n := w.next(t, ctx, name)
				lock.Lock()
				defer lock.Unlock()
				got[name] = append(got[name], n)
			})
		}
		all.Wait()
	}}, 3)...))
	for name, numbers := range got {
		slices.Sort(numbers)
		if len(numbers) != 6 || len(slices.Compact(slices.Clone(numbers))) != 2 || numbers[0] != numbers[2] || numbers[3] != numbers[5] {
			t.Errorf("%s gave %v, want two numbers in each of three attempts, always the same", name, numbers)
		}
		if w.count("Next "+name) != 2 {
			t.Errorf("%s was called %d times", name, w.count("Next "+name))
		}
	}
}

// TestConcurrentFlows runs flows at the same time: what one remembers is nothing to the others.
func TestConcurrentFlows(t *testing.T) {
	w := &World{}
	synctest.Test(t, func(t *testing.T) {
		var all sync.WaitGroup
		seen := make([]int, 100)
		for i := range seen {
			all.Go(func() {
				err := w.RunWithRetry(t.Context(), twice(func(ctx context.Context) {
					n := w.next(t, ctx, "a")
					if seen[i] != 0 && seen[i] != n {
						t.Errorf("flow %d got %d, then %d", i, seen[i], n)
					}
					seen[i] = n
				}))
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		slices.Sort(seen)
		if len(slices.Compact(seen)) != 100 {
			t.Errorf("flows share numbers: %v", seen)
		}
	})
}

// TestLeftOver has a goroutine of the first attempt go on while the second one runs.
func TestLeftOver(t *testing.T) {
	w := &World{}
	synctest.Test(t, func(t *testing.T) {
		var second, late int
		done := make(chan struct{})
		body := attempts(
			func(ctx context.Context) {
				go func() {
					defer close(done)
					time.Sleep(15 * time.Second) // the second attempt begins after 10 s
					late = w.next(t, ctx, "a")
				}()
			},
			func(ctx context.Context) {
				second = w.next(t, ctx, "a")
				<-done
			},
			func(ctx context.Context) {
				if n := w.next(t, ctx, "a"); n != second {
					t.Errorf("the third attempt got %d, want %d as the second", n, second)
				}
			},
		)
		if err := w.RunWithRetry(t.Context(), body); err != nil || late == second {
			t.Errorf("error %v; the goroutine got %d, the second attempt %d: one was given the other's", err, late, second)
		}
	})
}

func TestCheckpointOptions(t *testing.T) {
	tests := []struct {
		name    string
		options []retry.Option
		want    map[string]int
	}{
		{"none", nil, map[string]int{"Next a": 1, "Read x": 1}},
		{"refused", []retry.Option{retry.NoCheckpoints()}, map[string]int{"Next a": 3, "Read x": 3}},
		{"refused for one task", []retry.Option{retry.For("behavior.World.Next", retry.NoCheckpoints())}, map[string]int{"Next a": 3, "Read x": 1}},
		{"refreshed", []retry.Option{retry.RefreshCheckpoints()}, map[string]int{"Next a": 2, "Read x": 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &World{}
			var got []int
			call := func(ctx context.Context) {
				got = append(got, w.next(t, ctx, "a"))
				_, _ = SourceWithRetry{Disk{w}}.Read(ctx, "x")
			}
			with := func(ctx context.Context) { call(retry.With(ctx, test.options...)) }
			last := call // what was refreshed is remembered, what was refused is not there
			run(t, w, attempts(with, with, last))
			if !maps.Equal(w.calls, test.want) {
				t.Errorf("calls %v, want %v; gave %v", w.calls, test.want, got)
			}
		})
	}
}

// TestRememberedEvent checks that observers get the event.
func TestRememberedEvent(t *testing.T) {
	w := &World{}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	run(t, w, twice(func(ctx context.Context) { w.next(t, retry.With(ctx, retry.Observer(retry.LogTo(logger))), "a") }))
	if want := "level=INFO msg=\"retry: remembered\" task=behavior.World.Next\n"; log.String() != want {
		t.Errorf("logged %q, want %q", log.String(), want)
	}
}
