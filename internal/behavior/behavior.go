// Package behavior holds annotated functions whose generated wrappers are run by its tests.
package behavior

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

// Service counts and scripts what its methods do.
type Service struct {
	calls    []time.Duration // when, since the first
	start    time.Time
	act      func(attempt int) error
	seen     []retry.Attempt
	released []int
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

// Held gives results that have to be released.
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
