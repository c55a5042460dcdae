package poll

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
)

var errNotYet = errors.New("not yet")

// double stands for a test. Its notes are what the helper logs and how it fails.
type double struct {
	ctx context.Context
	*shapes.Service
}

func (d double) Context() context.Context { return d.ctx }
func (d double) Helper()                  {}

func (d double) Logf(format string, args ...any) {
	d.Notes = append(d.Notes, fmt.Sprintf(format, args...))
}

func (d double) Fatalf(format string, args ...any) { d.Logf("failed: "+format, args...) }

func runUntil(limit time.Duration, until func(TB, time.Duration, time.Duration, func() bool)) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		until(double{ctx, s}, limit, 250*time.Millisecond, func() bool { return s.Call(ctx) == nil })
		return nil
	}
}

func TestUntil(t *testing.T) {
	for _, test := range []struct {
		name string
		shapes.Case
	}{
		{"at once", shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"later", shapes.Case{Answers: []error{errNotYet, errNotYet, nil}, Attempts: shapes.Seconds(0, 0.25, 0.5)}},
		{"a slow condition", shapes.Case{
			Answers:  []error{shapes.Slow{Takes: time.Second, Err: errNotYet}, nil},
			Attempts: shapes.Seconds(0, 1.25)}},
		{"a condition that is slower than the limit", shapes.Case{
			Answers: []error{shapes.Slow{Takes: 3 * time.Second, Err: nil}}, Attempts: shapes.Seconds(0), Ends: 3 * time.Second}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, runUntil(2*time.Second, UntilByHand), runUntil(2*time.Second, Until))
		})
	}
}

// TestUntilNever shows a difference: the loop by hand waits once more before it gives up.
func TestUntilNever(t *testing.T) {
	before := shapes.Case{
		Answers: []error{errNotYet}, Attempts: shapes.Seconds(0, 0.25, 0.5), Ends: 750 * time.Millisecond,
		Notes: []string{"failed: not true after 600ms"}}
	after := before
	after.Ends = 500 * time.Millisecond
	_ = before.CheckOne(t, "before", runUntil(600*time.Millisecond, UntilByHand))
	_ = after.CheckOne(t, "after", runUntil(600*time.Millisecond, Until))
}

// TestUntilExactly shows a difference: a retry may begin at the very end of the time.
func TestUntilExactly(t *testing.T) {
	answers := []error{errNotYet, errNotYet, nil}
	before := shapes.Case{
		Answers: answers, Attempts: shapes.Seconds(0, 0.25), Ends: 500 * time.Millisecond,
		Notes: []string{"failed: not true after 500ms"}}
	after := shapes.Case{Answers: answers, Attempts: shapes.Seconds(0, 0.25, 0.5)}
	_ = before.CheckOne(t, "before", runUntil(500*time.Millisecond, UntilByHand))
	_ = after.CheckOne(t, "after", runUntil(500*time.Millisecond, Until))
}

// TestUntilNoTime shows a difference: a time of 0 is no limit, and the test's context ends the wrapper.
func TestUntilNoTime(t *testing.T) {
	before := shapes.Case{Answers: []error{errNotYet}, Cancel: 600 * time.Millisecond, Notes: []string{"failed: not true after 0s"}}
	after := before
	after.Attempts, after.Ends = shapes.Seconds(0, 0.25, 0.5), 600*time.Millisecond
	_ = before.CheckOne(t, "before", runUntil(0, UntilByHand))
	_ = after.CheckOne(t, "after", runUntil(0, Until))
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		name     string
		attempts int
		shapes.Case
	}{
		{"at once", 3, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"later", 3, shapes.Case{
			Answers: []error{errNotYet, nil}, Attempts: shapes.Seconds(0, 1), Notes: []string{"attempt 1: not yet"}}},
		{"never", 3, shapes.Case{
			Answers: []error{errNotYet}, Attempts: shapes.Seconds(0, 1, 2),
			Notes: []string{"attempt 1: not yet", "attempt 2: not yet", "failed: not yet"}}},
		{"one attempt", 1, shapes.Case{
			Answers: []error{errNotYet}, Attempts: shapes.Seconds(0), Notes: []string{"failed: not yet"}}},
		{"no attempts are one", 0, shapes.Case{
			Answers: []error{errNotYet}, Attempts: shapes.Seconds(0), Notes: []string{"failed: not yet"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := func(check func(TB, Options, func() error)) shapes.Run {
				return func(ctx context.Context, s *shapes.Service) error {
					options := Options{Attempts: test.attempts, Every: time.Second}
					check(double{ctx, s}, options, func() error { return s.Call(ctx) })
					return nil
				}
			}
			test.Check(t, run(CheckByHand), run(Check))
		})
	}
}
