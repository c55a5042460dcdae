package behavior

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestRestOfTheWait starts a flow while its next attempt is not due yet, at other times and with other clocks.
func TestRestOfTheWait(t *testing.T) {
	cases := map[string]struct {
		due, wait time.Duration // the due time, from now
		ctx       func(context.Context) (context.Context, context.CancelFunc)
		want      time.Duration
		reason    retry.Reason
	}{
		"in the middle":               {8 * time.Second, 20 * time.Second, nil, 8 * time.Second, 0},
		"due":                         {0, 20 * time.Second, nil, 0, 0},
		"long due":                    {-24 * time.Hour, 20 * time.Second, nil, 0, 0},
		"the clock was set back":      {1000 * time.Hour, 20 * time.Second, nil, 20 * time.Second, 0},
		"no wait is known":            {1000 * time.Hour, 0, nil, 0, 0},
		"delays are off":              {8 * time.Second, 20 * time.Second, noDelay, 0, 0},
		"fresh attempts":              {8 * time.Second, 20 * time.Second, fresh, 0, 0},
		"a deadline before":           {8 * time.Second, 20 * time.Second, timeout(7 * time.Second), 0, retry.ReasonDeadline},
		"a deadline after":            {8 * time.Second, 20 * time.Second, timeout(9 * time.Second), 8 * time.Second, 0},
		"canceled meanwhile":          {8 * time.Second, 20 * time.Second, canceledAfter(3 * time.Second), 0, retry.ReasonCanceled},
		"canceled before, and is due": {0, 20 * time.Second, canceledAfter(0), 0, retry.ReasonCanceled},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := retry.Progress{Begun: 2, Due: time.Now().Add(c.due).Round(0), Wait: c.wait}
				store := &ledger{kept: map[string]retry.Progress{countPath: before}}
				ctx := t.Context()
				if c.ctx != nil {
					var cancel context.CancelFunc
					ctx, cancel = c.ctx(ctx)
					defer cancel()
				}
				s := work(ctx, store, succeeding)
				if c.reason != 0 {
					e, ok := errors.AsType[*retry.Error](s.err)
					if !ok || e.Reason != c.reason || e.Attempts != 2 || len(s.numbers) != 0 || store.kept[countPath] != before {
						t.Errorf("attempts %v, error %v, and %+v is kept", s.numbers, s.err, store.kept[countPath])
					}
					return
				}
				if s.err != nil || len(s.begins) != 1 || s.begins[0] != c.want {
					t.Errorf("attempts after %v (%v), want %v", s.begins, s.err, c.want)
				}
			})
		})
	}
}

func noDelay(ctx context.Context) (context.Context, context.CancelFunc) {
	return retry.With(ctx, retry.NoDelay()), func() {}
}

func fresh(ctx context.Context) (context.Context, context.CancelFunc) {
	return retry.With(ctx, retry.FreshAttempts()), func() {}
}

func timeout(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, d) }
}

func canceledAfter(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(d, cancel)
		synctest.Wait()
		if d == 0 {
			time.Sleep(time.Nanosecond)
		}
		return ctx, cancel
	}
}

// TestAttemptsOfALaterProcess shows what a flow and its observers see after a crash: numbers, waits and schedule go on.
func TestAttemptsOfALaterProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{}
		die(func() { work(t.Context(), store, diesAt(2)) })
		var told []string
		s := work(t.Context(), store, func(_ context.Context, a retry.Attempt) error {
			told = append(told, fmt.Sprintf("%d %v %t", a.Number, a.Elapsed, a.Err != nil))
			if a.Number == 4 {
				return nil
			}
			return errOutage
		})
		if want := []string{"3 0s true", "4 40s true"}; !slices.Equal(told, want) || s.err != nil {
			t.Errorf("the flow was told %q (%v), want %q", told, s.err, want)
		}
		if want := []string{"retry 2 0s no reason", "retry 3 40s no reason", "recovered 4 0s no reason"}; !slices.Equal(s.events, want) {
			t.Errorf("events %q, want %q", s.events, want)
		}
	})
}

// TestRecoveredInALaterProcess has the first attempt of a process succeed that is not the flow's first.
func TestRecoveredInALaterProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{}
		die(func() { work(t.Context(), store, dying) })
		s := work(t.Context(), store, succeeding)
		if want := []string{"retry 1 0s no reason", "recovered 2 0s no reason"}; !slices.Equal(s.events, want) {
			t.Errorf("events %q, want %q", s.events, want)
		}
	})
}

// TestUnlimitedCount has a flow without a limit die often; its number goes on.
func TestUnlimitedCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, last := &ledger{}, 0
		for range 50 {
			die(func() {
				_ = CountForeverWithRetry(retry.WithRun(t.Context(), store, "nightly"), func(_ context.Context, a retry.Attempt) error {
					last = a.Number
					runtime.Goexit()
					return nil
				})
			})
		}
		if last != 50 {
			t.Errorf("the last attempt has number %d, want 50", last)
		}
	})
}

