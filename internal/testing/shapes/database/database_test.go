package database

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var (
	conflict  = &SQLError{"40001"}
	deadlock  = &SQLError{"40P01"}
	duplicate = &SQLError{"23505"}
	errLost   = errors.New("connection lost")
)

// tx is a transaction whose statements and commits get the next answer of a service, in turn.
type tx struct{ *shapes.Service }

func (t tx) note(what string, err error) error {
	t.Notes = append(t.Notes, what)
	return err
}

func (t tx) Exec(ctx context.Context, statement string) error { return t.note(statement, t.Call(ctx)) }
func (t tx) Commit(context.Context) error                     { return t.note("commit", nil) }
func (t tx) Rollback(context.Context) error                   { return t.note("rollback", nil) }

// late is a transaction that is refused when it is to be committed.
type late struct{ tx }

func (t late) Exec(_ context.Context, statement string) error { return t.note(statement, nil) }
func (t late) Commit(ctx context.Context) error               { return t.note("commit", t.Call(ctx)) }

func store(s *shapes.Service, attempts int, open func(tx) Tx) *Store {
	return &Store{
		config: Config{TxAttempts: attempts, TxPause: 100 * time.Millisecond},
		begin:  func(context.Context) (Tx, error) { return open(tx{s}), nil },
		random: rand.New(s.Random).Float64,
	}
}

func atOnce(t tx) Tx   { return t }
func atCommit(t tx) Tx { return late{t} }

// repeat returns notes several times.
func repeat(n int, notes ...string) (all []string) {
	for range n {
		all = append(all, notes...)
	}
	return all
}

func TestTransactions(t *testing.T) {
	failed, committed := []string{"update", "rollback"}, []string{"update", "commit"}
	for _, test := range []struct {
		name     string
		attempts int
		open     func(tx) Tx
		shapes.Case
	}{
		{"success", 4, atOnce, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0), Notes: committed}},
		{"conflicts", 4, atOnce, shapes.Case{
			Answers: []error{conflict, deadlock, nil}, Attempts: shapes.Seconds(0, 0.1, 0.3),
			Notes: append(repeat(2, failed...), committed...)}},
		{"a conflict at the end", 4, atCommit, shapes.Case{
			Answers: []error{conflict, nil}, Attempts: shapes.Seconds(0, 0.1), Notes: repeat(2, committed...)}},
		{"too many conflicts", 4, atOnce, shapes.Case{
			Answers: []error{conflict}, Attempts: shapes.Seconds(0, 0.1, 0.3, 0.6), Err: conflict, Notes: repeat(4, failed...)}},
		{"one attempt", 1, atOnce, shapes.Case{
			Answers: []error{conflict}, Attempts: shapes.Seconds(0), Err: conflict, Notes: failed}},
		{"no attempts are one", 0, atOnce, shapes.Case{
			Answers: []error{conflict}, Attempts: shapes.Seconds(0), Err: conflict, Notes: failed}},
		{"another error", 4, atOnce, shapes.Case{
			Answers: []error{conflict, duplicate}, Attempts: shapes.Seconds(0, 0.1), Err: duplicate, Notes: repeat(2, failed...)}},
		{"the commit is lost", 4, atCommit, shapes.Case{
			Answers: []error{errLost}, Attempts: shapes.Seconds(0), Err: errLost, Notes: committed}},
		{"cancelled", 4, atOnce, shapes.Case{
			Answers: []error{conflict}, Cancel: 200 * time.Millisecond, Attempts: shapes.Seconds(0, 0.1), Ends: 200 * time.Millisecond,
			Err: context.Canceled, Cut: retry.ReasonCanceled, Notes: repeat(2, failed...)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inTx := func(run func(*Store, context.Context, func(Tx) error) error) shapes.Run {
				return func(ctx context.Context, s *shapes.Service) error {
					return run(store(s, test.attempts, test.open), ctx, func(tx Tx) error { return tx.Exec(ctx, "update") })
				}
			}
			test.Check(t, inTx((*Store).InTxByHand), inTx((*Store).InTx))

			query := func(run func(context.Context, *Store, func(Tx) (int, error)) (int, error)) shapes.Run {
				return func(ctx context.Context, s *shapes.Service) error {
					rows, err := run(ctx, store(s, test.attempts, test.open), func(tx Tx) (int, error) {
						return len(s.Notes), tx.Exec(ctx, "update")
					})
					if before := len(s.Notes) - 2; err == nil && rows != before {
						return fmt.Errorf("%d notes before the last attempt, want %d", rows, before)
					}
					return err
				}
			}
			test.Check(t, query(QueryByHand[int]), query(Query[int]))
		})
	}
}

// TestPanic shows that a panic ends the call and the transaction.
func TestPanic(t *testing.T) {
	for name, run := range map[string]func(*Store, context.Context, func(Tx) error) error{
		"before": (*Store).InTxByHand, "after": (*Store).InTx,
	} {
		test := shapes.Case{Notes: []string{"rollback"}}
		_ = test.CheckOne(t, name, func(ctx context.Context, s *shapes.Service) error {
			defer func() {
				if p := recover(); p != "no such account" {
					t.Errorf("%s: recovered %v", name, p)
				}
			}()
			return run(store(s, 4, atOnce), ctx, func(Tx) error { panic("no such account") })
		})
	}
}
