package behavior

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

var caller = &Machine{Name: "m"}

// TestRemoteDeaths lets processes die in attempts. These count, and the function is not called when none is left.
func TestRemoteDeaths(t *testing.T) {
	for _, test := range []struct {
		dead   []int
		made   int
		reason error
	}{
		{nil, 4, errOutage},
		{[]int{2, 3}, 2, errOutage},
		{[]int{2, 3, 4}, 1, retry.ReasonAttempts},
		{[]int{1, 2, 3, 4, 5, 6}, 0, retry.ReasonAttempts},
	} {
		synctest.Test(t, func(t *testing.T) {
			worker := machine(scripts["fails"])
			e := newEngine(worker.FixedTask())
			e.dies = func(_ *remote.Call, attempt int) bool { return slices.Contains(test.dead, attempt) }
			_, err := caller.FixedWithRetry(remote.With(t.Context(), e, "run"), 2)
			if worker.made != test.made || err == nil || !strings.Contains(err.Error(), "outage") && test.made > 0 {
				t.Errorf("dead in %v: %d attempts and %v, want %d", test.dead, worker.made, err, test.made)
			}
			if reason, ok := test.reason.(retry.Reason); ok && !errors.Is(err, reason) {
				t.Errorf("dead in %v: %v, want %v", test.dead, err, reason)
			}
		})
	}
}

// TestRemoteStateLost continues with less where an engine has lost the state.
func TestRemoteStateLost(t *testing.T) {
	worker := machine(scripts["fails"])
	attempt := worker.WanderingTask().Attempt
	outcome := attempt(t.Context(), remote.Attempt{Number: 3, Arguments: []byte(`{"n":2}`)})
	if !outcome.Again || outcome.Wait < time.Second || outcome.Wait > 3*time.Second {
		t.Errorf("%+v; want a wait as before the first retry", outcome)
	}
}

// TestRemoteFlow retries a flow whose steps run at the same time: only those that have failed are made again.
func TestRemoteFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		worker := &Machine{Name: "m", Max: 42}
		broken := true
		worker.act = func(i int) (int, error) {
			if i == 2 && broken {
				broken = false
				return 0, errBroken
			}
			return 0, nil
		}
		e := newEngine(worker.StepTask(), worker.BatchTask())
		lines, err := caller.BatchWithRetry(remote.With(t.Context(), e, "run"), "s", 5)
		if want := []string{"s0 of 42", "s0 of 42", "s1 of 42", "s1 of 42", "s2 of 42"}; err != nil || !slices.Equal(lines, want) {
			t.Errorf("%q, %v; want %q", lines, err, want)
		}
		slices.Sort(worker.told)
		if want := []string{"s 0", "s 0", "s 1", "s 1", "s 2", "s 2"}; !slices.Equal(worker.told, want) {
			t.Errorf("steps %q, want %q", worker.told, want)
		}
		if want := []time.Duration{10 * time.Second}; !slices.Equal(e.waits, want) {
			t.Errorf("waits %v, want %v", e.waits, want)
		}
	})
}

// TestRemoteFlowInPlace runs the flow in the caller's process; only its steps are made by the engine.
func TestRemoteFlowInPlace(t *testing.T) {
	worker := &Machine{Name: "m", Max: 42, act: func(int) (int, error) { return 0, nil }}
	e := newEngine(worker.StepTask())
	ctx := remote.With(t.Context(), e, "run")
	for range 2 {
		if lines, err := caller.retryBatch(ctx, nil, "s", 3); err != nil || len(lines) != 3 || lines[2] != "s1 of 42" {
			t.Errorf("%q, %v", lines, err)
		}
	}
	if len(worker.told) != 3 {
		t.Errorf("steps %q, want 3", worker.told)
	}
}

// TestRemoteFlowsApart calls the same flow several times in one run: their steps are calls of their own.
func TestRemoteFlowsApart(t *testing.T) {
	worker := &Machine{Name: "m", act: func(int) (int, error) { return 0, nil }}
	e := newEngine(worker.StepTask(), worker.BatchTask(), worker.TwiceTask())
	for range 2 {
		lines, err := caller.TwiceWithRetry(remote.With(t.Context(), e, "run"))
		if err != nil || len(lines) != 6 {
			t.Errorf("%q, %v; want 6 lines", lines, err)
		}
	}
	if len(worker.told) != 6 || len(e.calls) != 1+3+6 {
		t.Errorf("steps %q of %d calls, want 6 of 10", worker.told, len(e.calls))
	}
}

// TestRemoteRuns makes equal calls: below one context, below another one of the same run, and in other runs.
func TestRemoteRuns(t *testing.T) {
	worker := machine(scripts["succeeds"])
	e := newEngine(worker.FixedTask())
	for i, test := range []struct {
		run  string
		n    int
		made int
	}{{"a", 2, 2}, {"a", 3, 3}, {"b", 1, 4}, {"", 1, 5}, {"", 1, 6}, {"a", 3, 6}} {
		ctx := remote.With(t.Context(), e, test.run)
		for range test.n {
			if _, err := caller.FixedWithRetry(ctx, 2); err != nil {
				t.Fatal(err)
			}
		}
		if worker.made != test.made {
			t.Errorf("%d: %d attempts, want %d", i, worker.made, test.made)
		}
	}
}

