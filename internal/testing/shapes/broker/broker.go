// Package broker is the client of a message broker with several nodes. After some failures it has to ask again which node
// leads, and only then it is worth sending again.
package broker

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool retrygen

// Config is the configuration of a client.
type Config struct {
	Producer struct {
		Retry struct {
			Max     int
			Backoff time.Duration
		}
	}
	Metadata struct {
		Retry struct {
			Max         int
			BackoffFunc func(retries, maxRetries int) time.Duration
		}
	}
}

// Errors of the broker.
var (
	ErrNotLeader = errors.New("broker: not the leader of the partition")
	ErrTooLarge  = errors.New("broker: message is too large")
)

// Client sends messages.
type Client struct {
	conf    *Config
	send    func(ctx context.Context, topic string, message []byte) error
	refresh func(ctx context.Context, topic string)
}
