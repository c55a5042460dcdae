package retryloop_test

import (
	"context"
	"errors"
	"testing"

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
