package database

import (
	"context"
	"errors"

	"github.com/retrygen/retrygen/runtime/retry"
)

// InTx runs a function in a transaction.
func (s *Store) InTx(ctx context.Context, work func(Tx) error) error {
	return s.ended(s.txWithRetry(ctx, work))
}

// tx runs a transaction once.
//
//retry:task attempts=.config.TxAttempts delay=linear(.config.TxPause) jitter=+100% if=serialization
func (s *Store) tx(ctx context.Context, work func(Tx) error) error { return s.once(ctx, work) }

// query reads in a transaction of its own. It is a function and has no fields, so the configuration is a parameter.
//
//retry:task attempts=config.TxAttempts delay=linear(config.TxPause) jitter=+100% if=serialization
type query[T any] func(ctx context.Context, config *Config) (T, error)

// Query returns what a function reads in a transaction.
func Query[T any](ctx context.Context, s *Store, read func(Tx) (T, error)) (T, error) {
	result, err := query[T](func(ctx context.Context, _ *Config) (result T, err error) {
		err = s.once(ctx, func(tx Tx) error {
			result, err = read(tx)
			return err
		})
		return result, err
	}).WithRetry(ctx, &s.config)
	return result, s.ended(err)
}

// ended returns the error of a call. Where the attempts have run out, it says how many there were, which a wrapper does not.
func (s *Store) ended(err error) error {
	if _, cut := errors.AsType[*retry.Error](err); cut || !serialization(err) {
		return err
	}
	return tooMany(max(1, s.config.TxAttempts), err)
}
