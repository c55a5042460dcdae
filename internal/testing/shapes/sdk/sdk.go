// Package sdk is a client that decides by the kind of an error: throttled calls wait longer than others, an expired token is
// tried once more at once, and what looks like a fault of the service gets few attempts.
package sdk

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool retrygen

// Config is the configuration of a client.
type Config struct {
	MaxAttempts int // of any call
	Faults      int // attempts of a call that meets a fault of the service

	MinDelay, MaxDelay         time.Duration
	MinThrottled, MaxThrottled time.Duration
}

// Code is the code of an error of the service.
type Code string

// Codes of the service.
const (
	Throttled Code = "Throttled"
	Expired   Code = "TokenExpired"
	Fault     Code = "InternalFailure"
	Denied    Code = "AccessDenied"
)

func (c Code) Error() string { return "sdk: " + string(c) }

// Client makes calls.
type Client struct {
	config Config
	call   func(ctx context.Context, operation string) (string, error)
	renew  func() // gets another token
	random func() float64
}

// attempts returns how many attempts a call gets that has met an error.
func (c *Config) attempts(err error) int {
	var code Code
	if !errors.As(err, &code) {
		return c.MaxAttempts // the network
	}
	switch code {
	case Throttled:
		return c.MaxAttempts
	case Expired:
		return min(2, c.MaxAttempts)
	case Fault:
		return min(c.Faults, c.MaxAttempts)
	}
	return 1
}
