package bench

import (
	"context"
	"errors"
	"time"
)

// Block is a block of code that is retried where it stands.
//
//retry:task retries=4 delay=1ns
type Block[T any] func(ctx context.Context) (T, error)

// PriceBlock is Block without type parameters.
//
//retry:task retries=4 delay=1ns
type PriceBlock func(ctx context.Context) (Price, error)

// blocks are the ways to retry a block that captures a variable.
var blocks = []struct {
	name string
	call func(ctx context.Context, symbol string) (Price, error)
}{
	{"by hand", func(ctx context.Context, symbol string) (Price, error) {
		return blockByHand(ctx, func(ctx context.Context) (Price, error) { return FetchFixed(ctx, symbol) })
	}},
	{"retrygen", func(ctx context.Context, symbol string) (Price, error) {
		return PriceBlock(func(ctx context.Context) (Price, error) { return FetchFixed(ctx, symbol) }).WithRetry(ctx)
	}},
	{"retrygen, generic", func(ctx context.Context, symbol string) (Price, error) {
		return Block[Price](func(ctx context.Context) (Price, error) { return FetchFixed(ctx, symbol) }).WithRetry(ctx)
	}},
}

// blockByHand is a loop around a block, as short as it can be without a mistake.
//
//go:noinline
func blockByHand(ctx context.Context, block func(context.Context) (Price, error)) (Price, error) {
	for attempt := 1; ; attempt++ {
		price, err := block(ctx)
		if err == nil || attempt == 5 {
			return price, err
		}
		timer := time.NewTimer(time.Nanosecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		if ctx.Err() != nil {
			return price, errors.Join(err, context.Cause(ctx))
		}
	}
}
