package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrysql"
)

func newStore(t *testing.T) *sqlStore {
	t.Helper()
	store, err := open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// TestBusy releases the lock when the second retry is decided, so that the third attempt finds it free.
func TestBusy(t *testing.T) {
	plain := newStore(t)
	lock, err := plain.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback()
	attempts := 0
	ctx := retry.With(t.Context(), retry.NoDelay(), retry.Observer(func(_ context.Context, e retry.Event) {
		if attempts = e.Attempt; attempts == 2 {
			lock.Rollback()
		}
	}))
	//retry:ignore RL304 the transaction is there to keep the database busy
	sum, err := StoreWithRetry{plain}.Add(ctx, "ada", 10)
	if err != nil || sum != 10 || attempts != 3 {
		t.Errorf("balance %d, error %v after %d attempts; want 10 after 3", sum, err, attempts)
	}
}

func TestStillBusy(t *testing.T) {
	plain := newStore(t)
	lock, err := plain.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback()
	ctx := retry.With(t.Context(), retry.NoDelay())
	//retry:ignore RL304 the transaction is there to keep the database busy
	if _, err := (StoreWithRetry{plain}).Add(ctx, "ada", 10); !retrysql.Safe(err) {
		t.Errorf("error %v, want the database's own", err)
	}
}

func TestNotRetried(t *testing.T) {
	refused := false
	ctx := retry.With(t.Context(), retry.NoDelay(), retry.Observer(func(_ context.Context, e retry.Event) {
		refused = e.Decision == retry.DecisionRefused && e.Attempt == 1
	}))
	_, err := StoreWithRetry{newStore(t)}.Balance(ctx, "nobody")
	if err != sql.ErrNoRows || !refused {
		t.Errorf("error %v, refused %v; want sql.ErrNoRows after one attempt", err, refused)
	}
}
