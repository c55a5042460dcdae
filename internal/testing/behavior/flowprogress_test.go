package behavior

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// ledger is a disk that also keeps the progress of flows.
type ledger struct {
	disk
	kept   map[string]retry.Progress // by run and flow
	failed map[string]error          // what Progress and SetProgress return
}

func (l *ledger) Open(ctx context.Context, name string) (retry.Run, error) {
	r, err := l.disk.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return &ledgerRun{r, l, name}, nil
}

type ledgerRun struct {
	retry.Run
	*ledger
	name string
}

func (r *ledgerRun) Progress(_ context.Context, flow string) (retry.Progress, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.kept[r.name+" "+flow], r.failed["read"]
}

func (r *ledgerRun) SetProgress(ctx context.Context, flow string, p retry.Progress) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	what := "begin"
	switch {
	case p == retry.Progress{}:
		what = "succeed"
	case !p.Due.IsZero():
		what = "wait"
	}
	if err := errors.Join(r.failed[what], ctx.Err()); err != nil {
		return err
	}
	if r.kept == nil {
		r.kept = map[string]retry.Progress{}
	}
	p.Due = p.Due.Round(0) // as from a disk
	r.kept[r.name+" "+flow] = p
	return nil
}

func (r *ledgerRun) Open(context.Context, string) (retry.Run, error) { panic("not of a run") }

const countPath = "nightly github.com/retrygen/retrygen/internal/testing/behavior.Count"

// shift is one call of the flow Count, as one process would make it.
type shift struct {
	numbers []int           // of the attempts that were made
	begins  []time.Duration // when each began, since the call
	events  []string
	err     error
}

// work calls Count, with a body that is told the attempt.
func work(ctx context.Context, store retry.Store, body func(context.Context, retry.Attempt) error) *shift {
	s := &shift{}
	begin := time.Now()
	ctx = retry.With(retry.WithRun(ctx, store, "nightly"), retry.Observer(func(_ context.Context, e retry.Event) {
		s.events = append(s.events, fmt.Sprintf("%v %d %v %v", e.Decision, e.Attempt, e.Wait, e.Reason))
	}))
	s.err = CountWithRetry(ctx, func(ctx context.Context, a retry.Attempt) error {
		s.numbers = append(s.numbers, a.Number)
		s.begins = append(s.begins, time.Since(begin))
		return body(ctx, a)
	})
	return s
}

// die runs a function and ends it as the death of a process does: without a word of the flow's wrapper. Goexit comes
// closest to that within one process.
func die(f func()) {
	var group sync.WaitGroup
	group.Go(f)
	group.Wait()
}

func failing(context.Context, retry.Attempt) error { return errOutage }

func succeeding(context.Context, retry.Attempt) error { return nil }

func dying(context.Context, retry.Attempt) error { runtime.Goexit(); return nil }

// diesAt fails until an attempt, in which it dies.
func diesAt(number int) func(context.Context, retry.Attempt) error {
	return func(_ context.Context, a retry.Attempt) error {
		if a.Number == number {
			runtime.Goexit()
		}
		return errOutage
	}
}

// callsBefore are calls of a flow that end in each of the ways there are. The flow has four attempts, with waits of 10, 20
// and 40 s.
var callsBefore = map[string]struct {
	first func(ctx context.Context, store retry.Store, cancel func())
	next  int           // the number of the attempt that the second call begins with; 0 for none
	wait  time.Duration // before it
}{
	"success": {func(ctx context.Context, store retry.Store, _ func()) { work(ctx, store, succeeding) }, 1, 0},
	"success after failures": {func(ctx context.Context, store retry.Store, _ func()) {
		work(ctx, store, func(_ context.Context, a retry.Attempt) error {
			if a.Number < 3 {
				return errOutage
			}
			return nil
		})
	}, 1, 0},
	"killed in the first attempt": {func(ctx context.Context, store retry.Store, _ func()) {
		die(func() { work(ctx, store, dying) })
	}, 2, 0},
	"killed in the third attempt": {func(ctx context.Context, store retry.Store, _ func()) {
		die(func() { work(ctx, store, diesAt(3)) })
	}, 4, 0},
	"killed in the last attempt": {func(ctx context.Context, store retry.Store, _ func()) {
		die(func() { work(ctx, store, diesAt(4)) })
	}, 0, 0},
	"panic": {func(ctx context.Context, store retry.Store, _ func()) {
		defer func() { _ = recover() }()
		work(ctx, store, func(context.Context, retry.Attempt) error { panic("broken") })
	}, 2, 0},
	"retries used up": {func(ctx context.Context, store retry.Store, _ func()) { work(ctx, store, failing) }, 0, 0},
	"a permanent error": {func(ctx context.Context, store retry.Store, _ func()) {
		work(ctx, store, func(context.Context, retry.Attempt) error { return retry.Permanent(errOutage) })
	}, 2, 0},
	"canceled in an attempt": {func(ctx context.Context, store retry.Store, cancel func()) {
		work(ctx, store, func(context.Context, retry.Attempt) error { cancel(); return errOutage })
	}, 2, 0},
	"canceled in the wait": {func(ctx context.Context, store retry.Store, cancel func()) {
		time.AfterFunc(17*time.Second, cancel) // 7 s into the wait of 20 s
		work(ctx, store, failing)
	}, 3, 13 * time.Second},
	"deadline before the next attempt": {func(ctx context.Context, store retry.Store, _ func()) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		work(ctx, store, failing)
	}, 2, 0},
}

