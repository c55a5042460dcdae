// Package consumer reads messages in a session that lasts for days. When the session is lost it connects again, and the longer
// it does not come up, the longer it waits.
package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool retrygen

// Config is the configuration of a consumer.
type Config struct {
	MaxReconnects int // one after the other; below 0 there is no limit
	MinBackoff    time.Duration
	MaxBackoff    time.Duration
	Stable        time.Duration // after this time a session counts as one that has been up
}

// ErrDenied is the error of a consumer that may not read.
var ErrDenied = errors.New("consumer: access denied")

// Consumer reads messages.
type Consumer struct {
	config Config
	// session connects and reads messages until it fails, or until ctx is done.
	session func(ctx context.Context) error
	log     func(text string)
}

// lost logs that a session is lost.
func (c *Consumer) lost(err error, wait time.Duration) {
	c.log(fmt.Sprintf("session lost: %v, connecting again in %v", err, wait))
}
