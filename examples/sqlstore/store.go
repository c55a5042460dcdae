// Sqlstore retries a store over database/sql by decorating its interface: callers keep calling a [Store], and busy
// databases and serialization failures become waits.
//
//	go generate ./... && go run .
package main

import (
	"context"
	"database/sql"
	"errors"

	_ "modernc.org/sqlite"
)

//go:generate go tool retrygen

// Store keeps balances.
//
//retry:task retries=8 delay=exponential(5ms) jitter=1 cap=100ms if=github.com/retrygen/retrygen/runtime/retrysql.Safe
type Store interface {
	// Add adds to a balance and returns the new one. It is one transaction: all of it is repeated, or nothing.
	Add(ctx context.Context, name string, amount int) (int, error)
	Balance(ctx context.Context, name string) (int, error)
	Close() error
}

// sqlStore is a Store in a database.
type sqlStore struct{ db *sql.DB }

// open opens a database file and makes its table. The driver itself does not wait for locks.
func open(ctx context.Context, path string) (*sqlStore, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS balance (name TEXT PRIMARY KEY, amount INTEGER NOT NULL)`)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &sqlStore{db}, nil
}

func (s *sqlStore) Add(ctx context.Context, name string, amount int) (int, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	var sum int
	err = tx.QueryRowContext(ctx, `INSERT INTO balance VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET amount = amount + excluded.amount RETURNING amount`, name, amount).Scan(&sum)
	if err != nil {
		return 0, err
	}
	return sum, tx.Commit()
}

func (s *sqlStore) Balance(ctx context.Context, name string) (int, error) {
	var amount int
	err := s.db.QueryRowContext(ctx, `SELECT amount FROM balance WHERE name = ?`, name).Scan(&amount)
	return amount, err
}

func (s *sqlStore) Close() error { return s.db.Close() }
