package itest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// TestSchedule makes a call whose attempts fail: the waits are those of the directive, and up to a second more.
func TestSchedule(t *testing.T) {
	t.Parallel()
	done, err := shop.WorkWithRetry(calls(t), shop.Job{Name: "schedule", Fail: 2, Err: "busy"})
	if done != "schedule" || err != nil {
		t.Fatalf("%q, %v", done, err)
	}
	lines := traced("schedule")
	if got, want := texts(lines), []string{"schedule 1", "schedule 2", "schedule 3"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i, want := range []time.Duration{time.Second, 2 * time.Second} {
		within(t, lines[i+1].Text, lines[i].Time, lines[i+1].Time, want)
	}
}

// TestErrors shows what a caller gets of errors of the worker.
func TestErrors(t *testing.T) {
	t.Parallel()
	ctx := calls(t)
	t.Run("a variable that the policy names", func(t *testing.T) {
		t.Parallel()
		_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "variable", Fail: 9, Err: "busy"})
		if !errors.Is(err, shop.ErrBusy) || err.Error() != "variable: the shop is busy" {
			t.Errorf("%v", err)
		}
		if n := len(traced("variable")); n != 4 {
			t.Errorf("%d attempts, want 4", n)
		}
	})
	t.Run("a type that the policy names", func(t *testing.T) {
		t.Parallel()
		_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "type", Fail: 9, Err: "status"})
		if status, ok := errors.AsType[*shop.StatusError](err); !ok || status.Code != 503 {
			t.Errorf("%v", err)
		}
	})
	t.Run("an error that is not worth it", func(t *testing.T) {
		t.Parallel()
		_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "other", Fail: 9, Err: "out of stock"})
		other, ok := errors.AsType[*remote.Error](err)
		if !ok || other.Message != "out of stock" || other.Type != "*errors.errorString" || len(traced("other")) != 1 {
			t.Errorf("%#v", err)
		}
	})
	t.Run("a panic", func(t *testing.T) {
		t.Parallel()
		_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "panic", Size: -1})
		if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "shop.Work panicked: strings: negative Repeat count") {
			t.Errorf("%v", err)
		}
	})
}

// TestWithin ends a call whose attempts do not end by themselves.
func TestWithin(t *testing.T) {
	t.Parallel()
	_, err := shop.BriefWithRetry(calls(t), shop.Job{Name: "within", Time: time.Minute})
	if !errors.Is(err, retry.ReasonWithin) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if n := len(traced("within")); n != 4 { // two attempts, each of which is traced at its end, too
		t.Errorf("%v", texts(traced("within")))
	}
}

// TestReuse makes a call again: the results are those of the first time.
func TestReuse(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	serve(t, c, queueOf(t), tasks...)
	for range 3 {
		ctx := remote.With(t.Context(), engine(c, queueOf(t)), "reuse")
		if done, err := shop.WorkWithRetry(ctx, shop.Job{Name: "reuse"}); done != "reuse" || err != nil {
			t.Errorf("%q, %v", done, err)
		}
	}
	if n := len(traced("reuse")); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// TestAttach makes a call from two places at the same time: both get the results of one activity.
func TestAttach(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	serve(t, c, queueOf(t), tasks...)
	results := make(chan string, 2)
	for range cap(results) {
		go func() {
			ctx := remote.With(t.Context(), engine(c, queueOf(t)), "attach")
			done, err := shop.WorkWithRetry(ctx, shop.Job{Name: "attach", Time: time.Second})
			if err != nil {
				done = err.Error()
			}
			results <- done
		}()
	}
	for range cap(results) {
		if done := <-results; done != "attach" {
			t.Error(done)
		}
	}
	if n := len(traced("attach")); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// TestCancel cancels a call: the task's context ends. A call that is made again then begins anew.
func TestCancel(t *testing.T) {
	t.Parallel()
	all := calls(t)
	ctx, cancel := context.WithCancelCause(all)
	gone := errors.New("the customer has gone")
	go func() {
		await(t, "cancel", 1)
		cancel(gone)
	}()
	_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "cancel", Time: time.Minute})
	if !errors.Is(err, retry.ReasonCanceled) || !errors.Is(err, context.Canceled) || !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	began := time.Now()
	if line := await(t, "cancel", 2); line.Text != "cancel 1 canceled" {
		t.Error(line.Text)
	} else {
		t.Logf("the task learnt of it after %v", line.Time.Sub(began))
	}
}

// TestDeadline lets a caller's time pass.
func TestDeadline(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(calls(t), 5*time.Second)
	defer cancel()
	_, err := shop.PatientWithRetry(ctx, shop.Job{Name: "deadline", Time: time.Minute})
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, retry.ReasonCanceled) && !errors.Is(err, retry.ReasonDeadline) {
		t.Errorf("%v", err)
	}
	if line := await(t, "deadline", 2); line.Text != "deadline 1 canceled" {
		t.Error(line.Text)
	}
}

// TestTooLarge makes calls whose arguments and results are too large for a server.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	ctx := calls(t)
	_, err := shop.WorkWithRetry(ctx, shop.Job{Name: strings.Repeat("large", 500_000)})
	if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "are 2500077 bytes of JSON, and a call takes at most 2080768") {
		t.Errorf("%.300v", err)
	}
	_, err = shop.WorkWithRetry(ctx, shop.Job{Name: "results", Size: 2_500_000})
	if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "has succeeded, but its results are 2500009 bytes of JSON") {
		t.Errorf("%.300v", err)
	}
	done, err := shop.WorkWithRetry(ctx, shop.Job{Name: "fits", Size: 2_000_000})
	if len(done) != 2_000_004 || err != nil {
		t.Errorf("%d bytes, %v", len(done), err)
	}
}
