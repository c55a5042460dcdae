package retrytest_test

import (
	"context"
	"errors"
	"net/http"
)

// Price is a price in cents.
type Price int

var errBusy = errors.New("busy")

// Shop asks an exchange for prices.
type Shop struct {
	exchange func(symbol string) (Price, error)
}

// FetchPrice returns the price of a symbol.
//
//retry:task retries=4 delay=exponential(2) jitter=1
func (s Shop) FetchPrice(_ context.Context, symbol string) (Price, error) { return s.exchange(symbol) }

// get sends a request that may be sent twice.
//
//retry:task retries=2 delay=1 jitter=full if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func get(client *http.Client, req *http.Request) (*http.Response, error) { return client.Do(req) }
