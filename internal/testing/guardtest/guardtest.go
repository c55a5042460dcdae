// Package guardtest guards wrappers with the circuit breaker of sony/gobreaker and the rate limiter of x/time.
package guardtest

import (
	"context"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"
)

//go:generate go tool retrygen

// Exchange is a service that may be down.
type Exchange struct {
	breaker *gobreaker.TwoStepCircuitBreaker[any]
	limiter *rate.Limiter
	ask     func() (int, error)
}

// Price asks for a price unless the circuit is open.
//
//retry:task retries=9 delay=1 guard=.breaker
func (e *Exchange) Price(context.Context) (int, error) { return e.ask() }

// Order asks when it is its turn.
//
//retry:task retries=9 guard=.limiter
func (e *Exchange) Order(context.Context) (int, error) { return e.ask() }

// Calm asks when it is its turn and unless the circuit is open: one wrapper around the other.
//
//retry:task retries=0 guard=.limiter
func (e *Exchange) Calm(ctx context.Context) (int, error) { return e.PriceWithRetry(ctx) }
