package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run holds the database's lock for a while and adds to a balance meanwhile.
func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "sqlstore")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	plain, err := open(ctx, filepath.Join(dir, "balances.db"))
	if err != nil {
		return err
	}
	var store Store = StoreWithRetry{plain}
	defer store.Close()
	defer retry.Observe(func(_ context.Context, e retry.Event) {
		fmt.Printf("  attempt %d of %s: %v (%v)\n", e.Attempt, path.Base(e.Task), e.Decision, e.Err)
	})()

	tx, err := plain.db.BeginTx(ctx, nil) // takes the write lock
	if err != nil {
		return err
	}
	time.AfterFunc(30*time.Millisecond, func() { tx.Rollback() })

	fmt.Println("another connection holds the lock for 30ms:")
	sum, err := store.Add(ctx, "ada", 10)
	if err != nil {
		return err
	}
	fmt.Println("balance:", sum)

	fmt.Println("no such balance, which no retry will change:")
	_, err = store.Balance(ctx, "nobody")
	fmt.Println("error:", err)
	return nil
}
