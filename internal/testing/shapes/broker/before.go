package broker

import (
	"context"
	"errors"
	"time"
)

// SendByHand sends a message. It asks for the leader at once when it was the wrong one, and then waits until the answer is
// likely to have arrived everywhere.
func (c *Client) SendByHand(ctx context.Context, topic string, message []byte) error {
	retries := c.conf.Producer.Retry.Max
	for {
		err := c.send(ctx, topic, message)
		if err == nil || !errors.Is(err, ErrNotLeader) || retries <= 0 {
			return err
		}
		retries--
		c.refresh(ctx, topic)
		//retry:ignore RL402 the loop is left as it was found
		time.Sleep(c.conf.Producer.Retry.Backoff)
	}
}

// CommitByHand sends a message to a topic of the broker's own. It waits first, and asks for the leader after that. The
// configuration has a function for the waits.
func (c *Client) CommitByHand(ctx context.Context, message []byte) error {
	return c.commit(ctx, message, c.conf.Metadata.Retry.Max)
}

func (c *Client) commit(ctx context.Context, message []byte, left int) error {
	err := c.send(ctx, "offsets", message)
	if !errors.Is(err, ErrNotLeader) || left <= 0 {
		return err
	}
	retry := c.conf.Metadata.Retry
	//retry:ignore RL402 the function is left as it was found
	time.Sleep(retry.BackoffFunc(retry.Max-left+1, retry.Max))
	c.refresh(ctx, "offsets")
	return c.commit(ctx, message, left-1)
}
