// Package database runs transactions. The database refuses some of them because of others that run at the same time, and
// expects that they are run again from their beginning.
package database

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool retrygen

// Config is the configuration of a store.
type Config struct {
	TxAttempts int
	TxPause    time.Duration // before the second attempt; before the third it is twice as long, and so on
}

// Tx is an open transaction.
type Tx interface {
	Exec(ctx context.Context, statement string) error
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// SQLError is an error of the database.
type SQLError struct{ State string }

func (e *SQLError) Error() string { return "database: SQLSTATE " + e.State }

// serialization reports whether an error says that another transaction was in the way.
func serialization(err error) bool {
	var failed *SQLError
	return errors.As(err, &failed) && (failed.State == "40001" || failed.State == "40P01")
}

// Store runs transactions.
type Store struct {
	config Config
	begin  func(context.Context) (Tx, error)
	random func() float64 // from 0 to 1
}

// once runs a transaction once.
func (s *Store) once(ctx context.Context, work func(Tx) error) (err error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	committing := false
	defer func() {
		if !committing { // work has failed or panicked
			err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
		}
	}()
	if err := work(tx); err != nil {
		return err
	}
	committing = true
	return tx.Commit(ctx)
}

// tooMany is the error of a transaction that was in the way of others in all attempts.
func tooMany(attempts int, err error) error { return fmt.Errorf("%d attempts: %w", attempts, err) }
