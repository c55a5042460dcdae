package behavior

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"
	"testing/synctest"
)

// attempts makes a flow's body of what each attempt does, in turn. All but the last fail after that.
func attempts(each ...func(context.Context)) func(context.Context) error {
	n := 0
	return func(ctx context.Context) error {
		n++
		each[n-1](ctx)
		if n < len(each) {
			return errMidway
		}
		return nil
	}
}

// twice makes a flow's body that does the same in two attempts.
func twice(f func(context.Context)) func(context.Context) error { return attempts(f, f) }

// run runs a flow that has to succeed in the end.
func run(t *testing.T, w *World, body func(context.Context) error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if err := w.RunWithRetry(t.Context(), body); err != nil {
			t.Errorf("the flow gave %v", err)
		}
	})
}

// counts compares how often calls were made.
func (w *World) counts(t *testing.T, want map[string]int) {
	t.Helper()
	if !maps.Equal(w.calls, want) {
		t.Errorf("calls %v, want %v", w.calls, want)
	}
}

// next calls the task that returns numbers.
func (w *World) next(t *testing.T, ctx context.Context, name string) int {
	t.Helper()
	n, err := w.NextWithRetry(ctx, name)
	if err != nil {
		t.Errorf("Next %s gave %v", name, err)
	}
	return n
}

func TestRemembered(t *testing.T) {
	w := &World{}
	var got []int
	run(t, w, twice(func(ctx context.Context) {
		got = append(got, w.next(t, ctx, "a"), w.next(t, ctx, "b"))
	}))
	w.counts(t, map[string]int{"Next a": 1, "Next b": 1})
	if !slices.Equal(got, []int{1, 2, 1, 2}) {
		t.Errorf("gave %v, want the numbers of the first attempt twice", got)
	}
}

func TestOtherArgumentsAreNotRemembered(t *testing.T) {
	w := &World{}
	run(t, w, attempts(
		func(ctx context.Context) { w.next(t, ctx, "a") },
		func(ctx context.Context) { w.next(t, ctx, "A") },
	))
	w.counts(t, map[string]int{"Next a": 1, "Next A": 1})
}

func TestSameArgumentsTwiceOnPurpose(t *testing.T) {
	w := &World{}
	var got []int
	run(t, w, attempts(
		func(ctx context.Context) { got = append(got, w.next(t, ctx, "a")) },
		func(ctx context.Context) { got = append(got, w.next(t, ctx, "a"), w.next(t, ctx, "a")) },
		func(ctx context.Context) {
			got = append(got, w.next(t, ctx, "a"), w.next(t, ctx, "a"), w.next(t, ctx, "a"))
		},
	))
	if !slices.Equal(got, []int{1, 1, 2, 1, 2, 3}) {
		t.Errorf("gave %v, want a number for each call of an attempt, and the same in the next", got)
	}
}

func TestOtherOrder(t *testing.T) {
	w := &World{}
	got := map[string][]int{}
	call := func(ctx context.Context, names ...string) {
		for _, name := range names {
			got[name] = append(got[name], w.next(t, ctx, name))
		}
	}
	run(t, w, attempts(
		func(ctx context.Context) { call(ctx, "a", "b", "c") },
		func(ctx context.Context) { call(ctx, "c", "d", "a", "b") },
	))
	for name, numbers := range got {
		if len(slices.Compact(numbers)) != 1 {
			t.Errorf("%s gave %v, want the same whatever the order", name, numbers)
		}
	}
}

