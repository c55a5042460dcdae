package acme

import (
	"context"
	"time"
)

// PostByHand sends a request.
func (c *Client) PostByHand(ctx context.Context, url string, body []byte) error {
	for retry := 1; ; retry++ {
		err := c.post(ctx, url, body)
		problem, ok := err.(*Problem)
		if !ok || !problem.temporary() {
			return err
		}
		c.clearNonces(err)
		timer := time.NewTimer(c.pause(retry, problem.After))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err // says more than that the context is done
		}
	}
}

// pause returns what the server asks for, or else 1, 2, 4 or 8 seconds and then always 10, with up to a second more. No wait
// of its own is longer than 10 seconds.
func (c *Client) pause(retry int, asked time.Duration) time.Duration {
	const limit = 10 * time.Second
	jitter := time.Duration(c.random() * float64(time.Second))
	if asked > 0 {
		return asked + jitter
	}
	return min(time.Second<<min(retry-1, 30)+jitter, limit)
}
