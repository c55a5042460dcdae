package broker

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

func client(s *shapes.Service, retries int) *Client {
	began := time.Now()
	c := &Client{conf: &Config{}, send: func(ctx context.Context, _ string, _ []byte) error { return s.Call(ctx) }}
	c.refresh = func(_ context.Context, topic string) {
		s.Notes = append(s.Notes, fmt.Sprintf("%s after %v", topic, time.Since(began)))
	}
	c.conf.Producer.Retry.Max, c.conf.Producer.Retry.Backoff = retries, 100*time.Millisecond
	c.conf.Metadata.Retry.Max = retries
	c.conf.Metadata.Retry.BackoffFunc = func(retry, _ int) time.Duration { return time.Duration(retry) * time.Second }
	return c
}

func TestSend(t *testing.T) {
	for _, test := range []struct {
		name    string
		retries int
		shapes.Case
	}{
		{"success", 3, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"another leader", 3, shapes.Case{
			Answers: []error{ErrNotLeader, nil}, Attempts: shapes.Seconds(0, 0.1), Notes: []string{"orders after 0s"}}},
		{"retries run out", 2, shapes.Case{
			Answers: []error{ErrNotLeader}, Attempts: shapes.Seconds(0, 0.1, 0.2), Err: ErrNotLeader,
			Notes: []string{"orders after 0s", "orders after 100ms"}}},
		{"no retries", 0, shapes.Case{Answers: []error{ErrNotLeader}, Attempts: shapes.Seconds(0), Err: ErrNotLeader}},
		{"too large", 3, shapes.Case{Answers: []error{ErrTooLarge}, Attempts: shapes.Seconds(0), Err: ErrTooLarge}},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := func(send func(*Client, context.Context, string, []byte) error) shapes.Run {
				return func(ctx context.Context, s *shapes.Service) error {
					return send(client(s, test.retries), ctx, "orders", nil)
				}
			}
			test.Check(t, run((*Client).SendByHand), run((*Client).SendWithRetry))
		})
	}
}

func TestCommit(t *testing.T) {
	for _, test := range []struct {
		name    string
		retries int
		shapes.Case
	}{
		{"another leader", 3, shapes.Case{
			Answers: []error{ErrNotLeader, nil}, Attempts: shapes.Seconds(0, 1), Notes: []string{"offsets after 1s"}}},
		{"retries run out", 2, shapes.Case{
			Answers: []error{ErrNotLeader}, Attempts: shapes.Seconds(0, 1, 3), Err: ErrNotLeader,
			Notes: []string{"offsets after 1s", "offsets after 3s"}}},
		{"no retries", 0, shapes.Case{Answers: []error{ErrNotLeader}, Attempts: shapes.Seconds(0), Err: ErrNotLeader}},
		{"too large", 3, shapes.Case{Answers: []error{ErrTooLarge}, Attempts: shapes.Seconds(0), Err: ErrTooLarge}},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := func(commit func(*Client, context.Context, []byte) error) shapes.Run {
				return func(ctx context.Context, s *shapes.Service) error { return commit(client(s, test.retries), ctx, nil) }
			}
			test.Check(t, run((*Client).CommitByHand), run((*Client).CommitWithRetry))
		})
	}
}

// TestCancelled shows a difference: the loop by hand waits on, and sends once more, although its context is done.
func TestCancelled(t *testing.T) {
	test := shapes.Case{Answers: []error{ErrNotLeader}, Cancel: 50 * time.Millisecond, Err: ErrNotLeader, Notes: []string{"orders after 0s"}}
	before := test
	before.Attempts = shapes.Seconds(0, 0.1)
	_ = before.CheckOne(t, "before", func(ctx context.Context, s *shapes.Service) error {
		return client(s, 1).SendByHand(ctx, "orders", nil)
	})
	after := test
	after.Attempts, after.Ends, after.Err = shapes.Seconds(0), 50*time.Millisecond, retry.ReasonCanceled
	_ = after.CheckOne(t, "after", func(ctx context.Context, s *shapes.Service) error {
		return client(s, 1).SendWithRetry(ctx, "orders", nil)
	})
}
