// Package world is what the cases of migratetest call: a service that fails as a scenario says, and keeps when it was called.
package world

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What the service answers.
var (
	ErrDown  = errors.New("down")
	ErrFatal = errors.New("fatal")
)

// ErrStopped is why a context ends.
var ErrStopped = errors.New("stopped")

// IsFatal reports whether an error will not go away.
func IsFatal(err error) bool { return errors.Is(err, ErrFatal) }

// Service answers its calls as a scenario says; the last answer is repeated, up to 40 calls.
type Service struct {
	answers []error
	began   time.Time
	calls   []string
	times   []time.Duration
	notes   []string
}

// Call returns the next answer.
func (s *Service) Call(context.Context) error {
	s.times = append(s.times, time.Since(s.began))
	s.calls = append(s.calls, fmt.Sprint(time.Since(s.began)))
	if len(s.calls) > 40 {
		return nil
	}
	return s.answers[min(len(s.calls), len(s.answers))-1]
}

// Get is like Call, and returns a text where it succeeds.
func (s *Service) Get(ctx context.Context) (string, error) {
	if err := s.Call(ctx); err != nil {
		return "", err
	}
	return "text", nil
}

// Note keeps what the code under test says.
func (s *Service) Note(args ...any) {
	s.notes = append(s.notes, strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

var attempts = regexp.MustCompile(`after \d+ attempts?`)

// Scenario is a course of events.
type Scenario struct {
	Name     string
	answers  []error
	cancel   time.Duration // when the context ends, negative for before the call
	deadline time.Duration // of the context
}

// Scenarios are those that every case is tried in.
var Scenarios = []Scenario{
	{"succeeds", []error{nil}, 0, 0},
	{"recovers", []error{ErrDown, ErrDown, nil}, 0, 0},
	{"stays down", []error{ErrDown}, 0, 0},
	{"fatal", []error{ErrDown, ErrFatal}, 0, 0},
	{"cancelled after 1.234s", []error{ErrDown}, 1234 * time.Millisecond, 0},
	{"cancelled before", []error{ErrDown, ErrFatal}, -1, 0},
	{"a deadline of 1.234s", []error{ErrDown}, 0, 1234 * time.Millisecond},
}

// Cuts reports whether the context ends. With waits that are drawn at random, what happens by then is a matter of luck.
func (c Scenario) Cuts() bool { return c.cancel+c.deadline > 0 }

// Run tries a function in a scenario, and says what happened. Counts leaves out when.
func (c Scenario) Run(t *testing.T, do func(context.Context, *Service) error, counts bool) (text string) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{answers: c.answers, began: time.Now()}
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		switch {
		case c.cancel > 0:
			time.AfterFunc(c.cancel, func() { cancel(ErrStopped) })
		case c.cancel < 0:
			cancel(ErrStopped)
		case c.deadline > 0:
			var stop func()
			ctx, stop = context.WithTimeout(ctx, c.deadline)
			defer stop()
		}
		err := do(ctx, s)
		text = fmt.Sprintf("%d calls", len(s.calls))
		if counts && c.cancel+c.deadline > 0 {
			text = "some calls" // as many as the waits let
		}
		if !counts && len(s.calls) > 12 {
			s.calls = append(append(s.calls[:10:10], "…"), s.calls[len(s.calls)-1])
		}
		if !counts {
			text = "calls at " + strings.Join(s.calls, " ")
			if took := fmt.Sprint(time.Since(s.began)); len(s.calls) == 0 || took != s.calls[len(s.calls)-1] {
				text += ", ends at " + took
			}
		}
		for _, n := range s.notes {
			text += "; " + n
		}
		if err != nil {
			text += "; " + Describe(err)
		}
		if counts && c.cancel+c.deadline > 0 {
			text = attempts.ReplaceAllString(text, "after some attempts")
		}
	})
	return text
}

// Gaps returns the first three waits of many calls of a function while the service is down, sorted.
func Gaps(t *testing.T, do func(context.Context, *Service) error) (gaps [3][]time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		for range 500 {
			s := &Service{answers: []error{ErrDown}, began: time.Now()}
			_ = do(t.Context(), s)
			for i := range min(len(s.times)-1, len(gaps)) {
				gaps[i] = append(gaps[i], s.times[i+1]-s.times[i])
			}
		}
	})
	for _, list := range gaps {
		slices.Sort(list)
	}
	return gaps
}

// Alike reports whether waits have been drawn alike: their ends, their quarters and their mean lie close together.
func Alike(a, b []time.Duration) bool {
	if len(a) != len(b) || len(a) == 0 {
		return len(a) == len(b)
	}
	last := len(a) - 1
	spread := max(a[last]-a[0], b[last]-b[0])
	for _, at := range []int{0, last / 4, last / 2, 3 * last / 4, last} {
		if (a[at] - b[at]).Abs() > spread/5 {
			return false
		}
	}
	return true
}

// Describe shows an error and the known ones in it.
func Describe(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	for _, known := range []error{ErrDown, ErrFatal, context.Canceled, ErrStopped, context.DeadlineExceeded} {
		if errors.Is(err, known) && !strings.Contains(text, known.Error()) {
			text += " (" + known.Error() + ")"
		}
	}
	return "error: " + text
}
