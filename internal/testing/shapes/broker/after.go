package broker

import (
	"context"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Send sends a message. notify is called before the wait.
//
//retry:task retries=.conf.Producer.Retry.Max delay=.conf.Producer.Retry.Backoff on=ErrNotLeader notify=.refresh(ctx,topic)
func (c *Client) Send(ctx context.Context, topic string, message []byte) error {
	return c.send(ctx, topic, message)
}

// Commit sends a message to a topic of the broker's own. What is done after a wait is the beginning of the next attempt.
//
//retry:task retries=.conf.Metadata.Retry.Max delay=.conf.Metadata.Retry.BackoffFunc(retry,.conf.Metadata.Retry.Max) on=ErrNotLeader
func (c *Client) Commit(ctx context.Context, attempt retry.Attempt, message []byte) error {
	if attempt.Number > 1 {
		c.refresh(ctx, "offsets")
	}
	return c.send(ctx, "offsets", message)
}
