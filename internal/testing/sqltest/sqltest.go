// Package sqltest compares the conditions of retrysql with real databases: PostgreSQL by pgx and lib/pq, SQLite by
// modernc.org/sqlite and mattn/go-sqlite3.
package sqltest

import (
	"context"
	"database/sql"
)

//go:generate go tool retrygen

// bank keeps accounts.
type bank struct{ db *sql.DB }

// transfer moves an amount between two accounts.
//
//retry:task retries=1000 delay=exponential(1ms) jitter=full cap=20ms if=github.com/retrygen/retrygen/runtime/retrysql.Safe
func (b bank) transfer(ctx context.Context, from, to, amount int) error {
	tx, err := b.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, part := range []struct{ account, amount int }{{from, -amount}, {to, amount}} {
		var balance int
		if err := tx.QueryRowContext(ctx, `SELECT balance FROM account WHERE id = $1`, part.account).Scan(&balance); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE account SET balance = $1 WHERE id = $2`, balance+part.amount, part.account)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// deposit adds to the list of deposits. It must not be done twice.
//
//retry:task retries=3 delay=1ms if=github.com/retrygen/retrygen/runtime/retrysql.Safe
func (b bank) deposit(ctx context.Context, amount int) error {
	return b.inTx(ctx, `INSERT INTO deposit (amount) VALUES ($1)`, amount)
}

// set sets a balance. It may be done twice.
//
//retry:task retries=3 delay=1ms if=github.com/retrygen/retrygen/runtime/retrysql.Transient
func (b bank) set(ctx context.Context, account, balance int) error {
	return b.inTx(ctx, `INSERT INTO account VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance`, account, balance)
}

// inTx runs one statement in a transaction.
func (b bank) inTx(ctx context.Context, statement string, args ...any) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
		return err
	}
	return tx.Commit()
}
