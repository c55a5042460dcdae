// Package shapes compares retries that are written by hand with the same retries as a directive. Each folder below it has
// one shape that retries often have in Go programs: before.go has the loop or the helper that people write, after.go the
// directive. The tests run both against the same failures.
package shapes

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Service answers its calls as a test says, and keeps when they came. The last answer is repeated.
type Service struct {
	Random rand.Source // for the jitter of code that is written by hand
	Notes  []string    // what else the code under test does

	answers  []error
	began    time.Time
	attempts []time.Duration
}

// Call returns the next answer. A [Slow] answer takes its time, unless the context ends it.
func (s *Service) Call(ctx context.Context) error {
	s.attempts = append(s.attempts, time.Since(s.began))
	answer := s.answers[min(len(s.attempts), len(s.answers))-1]
	slow, ok := answer.(Slow)
	if !ok {
		return answer
	}
	select {
	case <-time.After(slow.Takes):
		return slow.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Slow is the answer of a call that takes its time and then returns Err.
type Slow struct {
	Takes time.Duration
	Err   error
}

func (s Slow) Error() string { return "slow: " + s.Err.Error() }

// Run makes one call of the code under test.
type Run func(ctx context.Context, s *Service) error

// Case is a call and what it does.
type Case struct {
	Answers []error
	Cancel  time.Duration // when the context of the call is cancelled; never if it is 0

	Attempts []time.Duration // when they begin
	Ends     time.Duration   // when the call returns; with the last attempt if it is 0
	Err      error           // an error that the call's error is, by errors.Is
	Cut      retry.Reason    // if it is not 0, the call is cut short, and the directive's error is a *retry.Error of this reason
	Notes    []string
}

// Check runs the case with code that is written by hand and with the code of a directive. Both must do what the case says,
// and return the same error, except where the call is cut short. All draws of random numbers have the same result: the
// lower end of an interval.
func (c Case) Check(t *testing.T, before, after Run) {
	t.Helper()
	old := c.CheckOne(t, "before", before)
	now := c.CheckOne(t, "after", after)
	if c.Cut == 0 {
		if old != now && (old == nil || now == nil || old.Error() != now.Error()) {
			t.Errorf("error before: %v; after: %v", old, now)
		}
		return
	}
	if e, ok := errors.AsType[*retry.Error](now); !ok || e.Reason != c.Cut {
		t.Errorf("error after: %v, want that the call was cut short: %v", now, c.Cut)
	}
}

// CheckOne runs the case with one of both. It returns the error of the call.
func (c Case) CheckOne(t *testing.T, name string, run Run) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &Service{Random: lowest{}, answers: c.Answers, began: time.Now()}
		ctx, cancel := context.WithCancel(retry.With(t.Context(), retry.Random(s.Random)))
		defer cancel()
		if c.Cancel > 0 {
			time.AfterFunc(c.Cancel, cancel)
		}
		err = run(ctx, s)
		ends := time.Since(s.began)
		if !slices.Equal(s.attempts, c.Attempts) {
			t.Errorf("%s: attempts at %v, want %v", name, s.attempts, c.Attempts)
		}
		if want := max(c.Ends, slices.Max(append(c.Attempts, 0))); ends != want {
			t.Errorf("%s: the call ends after %v, want %v", name, ends, want)
		}
		if !errors.Is(err, c.Err) {
			t.Errorf("%s: error %v, want %v", name, err, c.Err)
		}
		if !slices.Equal(s.Notes, c.Notes) {
			t.Errorf("%s: %q, want %q", name, s.Notes, c.Notes)
		}
	})
	return err
}

// lowest is a source of random numbers that are all 0.
type lowest struct{}

func (lowest) Uint64() uint64 { return 0 }

// Seconds returns durations in seconds.
func Seconds(seconds ...float64) []time.Duration {
	list := make([]time.Duration, len(seconds))
	for i, s := range seconds {
		list[i] = time.Duration(math.Round(s * float64(time.Second)))
	}
	return list
}
