// Package behavior holds annotated functions whose generated wrappers are run by its tests.
package behavior

import (
	"context"
	"errors"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

var errOutage = errors.New("outage")

// Service counts and scripts what its methods do.
type Service struct {
	calls    []time.Duration // when, since the first
	start    time.Time
	act      func(attempt int) error
	seen     []retry.Attempt
	released []int
	events   []retry.Event
	sessions []time.Duration // how long the attempts last
	asks     []time.Duration // what a condition asks for after each attempt
	waits    []time.Duration // what a notify function was told
}

func (s *Service) call() error {
	if s.start.IsZero() {
		s.start = time.Now()
	}
	s.calls = append(s.calls, time.Since(s.start))
	return s.act(len(s.calls))
}

// Plain has a schedule and nothing else.
//
//retry:ignore RL108 the tests ask for exact times
//retry:task retries=3 delay=exponential(1)
func (s *Service) Plain(ctx context.Context) (int, error) { return len(s.calls) + 1, s.call() }

// Slow works for a second and is told which attempt it is.
//
//retry:task retries=2 delay=2
func (s *Service) Slow(ctx context.Context, attempt retry.Attempt) error {
	s.seen = append(s.seen, attempt)
	time.Sleep(time.Second)
	return s.call()
}

// Held returns results that have to be released.
//
//retry:task retries=3 delay=1 discard=.release
func (s *Service) Held(ctx context.Context) (int, error) { err := s.call(); return len(s.calls), err }

func (s *Service) release(n int) { s.released = append(s.released, n) }

// Poll is retried until its state is right.
//
//retry:task retries=3 delay=1 if=unfinished
func (s *Service) Poll(ctx context.Context) (string, error) {
	if err := s.call(); err != nil {
		return "", err
	}
	if len(s.calls) < 3 {
		return "running", nil
	}
	return "done", nil
}

func unfinished(state string, err error) bool { return err != nil || state != "done" }

// Timed ignores everything but its context.
//
//retry:task retries=1 delay=1 timeout=3s
func (s *Service) Timed(ctx context.Context) error {
	if err := s.call(); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// Unaware takes no context.
//
//retry:task retries=3 delay=1
func (s *Service) Unaware() error { return s.call() }

// Hurried stops retrying after four seconds.
//
//retry:task retries=9 delay=1,2 within=4s
func (s *Service) Hurried(ctx context.Context) error { return s.call() }

var shared = retry.NewBudget(0, 0, 3)

// Shared takes its retries from a budget.
//
//retry:task retries=9 delay=1 budget=shared
func (s *Service) Shared(ctx context.Context) error { return s.call() }

// Picky retries what is worth it, and tells before each wait.
//
//retry:task retries=9 delay=1 on=errOutage,*retry.Error except=context.Canceled notify=.note
func (s *Service) Picky(ctx context.Context) error { return s.call() }

func (s *Service) note(_ context.Context, e retry.Event) { s.events = append(s.events, e) }

// Outer retries a task that is retried itself.
//
//retry:ignore RL301 the tests count what two layers come to
//retry:flow retries=1 delay=10
func (s *Service) Outer(ctx context.Context) error {
	_, err := s.PlainWithRetry(ctx)
	return err
}
