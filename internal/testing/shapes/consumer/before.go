package consumer

import (
	"context"
	"errors"
	"time"
)

// RunByHand reads messages until ctx is done.
func (c *Consumer) RunByHand(ctx context.Context) error {
	wait, failures := c.config.MinBackoff, 0
	for {
		began := time.Now()
		err := c.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil || errors.Is(err, ErrDenied) {
			return err
		}
		if time.Since(began) >= c.config.Stable {
			wait, failures = c.config.MinBackoff, 0
		}
		if c.config.MaxReconnects >= 0 && failures >= c.config.MaxReconnects {
			return err
		}
		failures++
		c.lost(err, wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
		wait = min(2*wait, c.config.MaxBackoff)
	}
}
