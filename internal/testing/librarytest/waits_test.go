package librarytest

import (
	"context"
	"net/http"
	"testing"
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
	"github.com/hashicorp/go-retryablehttp"
	"github.com/sethvargo/go-retry"
	"k8s.io/apimachinery/pkg/util/wait"
)

func TestBackoff(t *testing.T) {
	with4 := func(b func() backoff4.BackOff) call {
		return func(ctx context.Context, try attempt) error {
			return backoff4.Retry(func() error { return try(ctx) }, backoff4.WithContext(b(), ctx))
		}
	}
	with5 := func(options ...backoff5.RetryOption) call {
		return func(ctx context.Context, try attempt) error {
			_, err := backoff5.Retry(ctx, func() (any, error) { return nil, try(ctx) }, options...)
			return err
		}
	}
	with6 := func(options ...backoff6.RetryOption) call {
		return func(ctx context.Context, try attempt) error {
			_, err := backoff6.Retry(ctx, func() (any, error) { return nil, try(ctx) }, options...)
			return err
		}
	}
	with7 := func(options ...backoff7.RetryOption) call {
		return func(ctx context.Context, try attempt) error {
			_, err := backoff7.Retry(ctx, func() (any, error) { return nil, try(ctx) }, options...)
			return err
		}
	}
	grown := backoff7.NewExponentialBackOff()
	grown.InitialInterval, grown.Multiplier, grown.RandomizationFactor = 2*time.Second, 3, 0.2
	defaults := spread(0.5, 1.5, 0.5, 0.75, 1.125, 1.6875)
	for _, r := range []row{
		{"v4 NewExponentialBackOff", with4(func() backoff4.BackOff { return backoff4.NewExponentialBackOff() }),
			backoffDefaultsWithRetry, defaults, false},
		{"v5 defaults", with5(), backoffDefaultsWithRetry, defaults, false},
		{"v6 defaults", with6(), backoffDefaultsWithRetry, defaults, false},
		{"v7 defaults", with7(), backoffDefaultsWithRetry, defaults, false},
		{"v4 WithMaxRetries(NewConstantBackOff(1s), 4)", with4(func() backoff4.BackOff {
			return backoff4.WithMaxRetries(backoff4.NewConstantBackOff(time.Second), 4)
		}), constantWithRetry, exactly(1, 1, 1, 1), true},
		{"v5 WithMaxTries(5)",
			with5(backoff5.WithMaxTries(5), backoff5.WithBackOff(backoff5.NewConstantBackOff(time.Second))),
			constantWithRetry, exactly(1, 1, 1, 1), true},
		{"v7 WithMaxTries(5)",
			with7(backoff7.WithMaxTries(5), backoff7.WithBackOff(backoff7.NewConstantBackOff(time.Second))),
			constantWithRetry, exactly(1, 1, 1, 1), true},
		{"v7 ZeroBackOff", with7(backoff7.WithMaxTries(4), backoff7.WithBackOff(&backoff7.ZeroBackOff{})),
			atOnceWithRetry, exactly(0, 0, 0), true},
		{"v7 fields", with7(backoff7.WithMaxTries(5), backoff7.WithBackOff(grown)),
			exponentialWithRetry, spread(0.8, 1.2, 2, 6, 18), false},
	} {
		r.run(t)
	}
}

