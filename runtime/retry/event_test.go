package retry_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

func ExampleLogTo() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	remove := retry.Observe(retry.LogTo(logger))
	defer remove()

	// A generated wrapper has such a loop; it is not written by hand.
	fetch := func(failures int) error {
		err := errors.New("connection refused")
		loop := retryloop.Loop{Context: context.Background(), Task: "pricing.Fetch", Retries: 1}
		for loop.Again(err) && loop.Wait(time.Millisecond) {
			if failures--; failures == 0 {
				err = nil
			}
		}
		return loop.End(err)
	}
	_ = fetch(1)
	_ = fetch(2)
	// Output:
	// level=WARN msg="retry: retry" task=pricing.Fetch attempt=1 retries=1 wait=1ms error="connection refused"
	// level=INFO msg="retry: recovered" task=pricing.Fetch attempt=2 retries=1
	// level=WARN msg="retry: retry" task=pricing.Fetch attempt=1 retries=1 wait=1ms error="connection refused"
	// level=ERROR msg="retry: gave up" task=pricing.Fetch attempt=2 retries=1 error="connection refused"
}

func ExampleObserve() {
	remove := retry.Observe(func(_ context.Context, e retry.Event) { fmt.Println(e.Task, e.Attempt, e.Decision) })
	defer remove()
	err := errors.New("connection refused")
	loop := retryloop.Loop{Task: "pkg.Fetch", Retries: 1}
	for loop.Again(err) && loop.Wait(0) {
	}
	_ = loop.End(err)
	// Output:
	// pkg.Fetch 1 retry
	// pkg.Fetch 2 gave up
}

func ExamplePermanent() {
	err := retry.Permanent(errors.New("no such symbol"))
	fmt.Println(err)
	// Output: no such symbol
}
