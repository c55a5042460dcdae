package acme

import (
	"context"
	"time"
)

// Post sends a request. A cap holds for what a server asks for, too, and a longer pause ends the call. So the cap is not the
// 10 seconds that the waits are limited to by hand. With it, waits grow on, and TestManyRetries shows the difference.
//
//retry:ignore RL104 the caller's context ends it, as before
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