func TestRetryGo(t *testing.T) {
	with3 := func(options ...avast3.Option) call {
		return func(ctx context.Context, try attempt) error {
			return avast3.Do(func() error { return try(ctx) }, append(options, avast3.Context(ctx))...)
		}
	}
	with4 := func(options ...avast4.Option) call {
		return func(ctx context.Context, try attempt) error {
			return avast4.Do(func() error { return try(ctx) }, append(options, avast4.Context(ctx))...)
		}
	}
	with5 := func(options ...avast5.Option) call {
		return func(ctx context.Context, try attempt) error {
			return avast5.New(append(options, avast5.Context(ctx))...).Do(func() error { return try(ctx) })
		}
	}
	defaults := above(100*time.Millisecond, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)
	for _, r := range []row{
		{"v3 defaults", with3(), avastDefaultsWithRetry, defaults, true},
		{"v4 defaults", with4(), avastDefaultsWithRetry, defaults, true},
		{"v5 defaults", with5(), avastDefaultsWithRetry, defaults, true},
		{"v5 FixedDelay", with5(avast5.Attempts(5), avast5.Delay(time.Second), avast5.DelayType(avast5.FixedDelay)),
			constantWithRetry, exactly(1, 1, 1, 1), true},
		{"v5 RandomDelay", with5(avast5.Attempts(4), avast5.DelayType(avast5.RandomDelay), avast5.MaxJitter(300*time.Millisecond)),
			randomWithRetry, above(300*time.Millisecond, 0, 0, 0), true},
		{"v5 CombineDelay", with5(avast5.Attempts(4), avast5.Delay(time.Second), avast5.MaxJitter(300*time.Millisecond),
			avast5.DelayType(avast5.CombineDelay(avast5.FixedDelay, avast5.RandomDelay))),
			fixedAndRandomWithRetry, above(300*time.Millisecond, 1, 1, 1), true},
		{"v4 FullJitterBackoffDelay", with4(avast4.Attempts(6), avast4.Delay(100*time.Millisecond), avast4.MaxDelay(time.Second),
			avast4.DelayType(avast4.FullJitterBackoffDelay)),
			fullJitterWithRetry, spread(0, 1, 0.2, 0.4, 0.8, 1, 1), true},
		{"v5 FullJitterBackoffDelay", with5(avast5.Attempts(6), avast5.Delay(100*time.Millisecond), avast5.MaxDelay(time.Second),
			avast5.DelayType(avast5.FullJitterBackoffDelay)),
			fullJitterWithRetry, spread(0, 1, 0.2, 0.4, 0.8, 1, 1), true},
		{"v5 a function", with5(avast5.Attempts(4), avast5.DelayType(func(n uint, err error, _ avast5.DelayContext) time.Duration {
			return byAttempt(int(n), err)
		})), computedWithRetry, exactly(16, 26, 36), true},
		{"v3 a function", with3(avast3.Attempts(4), avast3.DelayType(func(n uint, err error, _ *avast3.Config) time.Duration {
			return byAttempt(int(n)+1, err) // it counts from 0
		})), computedWithRetry, exactly(16, 26, 36), true},
		{"v5 UntilSucceeded", with5(avast5.UntilSucceeded(), avast5.Delay(time.Second), avast5.DelayType(avast5.FixedDelay)),
			unlimitedWithRetry, exactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), false},
	} {
		r.run(t)
	}
}

func TestGoRetry(t *testing.T) {
	with := func(b func() retry.Backoff) call {
		return func(ctx context.Context, try attempt) error {
			return retry.Do(ctx, retry.WithMaxRetries(5, b()), func(ctx context.Context) error { return retry.RetryableError(try(ctx)) })
		}
	}
	second := func() retry.Backoff { return retry.NewConstant(time.Second) }
	for _, r := range []row{
		{"NewExponential", with(func() retry.Backoff { return retry.NewExponential(time.Second) }),
			doubledWithRetry, exactly(1, 2, 4, 8, 16), true},
		{"NewFibonacci", with(func() retry.Backoff { return retry.NewFibonacci(time.Second) }),
			fibonacciWithRetry, exactly(1, 2, 3, 5, 8), true},
		{"WithCappedDuration", with(func() retry.Backoff {
			return retry.WithCappedDuration(3*time.Second, retry.NewExponential(time.Second))
		}), cappedWithRetry, exactly(1, 2, 3, 3, 3), true},
		{"WithJitter", with(func() retry.Backoff { return retry.WithJitter(300*time.Millisecond, second()) }),
			aroundWithRetry, spread(0.7, 1.3, 1, 1, 1, 1, 1), true},
		{"WithJitterPercent", with(func() retry.Backoff { return retry.WithJitterPercent(20, second()) }),
			percentWithRetry, spread(0.8, 1.2, 1, 1, 1, 1, 1), true},
		{"WithFullJitter", with(func() retry.Backoff { return retry.WithFullJitter(second()) }),
			fullWithRetry, spread(0, 1, 1, 1, 1, 1, 1), true},
	} {
		r.run(t)
	}
}

