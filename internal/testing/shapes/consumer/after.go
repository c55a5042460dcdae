package consumer

import (
	"context"
	"math"
)

// Run reads messages until ctx is done.
func (c *Consumer) Run(ctx context.Context) error {
	err := c.readWithRetry(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// read reads messages in one session. A configuration whose numbers contradict each other is read differently: with a time of 0
// no session counts as one that has been up (TestNoTime), and no wait is longer than the longest one (TestFirstWait).
//
//retry:task retries=.reconnects delay=exponential(.config.MinBackoff) cap=.config.MaxBackoff reset=.config.Stable
//retry:task except=ErrDenied notify=.lost(err,wait)
func (c *Consumer) read(ctx context.Context) error { return c.session(ctx) }

// reconnects returns the limit of the configuration. A number cannot say that there is none, so it is one that is never
// reached.
func (c *Consumer) reconnects() int {
	if c.config.MaxReconnects < 0 {
		return math.MaxInt
	}
	return c.config.MaxReconnects
}
