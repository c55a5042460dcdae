// Package agree has a wrapper for each kind of policy. Its tests compare the forecast of the policy with what the wrapper does:
//
//	var begun []time.Time
//	_ = agree.FixedWithRetry(ctx, func() error { begun = append(begun, time.Now()); return errFailed })
package agree

import "context"

// The policies, one for each function.
//
//retry:policy
const (
	fixed              = "retries=3 delay=2"
	listed             = "retries=4 delay=1,2,5 jitter=10%"
	exponential        = "retries=4 delay=exponential(2) jitter=3"
	thirds             = "retries=3 delay=exponential(500ms,base=3) jitter=1"
	linear             = "retries=4 delay=linear(1) jitter=full"
	fibonacci          = "retries=5 delay=fibonacci(1) jitter=equal"
	percent            = "retries=4 delay=1 jitter=50%"
	decorrelated       = "retries=4 delay=1 jitter=decorrelated"
	cappedPoisson      = "retries=4 delay=exponential(1) jitter=3 cap=5"
	cappedFull         = "retries=4 delay=exponential(1) jitter=full cap=3"
	cappedPercent      = "retries=4 delay=exponential(1) jitter=40% cap=3500ms"
	cappedEqual        = "retries=5 delay=exponential(1) jitter=equal cap=3"
	cappedDecorrelated = "retries=5 delay=1 jitter=decorrelated cap=4"
	within             = "retries=4 delay=1 jitter=50% within=2500ms"
	withinPoisson      = "retries=4 delay=exponential(1) jitter=1 within=6"
	withinDecorrelated = "retries=4 delay=1 jitter=decorrelated within=8"
	withinFixed        = "retries=9 delay=1 within=3500ms"
)

// always has every error retried.
func always(error) bool { return true }

//retry:task policy=fixed if=always
func Fixed(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=listed if=always
func Listed(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=exponential if=always
func Exponential(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=thirds if=always
func Thirds(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=linear if=always
func Linear(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=fibonacci if=always
func Fibonacci(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=percent if=always
func Percent(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=decorrelated if=always
func Decorrelated(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=cappedPoisson if=always
func CappedPoisson(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=cappedFull if=always
func CappedFull(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=cappedPercent if=always
func CappedPercent(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=cappedEqual if=always
func CappedEqual(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=cappedDecorrelated if=always
func CappedDecorrelated(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=within if=always
func Within(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=withinPoisson if=always
func WithinPoisson(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=withinDecorrelated if=always
func WithinDecorrelated(_ context.Context, attempt func() error) error { return attempt() }

//retry:task policy=withinFixed if=always
func WithinFixed(_ context.Context, attempt func() error) error { return attempt() }
