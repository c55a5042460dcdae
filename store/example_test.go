package store_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

//retry:task checkpoint=durable
func extract(ctx context.Context, day string) (int, error) {
	fmt.Println("extracting", day)
	return 3, nil
}

var diskIsFull = true

//retry:task checkpoint=durable
func load(ctx context.Context, rows int) (string, error) {
	fmt.Println("loading", rows, "rows")
	if diskIsFull {
		return "", errors.New("the disk is full")
	}
	return "done", nil
}

//retry:flow
func nightly(ctx context.Context, day string) (string, error) {
	rows, err := extractWithRetry(ctx, day)
	if err != nil {
		return "", err
	}
	return loadWithRetry(ctx, rows)
}

// A flow that failed is started again: it goes on where it was. Its attempts were used up, so a person who knows that the
// cause is gone says that it may be attempted again.
func Example() {
	dir, err := os.MkdirTemp("", "nightly")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	runs, err := store.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	ctx := retry.WithRun(context.Background(), runs, "nightly-2026-11-23")

	_, err = nightlyWithRetry(ctx, "2026-11-23")
	fmt.Println("failed:", err)

	_, err = nightlyWithRetry(ctx, "2026-11-23")
	fmt.Println("used up:", errors.Is(err, retry.ReasonAttempts))

	diskIsFull = false
	ctx = retry.With(ctx, retry.FreshAttempts())
	result, err := nightlyWithRetry(ctx, "2026-11-23")
	fmt.Println(result, err)

	records, err := runs.Records(context.Background(), "nightly-2026-11-23")
	for _, r := range records {
		fmt.Println(path.Base(r.Task), string(r.Results))
	}
	fmt.Println(err)
	// Output:
	// extracting 2026-11-23
	// loading 3 rows
	// failed: the disk is full
	// used up: true
	// loading 3 rows
	// done <nil>
	// store_test.extract 3
	// store_test.load "done"
	// <nil>
}
