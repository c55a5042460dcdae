package database

import (
	"context"
	"time"
)

// InTxByHand runs a function in a transaction.
func (s *Store) InTxByHand(ctx context.Context, work func(Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.once(ctx, work)
		if !serialization(err) {
			return err
		}
		if attempt >= s.config.TxAttempts {
			return tooMany(attempt, err)
		}
		limit := time.Duration(attempt) * s.config.TxPause
		timer := time.NewTimer(limit + time.Duration(s.random()*float64(limit)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// QueryByHand returns what a function reads in a transaction.
func QueryByHand[T any](ctx context.Context, s *Store, read func(Tx) (T, error)) (result T, err error) {
	err = s.InTxByHand(ctx, func(tx Tx) error {
		result, err = read(tx)
		return err
	})
	return result, err
}
