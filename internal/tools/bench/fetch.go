// Package bench measures generated wrappers against the loop that one would write by hand and against retry libraries.
//
//	cd internal/tools/bench && go test -bench . -benchmem -count 6
//
// It is a module of its own, so that no other module depends on the libraries.
package bench

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool retrygen

// Price is a result of two words and a string.
type Price struct {
	Value  float64
	Symbol string
}

var errOutage = errors.New("outage")

// failures is how many of the next calls fail.
var failures int

// Fetch fails as often as failures says.
//
//retry:task retries=4 delay=exponential(1ns) jitter=3 cap=30s
//go:noinline
func Fetch(ctx context.Context, symbol string) (Price, error) {
	if failures > 0 {
		failures--
		return Price{}, errOutage
	}
	return Price{1, symbol}, nil
}

// FetchFixed is Fetch with a fixed delay.
//
//retry:task retries=4 delay=1ns
//go:noinline
func FetchFixed(ctx context.Context, symbol string) (Price, error) {
	if failures > 0 {
		failures--
		return Price{}, errOutage
	}
	return Price{1, symbol}, nil
}

// FetchRemote is a call that an engine can make.
//
//retry:task retries=4 delay=1 remote
//go:noinline
func FetchRemote(ctx context.Context, symbol string) (Price, error) {
	if failures > 0 {
		failures--
		return Price{}, errOutage
	}
	return Price{1, symbol}, nil
}

// FetchGuarded has a timeout and a condition too.
//
//retry:task retries=4 delay=exponential(1ns) jitter=3 cap=30s timeout=5s if=worthRetrying
//go:noinline
func FetchGuarded(ctx context.Context, symbol string) (Price, error) { return Fetch(ctx, symbol) }

//go:noinline
func worthRetrying(err error) bool { return err == errOutage }

// fetchByHand is the split loop of a careful engineer: a fast path, and everything else out of line.
func fetchByHand(ctx context.Context, symbol string) (Price, error) {
	price, err := FetchFixed(ctx, symbol)
	if err == nil {
		return price, nil
	}
	return fetchAgain(ctx, symbol, price, err)
}

//go:noinline
func fetchAgain(ctx context.Context, symbol string, price Price, err error) (Price, error) {
	const delay = time.Nanosecond
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	for range 4 {
		if ctx.Err() != nil {
			return price, errors.Join(err, context.Cause(ctx))
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < delay {
			return price, errors.Join(err, context.DeadlineExceeded)
		}
		if timer == nil {
			timer = time.NewTimer(delay)
		} else {
			timer.Reset(delay)
		}
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return price, errors.Join(err, context.Cause(ctx))
		}
		if price, err = FetchFixed(ctx, symbol); err == nil {
			return price, nil
		}
	}
	return price, err
}

// FetchRemembered is FetchFixed with a checkpoint.
//
//retry:task retries=4 delay=1ns checkpoint
//go:noinline
func FetchRemembered(ctx context.Context, symbol string) (Price, error) {
	if failures > 0 {
		failures--
		return Price{}, errOutage
	}
	return Price{1, symbol}, nil
}

// During is a flow of whatever its body does.
//
//retry:flow retries=0
func During(ctx context.Context, body func(context.Context) error) error { return body(ctx) }