// TestCountGoesOn calls a flow, and calls it again under the same name.
func TestCountGoesOn(t *testing.T) {
	for name, c := range callsBefore {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &ledger{}
				ctx, cancel := context.WithCancel(t.Context())
				c.first(ctx, store, cancel)
				cancel()
				second := work(t.Context(), store, succeeding)
				switch {
				case c.next == 0:
					usedUp(t, second, 4)
				case second.err != nil || !slices.Equal(second.numbers, []int{c.next}):
					t.Errorf("the second call made attempts %v (%v), want %d", second.numbers, second.err, c.next)
				case second.begins[0] != c.wait:
					t.Errorf("the second call waited %v, want %v", second.begins[0], c.wait)
				}
			})
		})
	}
}

// usedUp checks that a call made no attempt, since earlier ones have made all.
func usedUp(t *testing.T, s *shift, attempts int) {
	t.Helper()
	e, ok := errors.AsType[*retry.Error](s.err)
	if !ok || e.Reason != retry.ReasonAttempts || e.Attempts != attempts || !errors.Is(s.err, retry.ReasonAttempts) || len(s.numbers) != 0 {
		t.Fatalf("attempts %v and error %v, want none since %d are used up", s.numbers, s.err, attempts)
	}
	if text := s.err.Error(); !strings.Contains(text, `run "nightly"`) || !strings.Contains(text, "retry.FreshAttempts") {
		t.Errorf("the error does not say what to do: %v", s.err)
	}
	if want := fmt.Sprintf("gave up %d 0s %v", attempts, retry.ReasonAttempts); !slices.Equal(s.events, []string{want}) {
		t.Errorf("events %q, want %q", s.events, want)
	}
}

// TestCrashLoop starts a flow again and again that kills its process: it ends.
func TestCrashLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, calls := &ledger{}, 0
		for range 10 {
			die(func() {
				work(t.Context(), store, func(context.Context, retry.Attempt) error { calls++; runtime.Goexit(); return nil })
			})
		}
		if calls != 4 {
			t.Errorf("it was called %d times, want 4", calls)
		}
	})
}

// TestAttemptsUsedUp asks for more in each of the ways there are, after all attempts were made.
func TestAttemptsUsedUp(t *testing.T) {
	for name, c := range map[string]struct {
		before func(store *ledger)
		option retry.Option
		want   []int
	}{
		"again":                      {nil, retry.Option{}, nil},
		"fresh attempts":             {nil, retry.FreshAttempts(), []int{1, 2, 3, 4}},
		"fresh attempts of the flow": {nil, retry.For("behavior.Count", retry.FreshAttempts()), []int{1, 2, 3, 4}},
		//retry:ignore RL308 the test has a name that no task has
		"fresh attempts of another":  {nil, retry.For("behavior.Other", retry.FreshAttempts()), nil},
		"the run is deleted":         {func(store *ledger) { clear(store.kept) }, retry.Option{}, []int{1, 2, 3, 4}},
		"a higher limit":             {nil, retry.Retries(5), []int{5, 6}},
		"a lower limit":              {nil, retry.Retries(1), nil},
		"no limit":                   {func(*ledger) {}, retry.Retries(retry.Unlimited), []int{5, 6, 7, 8, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &ledger{}
				if s := work(t.Context(), store, failing); !slices.Equal(s.numbers, []int{1, 2, 3, 4}) || s.err != errOutage {
					t.Fatalf("attempts %v (%v)", s.numbers, s.err)
				}
				if c.before != nil {
					c.before(store)
				}
				s := work(retry.With(t.Context(), c.option), store, func(_ context.Context, a retry.Attempt) error {
					if a.Number == 9 {
						return nil
					}
					return errOutage
				})
				if c.want == nil {
					usedUp(t, s, 4)
				} else if !slices.Equal(s.numbers, c.want) {
					t.Errorf("attempts %v (%v), want %v", s.numbers, s.err, c.want)
				}
			})
		})
	}
}

// TestUsedUpIsFinal has a task call a flow whose attempts are used up: to try it again would change nothing.
func TestUsedUpIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, calls := &ledger{}, 0
		ctx := retry.WithRun(t.Context(), store, "nightly")
		err := CountAgainWithRetry(ctx, func(context.Context, retry.Attempt) error { calls++; return errOutage })
		if calls != 4 || !errors.Is(err, retry.ReasonAttempts) {
			t.Errorf("%d calls (%v), want 4 and that they are used up", calls, err)
		}
	})
}

// TestCountKeepsRecords has a flow succeed after its process died: the task that had succeeded is not called again, in
// the attempt that the count continues with and in a call after the success, whose count begins anew.
func TestCountKeepsRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, w := &ledger{}, &World{}
		load := func(end func() error) func(context.Context, retry.Attempt) error {
			return func(ctx context.Context, _ retry.Attempt) error {
				if _, err := (&Shop{World: w}).LoadWithRetry(ctx, "a"); err != nil {
					return err
				}
				return end()
			}
		}
		die(func() { work(t.Context(), store, load(func() error { runtime.Goexit(); return nil })) })
		for _, want := range []int{2, 1, 1} {
			s := work(t.Context(), store, load(func() error { return nil }))
			if s.err != nil || !slices.Equal(s.numbers, []int{want}) {
				t.Errorf("attempts %v (%v), want %d", s.numbers, s.err, want)
			}
		}
		w.counts(t, map[string]int{"Load a": 1})
	})
}