// TestCountOfResults has a condition over results decide: only a success that it accepts ends the count.
func TestCountOfResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{}
		ctx := retry.WithRun(t.Context(), store, "nightly")
		call := func(results ...int) (numbers []int, err error) {
			_, err = CountResultsWithRetry(ctx, func(a retry.Attempt) int {
				numbers = append(numbers, a.Number)
				n := results[0]
				results = results[1:]
				return n
			})
			return numbers, err
		}
		if numbers, err := call(-1, 7); err != nil || !slices.Equal(numbers, []int{1, 2}) {
			t.Errorf("attempts %v (%v)", numbers, err)
		}
		if numbers, err := call(-1, -1, -1, -1); err != nil || !slices.Equal(numbers, []int{1, 2, 3, 4}) {
			t.Errorf("attempts %v (%v), want that the count began anew", numbers, err)
		}
		if numbers, err := call(7); !errors.Is(err, retry.ReasonAttempts) || numbers != nil {
			t.Errorf("attempts %v (%v), want that they are used up", numbers, err)
		}
	})
}

// TestOnlyTheOutermostCounts has a flow within a flow fail until its retries are used up, in each attempt of the outer.
func TestOnlyTheOutermostCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{}
		var inner []int
		for range 2 {
			die(func() {
				work(t.Context(), store, func(ctx context.Context, _ retry.Attempt) error {
					_ = CountWithRetry(ctx, func(_ context.Context, a retry.Attempt) error {
						inner = append(inner, a.Number)
						return errOutage
					})
					runtime.Goexit()
					return nil
				})
			})
		}
		if want := []int{1, 2, 3, 4, 1, 2, 3, 4}; !slices.Equal(inner, want) {
			t.Errorf("the inner flow made attempts %v, want %v", inner, want)
		}
		if got := store.kept[countPath]; got.Begun != 2 || len(store.kept) != 1 {
			t.Errorf("%+v is kept", store.kept)
		}
	})
}

// TestCountCannotBeKept has the store fail: an attempt that cannot be counted does not begin, and a flow that has
// succeeded stays so.
func TestCountCannotBeKept(t *testing.T) {
	broken := errors.New("the disk is full")
	for what, c := range map[string]struct {
		attempts, made int
		text           string
	}{
		"read":    {0, 0, "reading how many attempts have begun: the disk is full"},
		"begin":   {0, 0, "counting the attempt: the disk is full"},
		"wait":    {1, 1, "keeping when the next attempt is due: the disk is full"},
		"succeed": {0, 2, ""},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &ledger{failed: map[string]error{what: broken}}
				s := work(t.Context(), store, func(_ context.Context, a retry.Attempt) error {
					if a.Number < 2 {
						return errOutage
					}
					return nil
				})
				if len(s.numbers) != c.made {
					t.Errorf("%d attempts, want %d", len(s.numbers), c.made)
				}
				if c.text == "" {
					if s.err != nil {
						t.Error(s.err)
					}
				} else if failed(t, s.err, c.attempts, c.text); !errors.Is(s.err, broken) {
					t.Errorf("error %v does not wrap the store's", s.err)
				}
				if store.held["nightly"] {
					t.Error("the run was not closed")
				}
			})
		})
	}
}

// TestNoCountWithoutAStore calls a flow again that has no store, or one that keeps no progress: it counts from 1.
func TestNoCountWithoutAStore(t *testing.T) {
	for name, store := range map[string]retry.Store{"memory": nil, "no progress": &disk{}} {
		synctest.Test(t, func(t *testing.T) {
			for range 2 {
				var numbers []int
				ctx := t.Context()
				if store != nil {
					ctx = retry.WithRun(ctx, store, "nightly")
				}
				_ = CountWithRetry(ctx, func(_ context.Context, a retry.Attempt) error {
					numbers = append(numbers, a.Number)
					return errOutage
				})
				if !slices.Equal(numbers, []int{1, 2, 3, 4}) {
					t.Errorf("%s: attempts %v", name, numbers)
				}
			}
		})
	}
}

// TestCountOfAnyHistory calls a flow in many processes with many ends, drawn at random: attempts are numbered one by one
// since the last success, and there are never more than four.
func TestCountOfAnyHistory(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			store, last := &ledger{}, 0
			for range 20 {
				ctx, cancel := context.WithCancel(t.Context())
				if random.IntN(3) == 0 {
					time.AfterFunc(time.Duration(random.IntN(80))*time.Second, cancel)
				}
				die(func() {
					work(ctx, store, func(_ context.Context, a retry.Attempt) error {
						if a.Number != last+1 || a.Number > 4 {
							t.Errorf("seed %d: attempt %d follows %d", seed, a.Number, last)
						}
						last = a.Number
						switch random.IntN(6) {
						case 0:
							last = 0
							return nil
						case 1:
							runtime.Goexit()
						case 2:
							return retry.Permanent(errOutage)
						}
						return errOutage
					})
				})
				cancel()
				if last == 4 {
					usedUp(t, work(t.Context(), store, succeeding), 4)
					clear(store.kept)
					last = 0
				}
			}
		})
	}
}
