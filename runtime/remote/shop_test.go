package remote_test

import (
	"context"
	"errors"
	"fmt"
)

var errBusy = errors.New("busy")

// statusError is a type that the policy names.
type statusError struct {
	Code int
	Err  error
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %v", e.Code, e.Err) }
func (e *statusError) Unwrap() error { return e.Err }

// shop is the receiver. The worker's has what it works with.
type shop struct {
	fetch func(ctx context.Context, symbol string) (int, error)
	calls []string
}

// RetryKey identifies the shop: there is one.
func (s *shop) RetryKey() string { return "shop" }

// Fetch fetches a price.
//
//retry:ignore RL108 tests compare its waits
//retry:task retries=4 delay=exponential(2) timeout=5s on=errBusy,*statusError remote
func (s *shop) Fetch(ctx context.Context, symbol string) (int, error) { return s.fetch(ctx, symbol) }

// Total adds prices up.
//
//retry:ignore RL301 tests look at a flow whose tasks fail for long
//retry:flow retries=2 delay=10 remote
func (s *shop) Total(ctx context.Context, symbols []string) (int, error) {
	total := 0
	for _, symbol := range symbols {
		price, err := s.FetchWithRetry(ctx, symbol)
		if err != nil {
			return 0, err
		}
		total += price
	}
	return total, nil
}
