// Postgres moves money between accounts of a PostgreSQL database, in transactions that run at the same time and are
// serializable. The database refuses one of two that conflict; the wrapper does it again. With the address of a database
// that may be written to:
//
//	go generate ./... && go run . "postgres://postgres@localhost/postgres"
package main

import (
	"context"
	"database/sql"
	"errors"

	_ "github.com/jackc/pgx/v5/stdlib"
)

//go:generate go tool retrygen

// transaction is the work of one transaction. Its WithRetry runs the whole transaction again if the database has refused
// it and nothing of it is kept. If the connection is lost while it commits, it is not repeated: the database may have it.
//
//retry:task retries=20 delay=exponential(2ms) jitter=1 cap=100ms if=github.com/retrygen/retrygen/runtime/retrysql.Safe
type transaction[T any] func(ctx context.Context, db *sql.DB) (T, error)

// serializable returns a transaction that does some work as if no other ran meanwhile.
func serializable[T any](work func(ctx context.Context, tx *sql.Tx) (T, error)) transaction[T] {
	return func(ctx context.Context, db *sql.DB) (T, error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		if err != nil {
			var none T
			return none, err
		}
		defer tx.Rollback()
		result, err := work(ctx, tx)
		if err != nil {
			return result, err
		}
		return result, tx.Commit()
	}
}

// errPoor is an error of the program's own, which no retry changes.
var errPoor = errors.New("the account does not hold that much")

// transfer moves an amount, and returns what is left.
func transfer(ctx context.Context, db *sql.DB, from, to string, amount int) (left int, err error) {
	return serializable(func(ctx context.Context, tx *sql.Tx) (int, error) {
		var balance int
		if err := tx.QueryRowContext(ctx, `SELECT balance FROM account WHERE name = $1`, from).Scan(&balance); err != nil {
			return 0, err
		}
		if balance < amount {
			return balance, errPoor
		}
		const add = `UPDATE account SET balance = balance + $2 WHERE name = $1`
		if _, err := tx.ExecContext(ctx, add, from, -amount); err != nil {
			return 0, err
		}
		_, err := tx.ExecContext(ctx, add, to, amount)
		return balance - amount, err
	}).WithRetry(ctx, db)
}
