package behavior

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Asked is retried while its condition, which gets a parameter, says so. Its waits depend on the latest attempt, and its
// notify function gets a parameter.
//
//retry:task retries=9 delay=.pause(retry,attempt.Number,symbol) if=.patient(ctx,err,symbol) notify=.told(event,wait,symbol)
func (s *Service) Asked(ctx context.Context, symbol string) error { return s.call() }

func (s *Service) pause(n, number int, symbol string) time.Duration {
	return time.Duration(10*n+number+len(symbol)) * time.Second
}

func (s *Service) patient(_ context.Context, err error, symbol string) bool {
	return err == errOutage && len(s.calls) < len(symbol)
}

func (s *Service) told(event retry.Event, wait time.Duration, _ string) {
	s.events = append(s.events, event)
	s.waits = append(s.waits, wait)
}

// Polled is retried while a result says so; what is not wanted is dropped.
//
//retry:task retries=9 delay=1 jitter=1 if=.busy(result,err) discard=.drop(result)
func (s *Service) Polled(ctx context.Context) (int, error) { return len(s.calls) + 1, s.call() }

func (s *Service) busy(n int, err error) bool { return n < 3 && err == nil }

func (s *Service) drop(n int) { s.released = append(s.released, n) }
