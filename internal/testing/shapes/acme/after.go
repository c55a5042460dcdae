package acme

import (
	"context"
	"time"
)

// Post sends a request. The waits before other retries are up to a second longer than 1, 2, 4, 8, 9, 9 … seconds: with a cap,
// jitter stays below it.
//
//retry:ignore RL104 the caller ends it, by its context
//retry:task retries=unlimited delay=exponential(1) jitter=+1s cap=1m if=.temporary(err) notify=.clearNonces(err) error=last
func (c *Client) Post(ctx context.Context, url string, body []byte) error {
	return c.post(ctx, url, body)
}

func (c *Client) temporary(err error) bool {
	problem, ok := err.(*Problem)
	return ok && problem.temporary()
}

// RetryAfter is asked by the wrapper: it waits as long as this, or up to a tenth longer.
func (p *Problem) RetryAfter() time.Duration { return p.After }
