// Package shop is what the caller and the workers share: a flow and its tasks.
package shop

//go:generate go tool retrygen

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Order is an order of a customer.
type Order struct {
	Number string
	Items  []string
}

// ErrNoCarrier is the error of an evening without a carrier.
var ErrNoCarrier = errors.New("no carrier is there")

// Deliver pays, packs and ships an order. It is plain Go: its tasks may be called in goroutines.
//
//retry:ignore RL301 the flow outlives more than its tasks do, such as a worker that is updated
//retry:flow retries=3 delay=5 remote
func Deliver(ctx context.Context, order Order) (parcel string, err error) {
	receipt, err := PayWithRetry(ctx, order.Number)
	if err != nil {
		return "", err
	}
	errs := make([]error, len(order.Items))
	var group sync.WaitGroup
	for i, item := range order.Items {
		group.Go(func() { errs[i] = PackWithRetry(ctx, order.Number, item) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	return ShipWithRetry(ctx, order.Number, receipt)
}

// Pay takes the money, once for each order: the number of the order is the key that a payment service tells payments apart
// by.
//
//retry:task retries=4 delay=exponential(3) jitter=1 cap=30s remote
func Pay(ctx context.Context, order string) (receipt string, err error) {
	fmt.Printf("pay      order %s\n", order)
	return "receipt for " + order, nil
}

// Pack packs an item.
//
//retry:task retries=2 delay=2 remote
func Pack(ctx context.Context, order, item string) error {
	fmt.Printf("pack     %s\n", item)
	return nil
}

// Ship gives the parcel to a carrier, who is there from the second attempt on.
//
//retry:task retries=5 delay=6 on=ErrNoCarrier remote
func Ship(ctx context.Context, attempt retry.Attempt, order, receipt string) (parcel string, err error) {
	if attempt.Number == 1 {
		fmt.Printf("ship     order %s, attempt 1: %v; again in 6s\n", order, ErrNoCarrier)
		return "", ErrNoCarrier
	}
	fmt.Printf("ship     order %s, attempt %d: shipped with the %s\n", order, attempt.Number, receipt)
	return "parcel 7 of order " + order, nil
}
