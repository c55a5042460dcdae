package sdk

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var errReset = errors.New("connection reset")

func run(attempts int, call func(*Client, context.Context, string) (string, error)) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		c := &Client{
			config: Config{
				MaxAttempts: attempts, Faults: 2,
				MinDelay: 200 * time.Millisecond, MaxDelay: time.Second,
				MinThrottled: 2 * time.Second, MaxThrottled: 20 * time.Second,
			},
			call:   func(ctx context.Context, operation string) (string, error) { return operation, s.Call(ctx) },
			renew:  func() { s.Notes = append(s.Notes, "renewed") },
			random: rand.New(s.Random).Float64,
		}
		_, err := call(c, ctx, "ListThings")
		return err
	}
}

func TestCall(t *testing.T) {
	for _, test := range []struct {
		name     string
		attempts int
		shapes.Case
	}{
		{"success", 5, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"the network", 5, shapes.Case{
			Answers: []error{errReset}, Attempts: shapes.Seconds(0, 0.1, 0.3, 0.7, 1.2), Err: errReset}},
		{"throttled", 5, shapes.Case{
			Answers: []error{Throttled}, Attempts: shapes.Seconds(0, 1, 3, 7, 15), Err: Throttled}},
		{"a fault", 5, shapes.Case{Answers: []error{Fault}, Attempts: shapes.Seconds(0, 0.1), Err: Fault}},
		{"a fault after others", 5, shapes.Case{
			Answers: []error{Throttled, errReset, Fault}, Attempts: shapes.Seconds(0, 1, 1.2), Err: Fault}},
		{"an expired token", 5, shapes.Case{
			Answers: []error{Expired, nil}, Attempts: shapes.Seconds(0, 0), Notes: []string{"renewed"}}},
		{"a token that expires again", 5, shapes.Case{
			Answers: []error{Expired}, Attempts: shapes.Seconds(0, 0), Err: Expired, Notes: []string{"renewed"}}},
		{"denied", 5, shapes.Case{Answers: []error{Denied}, Attempts: shapes.Seconds(0), Err: Denied}},
		{"one attempt", 1, shapes.Case{Answers: []error{Throttled}, Attempts: shapes.Seconds(0), Err: Throttled}},
		{"one attempt, an expired token", 1, shapes.Case{Answers: []error{Expired}, Attempts: shapes.Seconds(0), Err: Expired}},
		{"cancelled", 5, shapes.Case{
			Answers: []error{Throttled}, Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 1), Ends: 2 * time.Second,
			Err: context.Canceled, Cut: retry.ReasonCanceled}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, run(test.attempts, (*Client).CallByHand), run(test.attempts, (*Client).CallWithRetry))
		})
	}
}
