package sdk

import (
	"context"
	"errors"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Call makes a call. The attempts are those of any call. For an error with fewer, again ends the call before.
//
//retry:task attempts=.config.MaxAttempts delay=.delay(retry,err) jitter=equal if=.again(err,attempt.Number) notify=.prepare(err)
func (c *Client) Call(ctx context.Context, operation string) (string, error) {
	return c.call(ctx, operation)
}

// delay returns the longest wait before a retry.
func (c *Client) delay(n int, err error) time.Duration {
	if errors.Is(err, Throttled) {
		return min(retry.Exponential(c.config.MinThrottled, 2, n), c.config.MaxThrottled)
	}
	return min(retry.Exponential(c.config.MinDelay, 2, n), c.config.MaxDelay)
}

// again reports whether an attempt should be followed by another one, which begins at once where the token has expired.
func (c *Client) again(err error, attempt int) (wait time.Duration, again bool) {
	if errors.Is(err, Expired) {
		wait = retry.Immediately
	}
	return wait, attempt < c.config.attempts(err)
}

// prepare does what the coming attempt needs.
func (c *Client) prepare(err error) {
	if errors.Is(err, Expired) {
		c.renew()
	}
}