// TestRemoteUnwanted makes a call twice that runs out of retries on results without an error: it has not succeeded.
func TestRemoteUnwanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		worker := machine(scripts["exhausted"])
		e := newEngine(worker.JudgedTask())
		for range 2 {
			if result, err := caller.JudgedWithRetry(remote.With(t.Context(), e, "run"), 2); result != 1 || err != nil {
				t.Errorf("%d, %v; want 1", result, err)
			}
		}
		if worker.made != 10 {
			t.Errorf("%d attempts, want 10", worker.made)
		}
	})
}

// speechless is an error whose text needs what JSON does not carry.
type speechless struct{ inner error }

func (s *speechless) Error() string { return s.inner.Error() }

// TestRemoteSpeechless leaves out an error that could not say what it is.
func TestRemoteSpeechless(t *testing.T) {
	names := retryloop.NamedType[*speechless]("*speechless")
	served, _ := retryloop.Serve[struct{}](t.Context(), "a.B", remote.Attempt{Number: 1, Arguments: []byte("{}")}, names)
	outcome := retryloop.Answer(served, 0, error(&speechless{errOutage}))
	key := retryloop.RemoteKey(t.Context(), "a.B", "a.B()")
	ctx := remote.With(t.Context(), fixedAnswer{failure: string(outcome.Failure)}, "")
	_, err := retryloop.Send[int](ctx, &key, remote.Call{}, struct{}{}, names)
	var s *speechless
	if err == nil || err.Error() != "outage" || errors.As(err, &s) {
		t.Errorf("%v", err)
	}
}

// TestRemoteChain makes a call within a task in the worker's own process: a task does not wait for another worker.
func TestRemoteChain(t *testing.T) {
	worker := machine(scripts["succeeds"])
	e := newEngine(worker.ChainTask())
	line, err := caller.ChainWithRetry(remote.With(t.Context(), e, ""))
	if line != "chained1 of 4" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	line, err = worker.ChainWithRetry(remote.With(remote.With(t.Context(), e, ""), nil, "")) // an engine is taken away
	if line != "chained1 of 4" || err != nil || len(e.calls) != 1 {
		t.Errorf("%q, %v, %d calls", line, err, len(e.calls))
	}
}

// TestRemoteErrors shows what the caller finds in an error.
func TestRemoteErrors(t *testing.T) {
	call := func(err error) error {
		worker := machine(func(int) (int, error) { return 0, retry.Permanent(err) })
		_, err = caller.NamedWithRetry(remote.With(t.Context(), newEngine(worker.NamedTask()), ""), 2)
		return err
	}
	var code *CodeError
	err := call(fmt.Errorf("twice: %w", &CodeError{503, "get", ErrBusy}))
	if !errors.As(err, &code) || code.Code != 503 || code.Op != "get" || code.Inner.Error() != "busy" || !errors.Is(err, ErrBusy) {
		t.Errorf("%v has %+v", err, code)
	}
	var known *remote.Error
	if !errors.As(err, &known) || known.Type != "*errs.Permanent" || err.Error() != "twice: get: code 503: busy" {
		t.Errorf("%v is %+v", err, known)
	}
	if err := call(errBroken); !errors.Is(err, errBroken) || errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	worker := machine(func(int) (int, error) { return 0, errBroken })
	if _, err := caller.NamedWithRetry(remote.With(t.Context(), newEngine(worker.NamedTask()), ""), 2); err != errBroken {
		t.Errorf("%v, want the variable itself", err)
	}
}

// TestRemoteMarks finds marks again in the process that retries around the call.
func TestRemoteMarks(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		made int
		took time.Duration
	}{
		"permanent": {retry.Permanent(errOutage), 1, 0},
		"after":     {retry.After(errOutage, 40*time.Second), 2, 40 * time.Second},
		"plain":     {errOutage, 2, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			worker := machine(func(int) (int, error) { return 0, test.err })
			e := newEngine(worker.NeverTask())
			outer := &Machine{Name: "outer"}
			outer.act = func(int) (int, error) { return caller.NeverWithRetry(remote.With(t.Context(), e, ""), 2) }
			begun := time.Now()
			_, err := outer.StepWithRetry(retry.With(t.Context(), retry.NoJitter()), "a", 1)
			if took := time.Since(begun); worker.made != test.made || took != test.took || err == nil {
				t.Errorf("%s: %d attempts in %v, %v; want %d in %v", name, worker.made, took, err, test.made, test.took)
			}
		})
	}
}

// TestRemoteEnds makes calls that end without an answer.
func TestRemoteEnds(t *testing.T) {
	worker := machine(scripts["fails"])
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(errBroken) })
		_, err := caller.FixedWithRetry(remote.With(ctx, newEngine(worker.FixedTask()), ""), 2)
		if !errors.Is(err, retry.ReasonCanceled) || !errors.Is(err, context.Canceled) || !errors.Is(err, errBroken) {
			t.Errorf("%v, want a call that was cancelled", err)
		}
		synctest.Wait()
		made := worker.made
		if _, err := caller.FixedWithRetry(remote.With(ctx, newEngine(worker.FixedTask()), ""), 2); !errors.Is(err, retry.ReasonCanceled) {
			t.Errorf("%v, want a call that was cancelled before", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if worker.made != made {
			t.Errorf("%d attempts, want %d", worker.made, made)
		}
	})
	_, err := caller.FixedWithRetry(remote.With(t.Context(), newEngine(), ""), 2)
	if !errors.Is(err, retry.ReasonEngine) || !errors.Is(err, errUnknown) {
		t.Errorf("%v, want %v", err, errUnknown)
	}
}
