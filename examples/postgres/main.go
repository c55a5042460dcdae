package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/retry"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, `usage: postgres "postgres://user@host/database"`)
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run lets eight clients move money back and forth, and counts the retries.
func run(ctx context.Context, address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := open(ctx, db); err != nil {
		return err
	}
	var retries atomic.Int64
	ctx = retry.With(ctx, retry.Observer(func(_ context.Context, e retry.Event) {
		if e.Decision == retry.DecisionRetry {
			retries.Add(1)
		}
	}))
	if err := clients(ctx, db, 8, 25); err != nil {
		return err
	}
	var sum int
	if err := db.QueryRowContext(ctx, `SELECT sum(balance) FROM account`).Scan(&sum); err != nil {
		return err
	}
	fmt.Printf("200 transfers by 8 clients, %d of them tried again; the accounts hold %d in all\n", retries.Load(), sum)
	_, err = transfer(ctx, db, "ada", "grace", 1_000_000)
	fmt.Println("error:", err)
	return nil
}

// open makes the accounts.
func open(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{
		`DROP TABLE IF EXISTS account`,
		`CREATE TABLE account (name TEXT PRIMARY KEY, balance INTEGER NOT NULL)`,
		`INSERT INTO account VALUES ('ada', 1000), ('grace', 1000)`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// clients lets n clients make some transfers each, all at the same time.
func clients(ctx context.Context, db *sql.DB, n, transfers int) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			from, to := "ada", "grace"
			for range transfers {
				_, err := transfer(ctx, db, from, to, 1)
				errs[i] = errors.Join(errs[i], err)
				from, to = to, from
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
