package behavior

import (
	"context"
	"errors"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// errOver ends a test of sessions.
var errOver = errors.New("the test is over")

// session lasts as long as the service says, and then breaks.
func (s *Service) session() error {
	err := s.call()
	if len(s.calls) > len(s.sessions) {
		return retry.Permanent(errOver)
	}
	time.Sleep(s.sessions[len(s.calls)-1])
	return err
}

// Subscribe is retried without limit, with a schedule that starts again after a long session.
//
//retry:ignore RL108 the tests ask for waits that are nearly exact
//retry:task retries=unlimited delay=exponential(1) cap=60s jitter=20% reset=1m
func (s *Service) Subscribe(ctx context.Context) error { return s.session() }

// Limited has five retries for each outage.
//
//retry:ignore RL108 the tests ask for exact times
//retry:task retries=5 delay=exponential(1) cap=60s reset=1m
func (s *Service) Limited(ctx context.Context) error { return s.session() }

// Custom has a function decide on the waits.
//
//retry:task retries=unlimited delay=growing cap=60s reset=1m
func (s *Service) Custom(ctx context.Context, attempt retry.Attempt) error {
	s.seen = append(s.seen, attempt)
	return s.session()
}

func growing(n int) time.Duration { return retry.Exponential(time.Second, 2, n) }

// Own returns the error of its last attempt, whatever happens.
//
//retry:task retries=9 delay=1 within=3s error=last
func (s *Service) Own(ctx context.Context) error { return s.call() }

// Observed reports the end of every call.
//
//retry:task retries=2 delay=1 observe
func (s *Service) Observed(ctx context.Context) (int, error) { return len(s.calls) + 1, s.call() }

// ObservedUnaware has a context added.
//
//retry:task retries=2 delay=1 observe
func (s *Service) ObservedUnaware() error { return s.call() }

// ObservedPoll reports successes that a condition has asked about.
//
//retry:task retries=2 delay=1 observe if=unfinished
func (s *Service) ObservedPoll(ctx context.Context) (string, error) { return "done", s.call() }

// ObservedFlow reports the end of every call of a flow.
//
//retry:flow retries=1 delay=1 observe
func (s *Service) ObservedFlow(ctx context.Context) error { return s.call() }

// Asks has its condition ask for waits.
//
//retry:task retries=4 delay=10 cap=1m if=.wait
func (s *Service) Asks(ctx context.Context) error { return s.call() }

func (s *Service) wait(error) (time.Duration, bool) { return s.asks[len(s.calls)-1], true }

// Poll calls a service that does not answer.
//
//retry:task retries=5 delay=1s
func Poll(ctx context.Context) error { return errOutage }

// Sync polls until a newer call takes over and cancels it, with a cause or without one.
//
//retry:ignore RL301 the tests count what two layers come to
//retry:task retries=3 delay=1s jitter=1 if=github.com/retrygen/retrygen/runtime/retryhttp.Retryable
func (s *Service) Sync(ctx context.Context, cause error) error {
	_ = s.call()
	child, cancel := context.WithCancelCause(ctx)
	time.AfterFunc(1500*time.Millisecond, func() { cancel(cause) })
	return PollWithRetry(child)
}
