package librarytest

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	backoff4 "github.com/cenkalti/backoff/v4"
	backoff7 "github.com/cenkalti/backoff/v7"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/sethvargo/go-retry"
	"k8s.io/apimachinery/pkg/util/wait"

	own "github.com/retrygen/retrygen/runtime/retry"
)

// times returns when the attempts of a call that fails begin, in seconds, and when the call ends.
func times(t *testing.T, c call, err error) (attempts []float64, end float64) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_ = c(t.Context(), func(context.Context) error {
			attempts = append(attempts, time.Since(began).Seconds())
			return err
		})
		end = time.Since(began).Seconds()
	})
	return attempts, end
}

func TestLimits(t *testing.T) {
	doubling := func() *backoff7.ExponentialBackOff {
		b := backoff7.NewExponentialBackOff()
		b.InitialInterval, b.Multiplier, b.RandomizationFactor = time.Second, 2, 0
		return b
	}
	for _, test := range []struct {
		name     string
		call     call
		attempts []float64
		end      float64
	}{
		{"within", limitedWithRetry, []float64{0, 1, 3, 7}, 7},
		{"backoff v4, MaxElapsedTime", func(ctx context.Context, try attempt) error {
			b := backoff4.NewExponentialBackOff(backoff4.WithInitialInterval(time.Second), backoff4.WithMultiplier(2),
				backoff4.WithRandomizationFactor(0), backoff4.WithMaxElapsedTime(10*time.Second))
			return backoff4.Retry(func() error { return try(ctx) }, backoff4.WithContext(b, ctx))
		}, []float64{0, 1, 3, 7}, 7},
		{"backoff v7, WithMaxElapsedTime", func(ctx context.Context, try attempt) error {
			_, err := backoff7.Retry(ctx, func() (any, error) { return nil, try(ctx) },
				backoff7.WithBackOff(doubling()), backoff7.WithMaxElapsedTime(10*time.Second))
			return err
		}, []float64{0, 1, 3, 7}, 7},
		{"go-retry, WithMaxDuration: the last wait is cut", func(ctx context.Context, try attempt) error {
			b := retry.WithMaxDuration(10*time.Second, retry.NewExponential(time.Second))
			return retry.Do(ctx, b, func(ctx context.Context) error { return retry.RetryableError(try(ctx)) })
		}, []float64{0, 1, 3, 7, 10}, 10},
		{"failsafe-go, WithMaxDuration: the last wait is cut, and a retry at the very end is followed by another",
			func(ctx context.Context, try attempt) error {
				policy := retrypolicy.NewBuilder[any]().WithMaxRetries(-1).WithBackoff(time.Second, time.Hour).
					WithMaxDuration(10 * time.Second).Build()
				return failsafe.With(policy).WithContext(ctx).Run(func() error {
					time.Sleep(time.Nanosecond)
					return try(ctx)
				})
			}, []float64{0, 1, 3, 7, 10}, 10},
		{"wait, Cap: the first wait that is cut is the last, and nothing follows it", func(ctx context.Context, try attempt) error {
			b := wait.Backoff{Steps: 10, Duration: time.Second, Factor: 2, Cap: 5 * time.Second}
			return wait.ExponentialBackoffWithContext(ctx, b, func(ctx context.Context) (bool, error) { return try(ctx) == nil, nil })
		}, []float64{0, 1, 3}, 7},
		{"backoff v7, RetryAfter: the schedule begins anew", func(ctx context.Context, try attempt) error {
			n := 0
			_, err := backoff7.Retry(ctx, func() (any, error) {
				if n++; n == 3 {
					return nil, backoff7.RetryAfter(5*time.Second, try(ctx))
				}
				return nil, try(ctx)
			}, backoff7.WithBackOff(doubling()), backoff7.WithMaxTries(5))
			return err
		}, []float64{0, 1, 3, 8, 9}, 9},
		{"retry.After: the schedule goes on", func(ctx context.Context, try attempt) error {
			n := 0
			return askedWithRetry(own.With(ctx, own.NoJitter()), func(ctx context.Context) error {
				if n++; n == 3 {
					return own.After(try(ctx), 5*time.Second)
				}
				return try(ctx)
			})
		}, []float64{0, 1, 3, 8, 16}, 16},
	} {
		t.Run(test.name, func(t *testing.T) {
			attempts, end := times(t, test.call, errFailed)
			for i := range attempts {
				attempts[i] = float64(time.Duration(attempts[i]*1e6+0.5)) / 1e6 // a nanosecond is not shown
			}
			if !slices.Equal(attempts, test.attempts) || end-test.end > 1e-6 || test.end-end > 1e-6 {
				t.Errorf("attempts at %v, end at %v; want %v, %v", attempts, end, test.attempts, test.end)
			}
		})
	}
}

// TestNotify shows that functions that are told of a retry get the same.
func TestNotify(t *testing.T) {
	type told struct {
		err  error
		wait time.Duration
	}
	want := []told{{errFailed, time.Second}, {errFailed, 2 * time.Second}}
	for name, call := range map[string]func(ctx context.Context, try attempt, record func(error, time.Duration)) error{
		"here": notifiedWithRetry,
		"backoff v7": func(ctx context.Context, try attempt, record func(error, time.Duration)) error {
			b := backoff7.NewExponentialBackOff()
			b.InitialInterval, b.Multiplier, b.RandomizationFactor = time.Second, 2, 0
			_, err := backoff7.Retry(ctx, func() (any, error) { return nil, try(ctx) },
				backoff7.WithBackOff(b), backoff7.WithMaxTries(3), backoff7.WithNotify(record))
			return err
		},
		"backoff v4": func(ctx context.Context, try attempt, record func(error, time.Duration)) error {
			b := backoff4.NewExponentialBackOff(backoff4.WithInitialInterval(time.Second), backoff4.WithMultiplier(2),
				backoff4.WithRandomizationFactor(0))
			return backoff4.RetryNotify(func() error { return try(ctx) }, backoff4.WithMaxRetries(b, 2), record)
		},
	} {
		var got []told
		times(t, func(ctx context.Context, try attempt) error {
			return call(ctx, try, func(err error, wait time.Duration) { got = append(got, told{err, wait}) })
		}, errFailed)
		if !slices.Equal(got, want) {
			t.Errorf("%s: told %v, want %v", name, got, want)
		}
	}
}