func TestFailuresAreNotRemembered(t *testing.T) {
	w := &World{outages: map[string]int{"Next a": 2}}
	synctest.Test(t, func(t *testing.T) {
		err := w.RunWithRetry(t.Context(), func(ctx context.Context) error {
			w.next(t, ctx, "before")
			_, err := w.NextWithRetry(ctx, "a")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	w.counts(t, map[string]int{"Next before": 1, "Next a": 3})
}

func TestOutsideAFlow(t *testing.T) {
	w := &World{}
	var inside context.Context
	run(t, w, func(ctx context.Context) error {
		inside = ctx
		w.next(t, ctx, "a")
		return nil
	})
	w.next(t, t.Context(), "a")
	w.next(t, inside, "a") // the run has ended
	w.counts(t, map[string]int{"Next a": 3})
}

func TestEachRunIsNew(t *testing.T) {
	w := &World{}
	for range 2 {
		run(t, w, twice(func(ctx context.Context) { w.next(t, ctx, "a") }))
	}
	w.counts(t, map[string]int{"Next a": 2})
}

// TestConditionOverResults records what the condition was content with, never what retries ran out on.
func TestConditionOverResults(t *testing.T) {
	w := &World{}
	var got []string
	state := func(ctx context.Context) {
		s, err := w.SettleWithRetry(ctx)
		if err != nil {
			t.Error(err)
		}
		got = append(got, s)
	}
	run(t, w, attempts(state, state, state))
	// Two attempts on which the task's retries run out, then one more at once; the last is remembered.
	if !slices.Equal(got, []string{"running", "done", "done"}) || w.count("Settle") != 5 {
		t.Errorf("gave %v in %d calls", got, w.count("Settle"))
	}
}

func TestReceivers(t *testing.T) {
	one, other := &World{}, &World{}
	negative := Point{math.Copysign(0, -1), math.NaN()}
	var got [][]int
	world = &World{}
	number := func(n int, err error) int {
		if err != nil {
			t.Error(err)
		}
		return n
	}
	run(t, &World{}, twice(func(ctx context.Context) {
		ints, more, texts := &Box[int]{}, &Box[int]{}, &Box[string]{}
		numbers := []int{
			number(negative.WalkWithRetry(ctx)), number(Point{0, math.NaN()}.WalkWithRetry(ctx)),
			number(ints.PutWithRetry(ctx)), number(more.PutWithRetry(ctx)), number(texts.PutWithRetry(ctx)),
		}
		one.next(t, ctx, "a")
		other.next(t, ctx, "a")
		got = append(got, numbers)
	}))
	one.counts(t, map[string]int{"Next a": 1})
	other.counts(t, map[string]int{"Next a": 1})
	if got[0][0] != got[1][0] || got[0][1] != got[1][1] || got[0][0] == got[0][1] {
		t.Errorf("points gave %v: told apart by their bits, and remembered", got)
	}
	if world.count("Put") != 6 {
		t.Errorf("%d calls of Put, want one for each new box", world.count("Put"))
	}
}

func TestTypeArguments(t *testing.T) {
	type local int
	var got [][]int
	world = &World{}
	run(t, world, twice(func(ctx context.Context) {
		got = append(got, []int{
			picked(PickWithRetry[int, string](ctx, 1)), picked(PickWithRetry[int, []byte](ctx, 1)),
			picked(PickWithRetry[local, string](ctx, 1)), picked(PickWithRetry[string, string](ctx, "\x02")),
		})
	}))
	if !slices.Equal(got[0], got[1]) || !slices.Equal(got[0], []int{1, 2, 3, 4}) {
		t.Errorf("gave %v, want a number for each type, twice the same", got)
	}
}

// picked returns the number among the results.
func picked[V any](n int, _ V, err error) int {
	if err != nil {
		return -1
	}
	return n
}

func TestDecorated(t *testing.T) {
	a, b := &World{}, &World{}
	run(t, &World{}, twice(func(ctx context.Context) {
		for _, source := range []Source{Disk{a}, Disk{b}} {
			if n, err := (SourceWithRetry{source}).Read(ctx, "x"); n != 1 || err != nil {
				t.Errorf("gave %d, %v", n, err)
			}
		}
	}))
	a.counts(t, map[string]int{"Read x": 1})
	b.counts(t, map[string]int{"Read x": 1})
}

// TestResultsAreCopied has callers change what they are given.
func TestResultsAreCopied(t *testing.T) {
	w := &World{}
	run(t, w, attempts(slices.Repeat([]func(context.Context){func(ctx context.Context) {
		list, byName, err := w.NumbersWithRetry(ctx)
		if err != nil || !slices.Equal(list, []int{1}) || len(byName) != 1 || !slices.Equal(byName["n"], []int{1}) {
			t.Errorf("gave %v, %v, %v", list, byName, err)
		}
		list[0] = 99
		byName["n"][0] = 99
		byName["more"] = nil
	}}, 3)...))
	w.counts(t, map[string]int{"Numbers": 1})
}

func TestHandlesAreTheSame(t *testing.T) {
	w := &World{}
	var handles []*Handle
	run(t, w, twice(func(ctx context.Context) {
		h, err := w.OpenWithRetry(ctx)
		if err != nil {
			t.Error(err)
		}
		handles = append(handles, h)
	}))
	if handles[0] != handles[1] {
		t.Error("a handle was copied")
	}
}

func TestErrorOfFlowIsItsOwn(t *testing.T) {
	w := &World{}
	synctest.Test(t, func(t *testing.T) {
		err := w.RunWithRetry(t.Context(), func(context.Context) error { return errMidway })
		if !errors.Is(err, errMidway) {
			t.Errorf("gave %v", err)
		}
	})
}
