//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/retrygen/retrygen/internal/testing/postgres"
	"github.com/retrygen/retrygen/runtime/retry"
)

func newDB(t *testing.T) *sql.DB {
	db, err := sql.Open("pgx", postgres.Start(t).URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := open(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestTransfers lets clients conflict: all transfers succeed, and no money is made or lost.
func TestTransfers(t *testing.T) {
	db := newDB(t)
	var retries atomic.Int64
	ctx := retry.With(t.Context(), retry.Observer(func(context.Context, retry.Event) { retries.Add(1) }))
	if err := clients(ctx, db, 8, 20); err != nil {
		t.Error(err)
	}
	var ada, grace int
	if err := db.QueryRow(`SELECT (SELECT balance FROM account WHERE name = 'ada'), (SELECT balance FROM account WHERE name = 'grace')`).
		Scan(&ada, &grace); err != nil {
		t.Fatal(err)
	}
	if ada != 1000 || grace != 1000 {
		t.Errorf("balances %d and %d, want 1000 each", ada, grace)
	}
	if retries.Load() == 0 {
		t.Error("nothing was retried, so nothing was tested")
	}
}

// TestPoor asks for more than there is, which is not retried.
func TestPoor(t *testing.T) {
	ctx := retry.With(t.Context(), retry.Observer(func(_ context.Context, e retry.Event) {
		if e.Decision == retry.DecisionRetry {
			t.Errorf("attempt %d is retried", e.Attempt)
		}
	}))
	left, err := transfer(ctx, newDB(t), "ada", "grace", 1001)
	if !errors.Is(err, errPoor) || left != 1000 {
		t.Errorf("%d left, error %v, want 1000 and %v", left, err, errPoor)
	}
}