func TestFailsafe(t *testing.T) {
	with := func(policy retrypolicy.RetryPolicy[any]) call {
		return func(ctx context.Context, try attempt) error {
			return failsafe.With(policy).WithContext(ctx).Run(func() error { return try(ctx) })
		}
	}
	build := func() retrypolicy.Builder[any] { return retrypolicy.NewBuilder[any]().WithMaxRetries(5) }
	for _, r := range []row{
		{"NewWithDefaults", with(retrypolicy.NewWithDefaults[any]()), failsafeDefaultsWithRetry, exactly(0, 0), true},
		{"WithMaxAttempts", with(build().WithMaxAttempts(5).WithDelay(time.Second).Build()), constantWithRetry, exactly(1, 1, 1, 1), true},
		{"WithBackoff", with(build().WithBackoff(time.Second, 3*time.Second).Build()), cappedWithRetry, exactly(1, 2, 3, 3, 3), true},
		{"WithBackoffFactor", with(build().WithMaxAttempts(5).WithBackoffFactor(2*time.Second, time.Minute, 3).WithJitterFactor(0.2).Build()),
			exponentialWithRetry, spread(0.8, 1.2, 2, 6, 18), false},
		{"WithJitter", with(build().WithDelay(time.Second).WithJitter(300 * time.Millisecond).Build()),
			aroundWithRetry, spread(0.7, 1.3, 1, 1, 1, 1, 1), true},
		{"WithJitterFactor", with(build().WithDelay(time.Second).WithJitterFactor(0.2).Build()),
			percentWithRetry, spread(0.8, 1.2, 1, 1, 1, 1, 1), true},
		{"WithRandomDelay", with(build().WithMaxRetries(4).WithRandomDelay(time.Second, 3*time.Second).Build()),
			betweenWithRetry, spread(1, 3, 1, 1, 1, 1), true},
	} {
		r.run(t)
	}
}

func TestWait(t *testing.T) {
	with := func(backoff wait.Backoff) call {
		return func(ctx context.Context, try attempt) error {
			return wait.ExponentialBackoffWithContext(ctx, backoff, func(ctx context.Context) (bool, error) { return try(ctx) == nil, nil })
		}
	}
	for _, r := range []row{
		{"retry.DefaultRetry", with(wait.Backoff{Steps: 5, Duration: 10 * time.Millisecond, Factor: 1, Jitter: 0.1}),
			defaultRetryWithRetry, spread(1, 1.1, 0.01, 0.01, 0.01, 0.01), true},
		{"retry.DefaultBackoff", with(wait.Backoff{Steps: 4, Duration: 10 * time.Millisecond, Factor: 5, Jitter: 0.1}),
			defaultBackoffWithRetry, spread(1, 1.1, 0.01, 0.05, 0.25), true},
	} {
		r.run(t)
	}
}

// transport makes an attempt of a request.
type transport struct{ try attempt }

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return nil, t.try(req.Context())
}

func TestRetryableHTTP(t *testing.T) {
	with := func(change func(*retryablehttp.Client)) call {
		return func(ctx context.Context, try attempt) error {
			c := retryablehttp.NewClient()
			c.Logger = nil
			c.HTTPClient = &http.Client{Transport: transport{try}}
			change(c)
			req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, "http://service.example", nil)
			if err != nil {
				return err
			}
			_, err = c.Do(req)
			return err
		}
	}
	for _, r := range []row{
		{"defaults", with(func(*retryablehttp.Client) {}), httpDefaultsWithRetry, exactly(1, 2, 4, 8), true},
		{"LinearJitterBackoff", with(func(c *retryablehttp.Client) {
			c.Backoff, c.RetryWaitMin, c.RetryWaitMax = retryablehttp.LinearJitterBackoff, 800*time.Millisecond, 1200*time.Millisecond
		}), httpLinearWithRetry, spread(0.8, 1.2, 1, 2, 3, 4), true},
	} {
		r.run(t)
	}
}
