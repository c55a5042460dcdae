// Config reads its policies from a YAML file, a flag or an environment variable, and changes them while it runs:
//
//	go run .                                        # the policy of app.yaml
//	SHOP_RETRY="retries=1 delay=10ms" go run .      # of the environment
//	go run . -retry "retries=8 delay=10ms"          # of the flag
//	kill -HUP …                                     # reads app.yaml again
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

var errBusy = errors.New("busy")

// client asks a shop.
type client struct {
	prices *policy
	ask    func(context.Context, string) error
}

// price asks for the price of an item. The configuration decides how often.
//
//retry:task policy=.prices.Current
func (c *client) price(ctx context.Context, item string) error { return c.ask(ctx, item) }

// stock asks how many are left. The section overrides of the configuration may change its numbers.
//
//retry:task retries=5 delay=exponential(20ms) jitter=1 timeout=1s
func (c *client) stock(ctx context.Context, item string) error { return c.ask(ctx, item) }

func main() {
	s := &settings{}
	flag.StringVar(&s.path, "config", "app.yaml", "the configuration file")
	if err := s.given.UnmarshalText([]byte(os.Getenv("SHOP_RETRY"))); err != nil {
		log.Fatal("SHOP_RETRY: ", err)
	}
	flag.TextVar(&s.given, "retry", s.given, "how prices are fetched, instead of what the file says")
	flag.Parse()
	if err := s.reload(); err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	retry.Observe(func(_ context.Context, e retry.Event) {
		fmt.Printf("%s: attempt %d, %v, wait %v\n", e.Task, e.Attempt, e.Decision, e.Wait.Round(time.Millisecond))
	})
	c := &client{prices: &s.prices, ask: func(context.Context, string) error { return errBusy }}
	for ctx.Err() == nil {
		fmt.Println(c.priceWithRetry(ctx, "tea"), c.stockWithRetry(ctx, "tea"), retry.UnmatchedOverrides())
		select {
		case <-ctx.Done():
		case <-hangup:
			if err := s.reload(); err != nil {
				log.Print("the configuration stays as it is: ", err)
			}
		case <-time.After(5 * time.Second):
		}
	}
}
