package remote_test

import (
	"context"
	"fmt"

	"github.com/retrygen/retrygen/runtime/remote"
)

// A caller and a worker, here with an engine that has both in one process. FetchWithRetry and FetchTask are generated for
// the method Fetch, with the option remote.
func Example() {
	// The worker's main:
	worker := &shop{fetch: func(_ context.Context, symbol string) (int, error) { return 100 * len(symbol), nil }}
	engine := register(worker.FetchTask(), worker.TotalTask())

	// The caller, who has a shop that can do nothing itself:
	ctx := remote.With(context.Background(), engine, "order-4711")
	price, err := (&shop{}).FetchWithRetry(ctx, "ACME")
	fmt.Println(price, err)

	// The same calls below the same run, also in another process, find what has succeeded:
	ctx = remote.With(context.Background(), engine, "order-4711")
	price, err = (&shop{}).FetchWithRetry(ctx, "ACME")
	fmt.Println(price, err, len(engine.calls))

	// Output:
	// 400 <nil>
	// 400 <nil> 1
}
