package sdk

import (
	"context"
	"errors"
	"time"
)

// CallByHand makes a call.
func (c *Client) CallByHand(ctx context.Context, operation string) (output string, err error) {
	for attempt := 1; ; attempt++ {
		output, err = c.call(ctx, operation)
		if err == nil || attempt >= c.config.attempts(err) {
			return output, err
		}
		if errors.Is(err, Expired) {
			c.renew()
			continue
		}
		timer := time.NewTimer(c.pause(attempt, errors.Is(err, Throttled)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return "", ctx.Err()
		}
	}
}

// pause returns a random wait from the half of a limit to all of it. The limit doubles with each attempt.
func (c *Client) pause(attempt int, throttled bool) time.Duration {
	limit, most := c.config.MinDelay, c.config.MaxDelay
	if throttled {
		limit, most = c.config.MinThrottled, c.config.MaxThrottled
	}
	for range attempt - 1 {
		limit = min(2*limit, most)
	}
	return limit/2 + time.Duration(c.random()*float64(limit/2))
}
