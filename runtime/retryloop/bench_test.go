package retryloop_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// BenchmarkFailures measures what a loop with two failures costs besides its waits: alone, with a budget, and below
// options of retry.With.
func BenchmarkFailures(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	budget := retry.NewBudget(0, 1e9, 1e9)
	for _, way := range []struct {
		name string
		with func(context.Context) context.Context
		from *retry.Budget
	}{
		{"alone", func(ctx context.Context) context.Context { return ctx }, nil},
		{"budget", func(ctx context.Context) context.Context { return ctx }, budget},
		{"options", func(ctx context.Context) context.Context { return retry.With(ctx, retry.NoDelay()) }, nil},
	} {
		b.Run(way.name, func(b *testing.B) {
			ctx, outage := way.with(ctx), errors.New("outage")
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				failures, err := 0, outage
				loop := retryloop.Loop{Context: ctx, Task: "pkg.Task", Retries: 4, Budget: way.from}
				for loop.Again(err) && loop.Wait(0) {
					if failures++; failures == 2 {
						err = nil
					}
				}
				if loop.End(err) != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fetchOnce is a task that succeeds.
//
//go:noinline
func fetchOnce(context.Context) int { return 1 }

// direct, limited and policed are wrappers as they are generated, up to the first attempt: with nothing to ask, with a
// timeout that overrides may change, and with a policy that is a value.

//go:noinline
func direct(ctx context.Context, _ *retry.Policy) (int, time.Duration) { return fetchOnce(ctx), 0 }

//go:noinline
func limited(ctx context.Context, _ *retry.Policy) (int, time.Duration) {
	timeout := retryloop.TimeoutFor("pkg.Task", 5)
	return fetchOnce(ctx), timeout
}

//go:noinline
func policed(ctx context.Context, from *retry.Policy) (int, time.Duration) {
	policy := *from
	var limits retryloop.Limits
	limits.Read("pkg.Task", policy)
	return fetchOnce(ctx), limits.Timeout
}

// BenchmarkBegin measures what a wrapper asks before its first attempt, which succeeds.
func BenchmarkBegin(b *testing.B) {
	ctx := context.Background()
	for _, way := range []struct {
		name   string
		call   func(context.Context, *retry.Policy) (int, time.Duration)
		policy string
	}{
		{"nothing", direct, ""},
		{"timeout", limited, ""},
		{"zero policy", policed, ""},
		{"policy", policed, "retries=4 delay=exponential(1) jitter=full cap=30s"},
		{"policy with timeout", policed, "retries=4 timeout=5s"},
		{"policy with within", policed, "retries=4 within=1m"},
	} {
		b.Run(way.name, func(b *testing.B) {
			policy := retry.MustParsePolicy(way.policy)
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				if n, _ := way.call(ctx, &policy); n != 1 {
					b.Fatal(n)
				}
			}
		})
	}
}
