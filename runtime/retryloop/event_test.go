//go:build go1.25

package retryloop_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// watched is a wrapper as it is generated for a task with the option observe.
func watched(ctx context.Context, task string, f func() error) error {
	start := retryloop.Watch(ctx, task)
	err := f()
	if err == nil {
		retryloop.Succeeded(ctx, task, 2, start)
		return nil
	}
	loop := retryloop.Loop{Context: ctx, Task: task, Retries: 2, Started: start, Observe: true}
	for loop.Again(err) && loop.Wait(time.Second) {
		err = f()
	}
	return loop.End(err)
}

// TestObserve has calls end in all ways: each reports its end once, with the time that it took.
func TestObserve(t *testing.T) {
	for _, test := range []struct {
		name   string
		errs   []error // of the attempts
		events string
		took   time.Duration
	}{
		{"at once", []error{nil}, "succeeded", time.Second},
		{"after a failure", []error{errOutage, nil}, "retry recovered", 3 * time.Second},
		{"never", []error{errOutage, errOutage, errOutage}, "retry retry gave up", 5 * time.Second},
		{"refused", []error{retry.Permanent(errOutage)}, "refused", time.Second},
	} {
		for where, install := range map[string]func(context.Context, func(context.Context, retry.Event)) (context.Context, func()){
			"process": func(ctx context.Context, f func(context.Context, retry.Event)) (context.Context, func()) {
				return ctx, retry.Observe(f)
			},
			"context": func(ctx context.Context, f func(context.Context, retry.Event)) (context.Context, func()) {
				return retry.With(ctx, retry.Observer(f)), func() {}
			},
			"override": func(ctx context.Context, f func(context.Context, retry.Event)) (context.Context, func()) {
				return ctx, retry.Override(retry.For("pricing.Fetch", retry.Observer(f)))
			},
		} {
			t.Run(test.name+" "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var seen []string
					var last retry.Event
					ctx, remove := install(t.Context(), func(_ context.Context, e retry.Event) {
						seen, last = append(seen, e.Decision.String()), e
					})
					defer remove()
					n := 0
					_ = watched(ctx, fetch, func() error { n++; time.Sleep(time.Second); return test.errs[n-1] })
					if got := strings.Join(seen, " "); got != test.events {
						t.Errorf("events %s, want %s", got, test.events)
					}
					if last.Elapsed != test.took || last.Task != fetch || last.Attempt != n || last.Retries != 2 {
						t.Errorf("last event %+v, want %v elapsed", last, test.took)
					}
				})
			})
		}
	}
}

// TestObserveNothing looks at no clock while nothing observes, and allocates nothing.
func TestObserveNothing(t *testing.T) {
	ctx := retry.With(t.Context(), retry.Retries(1))
	remove := retry.Override(retry.For("pricing.Other", retry.Observer(func(context.Context, retry.Event) { t.Error("another task's") })))
	if start := retryloop.Watch(ctx, fetch); !start.IsZero() {
		t.Errorf("the call begins at %v, want no look at the clock", start)
	}
	retryloop.Succeeded(ctx, fetch, 2, time.Time{})
	remove()
	background := context.Background()
	if n := testing.AllocsPerRun(100, func() { _ = watched(background, fetch, func() error { return nil }) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// TestObserveNil ends a call with a nil context.
func TestObserveNil(t *testing.T) {
	seen := 0
	defer retry.Observe(func(ctx context.Context, _ retry.Event) {
		seen++
		if ctx == nil {
			t.Error("an observer got a nil context")
		}
	})()
	var none context.Context
	_ = watched(none, fetch, func() error { return nil })
	if seen != 1 {
		t.Errorf("%d events, want 1", seen)
	}
}

// TestNeverStarted ends a call whose context is done before the first attempt.
func TestNeverStarted(t *testing.T) {
	var event retry.Event
	defer retry.Observe(func(_ context.Context, e retry.Event) { event = e })()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	err := retryloop.NeverStarted(ctx, fetch, 2)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, errStopped) || !errors.Is(err, retry.ReasonCanceled) {
		t.Errorf("error %v, want a cancelled context with its cause", err)
	}
	if want := (retry.Event{Task: fetch, Retries: 2, Decision: retry.DecisionGaveUp, Reason: retry.ReasonCanceled}); event != want {
		t.Errorf("event %+v, want %+v", event, want)
	}
}

// TestObserveShared has a thousand callers succeed under an observer.
func TestObserveShared(t *testing.T) {
	var lock sync.Mutex
	seen := 0
	defer retry.Observe(func(context.Context, retry.Event) { lock.Lock(); seen++; lock.Unlock() })()
	var group sync.WaitGroup
	for range 1000 {
		group.Go(func() { _ = watched(t.Context(), fetch, func() error { return nil }) })
	}
	group.Wait()
	if seen != 1000 {
		t.Errorf("%d events, want 1000", seen)
	}
}

// TestElapsed reports the time of a call whose policy reads a clock, and none of others.
func TestElapsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var elapsed []time.Duration
		defer retry.Observe(func(_ context.Context, e retry.Event) { elapsed = append(elapsed, e.Elapsed) })()
		for _, reads := range []bool{false, true} {
			var start time.Time
			if reads {
				start = time.Now()
			}
			loop := retryloop.Loop{Context: t.Context(), Retries: 1, Started: start}
			_ = call(loop, time.Second, func() error { time.Sleep(time.Second); return errOutage })
		}
		if len(elapsed) != 4 || elapsed[0] != 0 || elapsed[1] != 0 || elapsed[2] != time.Second || elapsed[3] != 3*time.Second {
			t.Errorf("elapsed %v, want none twice, then 1s and 3s", elapsed)
		}
	})
}

// TestLogged logs what an operator needs to know, with the short names of tasks.
func TestLogged(t *testing.T) {
	var text bytes.Buffer
	log := retry.LogTo(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})))
	for _, e := range []retry.Event{
		{
			Task: fetch, Attempt: 1, Retries: 2, Err: errOutage,
			Decision: retry.DecisionRefused, Reason: retry.ReasonWait, Asked: 2 * time.Hour, Limit: time.Minute,
		},
		{Task: get, Attempt: 1, Retries: 2, Decision: retry.DecisionSucceeded, Elapsed: 3 * time.Millisecond},
		{Task: "main.run", Attempt: 3, Retries: retry.Unlimited, Decision: retry.DecisionRecovered, Elapsed: time.Hour},
	} {
		log(t.Context(), e)
	}
	const want = `level=ERROR msg="retry: refused" task=pricing.Fetch attempt=1 retries=2 reason="the wait that was asked for is too long" asked=2h0m0s limit=1m0s error=outage
level=INFO msg="retry: succeeded" task=pricing.Client.Get attempt=1 retries=2 elapsed=3ms
level=INFO msg="retry: recovered" task=main.run attempt=3 elapsed=1h0m0s
`
	if text.String() != want {
		t.Errorf("logged\n%swant\n%s", text.String(), want)
	}
}
