// Closure shows how a block of code is retried where it stands. One function type holds the policy; what is retried
// captures whatever it needs from the function around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

//go:generate go tool retrygen

// try is a block that reads from the store. A store that is busy answers soon; an order that is unknown stays so.
//
//retry:task retries=4 delay=exponential(20ms) jitter=1 except=errUnknown
type try[T any] func(ctx context.Context) (T, error)

var (
	errBusy    = errors.New("store is busy")
	errUnknown = errors.New("unknown order")
)

// summary reads two things, each of which is retried by itself: what has been read is not read again.
func summary(ctx context.Context, s *store, id int) (string, error) {
	customer, err := try[string](func(ctx context.Context) (string, error) {
		return s.customer(ctx, id)
	}).WithRetry(ctx)
	if err != nil {
		return "", fmt.Errorf("customer of order %d: %w", id, err)
	}
	total, err := try[int](func(ctx context.Context) (int, error) {
		sum := 0 // each attempt starts from zero
		for item := range 3 {
			price, err := s.price(ctx, id, item)
			if err != nil {
				return 0, err
			}
			sum += price
		}
		return sum, nil
	}).WithRetry(ctx)
	if err != nil {
		return "", fmt.Errorf("total of order %d: %w", id, err)
	}
	return fmt.Sprintf("order %d: %s pays %d", id, customer, total), nil
}

// store answers, except for the calls in which it is busy.
type store struct {
	calls int
	busy  map[int]bool // by number of the call, from 1 on
}

func (s *store) call(ctx context.Context, id int) error {
	s.calls++
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.busy[s.calls]:
		return errBusy
	case id != 7:
		return errUnknown
	}
	return nil
}

func (s *store) customer(ctx context.Context, id int) (string, error) { return "Ada", s.call(ctx, id) }

func (s *store) price(ctx context.Context, id, item int) (int, error) {
	return 10 * (item + 1), s.call(ctx, id)
}

func main() {
	ctx := context.Background()
	s := &store{busy: map[int]bool{1: true, 4: true}}
	text, err := summary(ctx, s, 7)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("%s (%d calls: one more for the customer, and the total from its beginning)\n", text, s.calls)
	_, err = summary(ctx, &store{}, 8)
	fmt.Println(err)
}
