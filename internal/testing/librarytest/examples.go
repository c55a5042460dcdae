package librarytest

import (
	"context"
	"errors"
	"log"
	"time"

	"github.com/avast/retry-go/v5"
	"github.com/cenkalti/backoff/v7"
	"k8s.io/apimachinery/pkg/util/wait"
)

// Config is the configuration of a client.
type Config struct {
	MaxTries uint
	Delay    time.Duration
}

// Client is the client of a shop.
type Client struct {
	config Config
	ask    func(ctx context.Context, symbol string) (float64, error)
	send   func(ctx context.Context, order string) error
	ready  func(ctx context.Context, order string) (bool, error)
}

// Errors of the shop.
var (
	ErrUnknown = errors.New("shop: no such symbol")
	ErrBusy    = errors.New("shop: busy")
)

// PriceBefore asks for a price.
func (c *Client) PriceBefore(ctx context.Context, symbol string) (float64, error) {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier = c.config.Delay, 2
	return backoff.Retry(ctx, func() (float64, error) {
		price, err := c.ask(ctx, symbol)
		if errors.Is(err, ErrUnknown) {
			return 0, backoff.Permanent(err)
		}
		return price, err
	}, backoff.WithBackOff(b), backoff.WithMaxTries(c.config.MaxTries))
}

// Price asks for a price.
//
//retry:task attempts=.config.MaxTries delay=exponential(.config.Delay) jitter=50% cap=1m within=15m except=ErrUnknown
func (c *Client) Price(ctx context.Context, symbol string) (float64, error) {
	return c.ask(ctx, symbol)
}

// StoreBefore stores an order.
func (c *Client) StoreBefore(ctx context.Context, order string) error {
	return retry.New(
		retry.Context(ctx),
		retry.Attempts(c.config.MaxTries),
		retry.Delay(c.config.Delay),
		retry.RetryIf(isBusy),
		retry.OnRetry(func(n uint, err error) { log.Printf("attempt %d: %v", n+1, err) }),
		retry.LastErrorOnly(true),
	).Do(func() error {
		return c.send(ctx, order)
	})
}

func isBusy(err error) bool { return errors.Is(err, ErrBusy) }

//retry:task attempts=config.MaxTries delay=exponential(config.Delay) jitter=+100ms if=isBusy notify=logRetry(attempt.Number,err)
type request func(ctx context.Context, config Config) error

func logRetry(attempt int, err error) { log.Printf("attempt %d: %v", attempt, err) }

// Store stores an order.
func (c *Client) Store(ctx context.Context, order string) error {
	return request(func(ctx context.Context, _ Config) error {
		return c.send(ctx, order)
	}).WithRetry(ctx, c.config)
}

// WaitBefore waits until an order can be collected.
func (c *Client) WaitBefore(ctx context.Context, order string) error {
	return wait.PollUntilContextTimeout(ctx, c.config.Delay, 10*time.Minute, true, func(ctx context.Context) (bool, error) {
		return c.ready(ctx, order)
	})
}

// Wait waits until an order can be collected.
func (c *Client) Wait(ctx context.Context, order string) error {
	_, err := c.isReadyWithRetry(ctx, order)
	return err
}

//retry:task retries=unlimited delay=.config.Delay within=10m if=notYet
func (c *Client) isReady(ctx context.Context, order string) (done bool, err error) {
	return c.ready(ctx, order)
}

func notYet(done bool, err error) bool { return !done && err == nil }
