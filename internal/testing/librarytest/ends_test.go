package librarytest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	avast3 "github.com/avast/retry-go"
	avast4 "github.com/avast/retry-go/v4"
	avast5 "github.com/avast/retry-go/v5"
	backoff4 "github.com/cenkalti/backoff/v4"
	backoff5 "github.com/cenkalti/backoff/v5"
	backoff6 "github.com/cenkalti/backoff/v6"
	backoff7 "github.com/cenkalti/backoff/v7"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/sethvargo/go-retry"
	"k8s.io/apimachinery/pkg/util/wait"
)

// TestEnds shows which errors a call returns: the last attempt's own, both it and what ended the call, or only the latter.
func TestEnds(t *testing.T) {
	second := backoff4.NewConstantBackOff(time.Second)
	for _, test := range []struct {
		name          string
		call          call
		runsOut       string // of retries
		cancelled     string
		cancelledDone bool // no first attempt where the context is done before
	}{
		{"here", constantWithRetry, "the last", "both", false},
		{"backoff v4", func(ctx context.Context, try attempt) error {
			return backoff4.Retry(func() error { return try(ctx) }, backoff4.WithContext(backoff4.WithMaxRetries(second, 4), ctx))
		}, "the last", "the context's", false},
		{"backoff v5", func(ctx context.Context, try attempt) error {
			_, err := backoff5.Retry(ctx, func() (any, error) { return nil, try(ctx) },
				backoff5.WithMaxTries(5), backoff5.WithBackOff(second))
			return err
		}, "the last", "the context's", false},
		{"backoff v6", func(ctx context.Context, try attempt) error {
			_, err := backoff6.Retry(ctx, func() (any, error) { return nil, try(ctx) },
				backoff6.WithMaxTries(5), backoff6.WithBackOff(second))
			return err
		}, "wrapped", "both", false},
		{"backoff v7", func(ctx context.Context, try attempt) error {
			_, err := backoff7.Retry(ctx, func() (any, error) { return nil, try(ctx) },
				backoff7.WithMaxTries(5), backoff7.WithBackOff(second))
			return err
		}, "wrapped", "both", false},
		{"retry-go v3", func(ctx context.Context, try attempt) error {
			return avast3.Do(func() error { return try(ctx) },
				avast3.Attempts(5), avast3.DelayType(avast3.FixedDelay), avast3.Delay(time.Second), avast3.Context(ctx))
		}, "hidden", "the context's", true},
		{"retry-go v4", func(ctx context.Context, try attempt) error {
			return avast4.Do(func() error { return try(ctx) },
				avast4.Attempts(5), avast4.DelayType(avast4.FixedDelay), avast4.Delay(time.Second), avast4.Context(ctx))
		}, "wrapped", "both", true},
		{"retry-go v5", func(ctx context.Context, try attempt) error {
			return avast5.New(avast5.Attempts(5), avast5.DelayType(avast5.FixedDelay), avast5.Delay(time.Second), avast5.Context(ctx)).
				Do(func() error { return try(ctx) })
		}, "wrapped", "both", true},
		{"retry-go v5, LastErrorOnly", func(ctx context.Context, try attempt) error {
			return avast5.New(avast5.Attempts(5), avast5.DelayType(avast5.FixedDelay), avast5.Delay(time.Second), avast5.Context(ctx),
				avast5.LastErrorOnly(true)).Do(func() error { return try(ctx) })
		}, "the last", "the context's", true},
		{"go-retry", func(ctx context.Context, try attempt) error {
			return retry.Do(ctx, retry.WithMaxRetries(4, retry.NewConstant(time.Second)), func(ctx context.Context) error {
				return retry.RetryableError(try(ctx))
			})
		}, "the last", "the context's", true},
		{"failsafe-go", func(ctx context.Context, try attempt) error {
			policy := retrypolicy.NewBuilder[any]().WithMaxRetries(4).WithDelay(time.Second).Build()
			return failsafe.With(policy).WithContext(ctx).Run(func() error { return try(ctx) })
		}, "wrapped", "the context's", false},
		{"failsafe-go, ReturnLastFailure", func(ctx context.Context, try attempt) error {
			policy := retrypolicy.NewBuilder[any]().WithMaxRetries(4).WithDelay(time.Second).ReturnLastFailure().Build()
			return failsafe.With(policy).WithContext(ctx).Run(func() error { return try(ctx) })
		}, "the last", "the context's", false},
		{"wait", func(ctx context.Context, try attempt) error {
			return wait.ExponentialBackoffWithContext(ctx, wait.Backoff{Steps: 5, Duration: time.Second}, func(ctx context.Context) (bool, error) {
				return try(ctx) == nil, nil
			})
		}, "another", "the context's", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, attempts := end(t, test.call, time.Hour); got != test.runsOut || attempts != 5 {
				t.Errorf("retries run out after %d attempts: %s, want %s", attempts, got, test.runsOut)
			}
			if got, attempts := end(t, test.call, 2500*time.Millisecond); got != test.cancelled || attempts != 3 {
				t.Errorf("cancelled after %d attempts: %s, want %s", attempts, got, test.cancelled)
			}
			if _, attempts := end(t, test.call, 0); (attempts == 0) != test.cancelledDone || attempts > 1 {
				t.Errorf("cancelled before: %d attempts", attempts)
			}
		})
	}
}

// end makes a call that fails until its context is cancelled, and says which errors are in its error.
func end(t *testing.T, c call, cancelAfter time.Duration) (kind string, attempts int) {
	var err error
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if cancelAfter == 0 {
			cancel()
		}
		time.AfterFunc(cancelAfter, cancel)
		err = c(ctx, func(context.Context) error {
			attempts++
			return errFailed
		})
	})
	last, cancelled := errors.Is(err, errFailed), errors.Is(err, context.Canceled)
	switch {
	case err == errFailed:
		return "the last", attempts
	case last && cancelled:
		return "both", attempts
	case cancelled:
		return "the context's", attempts
	case last:
		return "wrapped", attempts
	}
	if _, ok := err.(avast3.Error); ok {
		return "hidden", attempts // errors.Is does not find it
	}
	return "another", attempts
}
