package report

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// calm and stormy are scenarios without and with an outage.
var (
	calm   = forecast.Scenario{}
	stormy = forecast.Scenario{
		AttemptTime: 200 * time.Millisecond, Outage: 10 * time.Second, Clients: 1e6, Rate: 20000, Capacity: 50000,
	}
	few       = forecast.Scenario{Outage: 5 * time.Second, Clients: 1000, Capacity: 100, Seed: 3}
	steadfast = forecast.Scenario{Outage: 10 * time.Second, Rate: 30000, Capacity: 50000}
	thrifty   = forecast.Scenario{
		AttemptTime: 200 * time.Millisecond, Outage: 10 * time.Second, Clients: 1e5, Rate: 20000, Capacity: 50000,
		Budget: &forecast.Budget{Ratio: 0.1, PerSecond: 100, Burst: 10000}, Seed: 7,
	}
)

// policies are of every kind that looks different.
var policies = []string{
	"retries=4 delay=exponential(2) jitter=3",
	"retries=10 delay=fibonacci(1) jitter=full cap=30s timeout=5s",
	"retries=unlimited delay=1",
	"retries=60 delay=exponential(2)",
	"retries=0",
	"retries=3 delay=1 within=2500ms jitter=50%",
	"retries=5 delay=exponential(1) jitter=decorrelated cap=20s",
	"retries=1 delay=250ms",
	"retries=2 delay=pause budget=shared",
	"timeout=2s",
	"retries=unlimited delay=1 within=10s",
	"retries=2000 delay=1 timeout=1s",
	"retries=2 timeout=1s",
	"retries=3 delay=1 jitter=decorrelated within=4s",
}

// forecasts keeps what takes long.
var forecasts = map[string]*forecast.Forecast{}

// sample forecasts a policy.
func sample(t testing.TB, text string, s forecast.Scenario) Policy {
	t.Helper()
	p, problems := policy.Parse(text, 0)
	if problems != nil {
		t.Fatal(problems)
	}
	f, found := forecasts[fmt.Sprint(text, s)]
	if !found {
		var err error
		if f, err = forecast.New(context.Background(), p, s); err != nil {
			t.Fatal(err)
		}
		forecasts[fmt.Sprint(text, s)] = f
	}
	return Policy{Task: "FetchPrice", Wrapper: "FetchPriceWithRetry", Package: "example.com/shop/pricing", File: "pricing/price.go", Line: 12, Column: 1, Link: "https://example.com/shop/blob/main/pricing/price.go#L12", Text: p.String(), Forecast: f}
}

// chained is inside retries of others, under long names.
func chained(p Policy) Policy {
	p.Total = &Worst{Attempts: Unlimited, Wait: 9223372036.854775807, Unbounded: true, MoreWait: true, Why: "order.go:31: a loop " +
		"whose number of rounds is not a constant"}
	p.Chains = []Chain{
		NewChain([]Link{
			{Package: "example.com/shop/orders", Name: "Place", Attempts: 3, Wait: 4, Position: "orders/order.go:30:1"},
			{Package: "example.com/shop/pricing", Name: "FetchPrice", Attempts: 5, Wait: 120, Position: "pricing/price.go:12:1"},
			{Package: "net/http", Name: "Transport", Attempts: 2, Client: true, Open: true},
		}, 30, 364),
		NewChain([]Link{
			{Package: "example.com/shop/orders", Name: "Place", Attempts: 3, Wait: 4, Position: "orders/order.go:30:1"},
			{Name: "a loop", Attempts: Unlimited, Wait: 120, Client: true, Position: "a/very/long/folder/of/a/very/large/module/with/many/packages/internal/pricing/price_of_everything.go:1234:56"},
		}, Unlimited, 0),
	}
	return p
}

// module is n policies.
func module(t testing.TB, n int, s forecast.Scenario) *Report {
	t.Helper()
	var list []Policy
	for i := range n {
		text := policies[i%len(policies)]
		under := s
		if i%len(policies) == 2 || i%len(policies) == 3 {
			under.Outage = 0
		}
		p := sample(t, text, under)
		p.Task, p.Line = fmt.Sprintf("Client.Task%d", i), 10*i+1
		if i%7 == 3 {
			p = chained(p)
		}
		list = append(list, p)
	}
	return New(s, list, []string{"example.com/shop/broken: chains are not followed: it does not build"})
}
