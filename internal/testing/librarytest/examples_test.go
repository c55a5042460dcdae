package librarytest

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"testing"
	"time"
)

// client returns a client whose calls make attempts.
func client(try attempt) *Client {
	return &Client{
		config: Config{MaxTries: 4, Delay: time.Second},
		ask:    func(ctx context.Context, _ string) (float64, error) { return 100, try(ctx) },
		send:   func(ctx context.Context, _ string) error { return try(ctx) },
		ready:  func(ctx context.Context, _ string) (bool, error) { return try(ctx) == nil, nil },
	}
}

func TestExamples(t *testing.T) {
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)
	price := func(price func(*Client, context.Context, string) (float64, error)) call {
		return func(ctx context.Context, try attempt) error {
			_, err := price(client(try), ctx, "GOLD")
			return err
		}
	}
	store := func(store func(*Client, context.Context, string) error) call {
		return func(ctx context.Context, try attempt) error {
			return store(client(func(ctx context.Context) error {
				if try(ctx) != nil {
					return ErrBusy
				}
				return nil
			}), ctx, "order")
		}
	}
	ready := func(wait func(*Client, context.Context, string) error) call {
		return func(ctx context.Context, try attempt) error { return wait(client(try), ctx, "order") }
	}
	for _, r := range []row{
		{"backoff", price((*Client).PriceBefore), price((*Client).PriceWithRetry), spread(0.5, 1.5, 1, 2, 4), true},
		{"retry-go", store((*Client).StoreBefore), store((*Client).Store), above(100*time.Millisecond, 1, 2, 4), true},
		{"wait, whose period includes an attempt", ready((*Client).WaitBefore), ready((*Client).WaitBefore), exactly(0.999, 0.999), false},
		{"instead of wait", ready((*Client).Wait), ready((*Client).Wait), exactly(1, 1), false},
	} {
		r.run(t)
	}
	for _, c := range []call{price((*Client).PriceBefore), price((*Client).PriceWithRetry)} {
		attempts := 0
		err := c(t.Context(), func(context.Context) error {
			attempts++
			return ErrUnknown
		})
		if !errors.Is(err, ErrUnknown) || attempts != 1 {
			t.Errorf("%d attempts, %v", attempts, err)
		}
	}
}
