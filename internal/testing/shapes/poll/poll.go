// Package poll has helpers for tests that wait until something has happened elsewhere: a server is up, a message has
// arrived. The test that calls a helper says how often and how long it looks.
package poll

import (
	"context"
	"time"
)

//go:generate go tool retrygen

// TB is what the helpers need of a test.
type TB interface {
	Context() context.Context
	Fatalf(format string, args ...any)
	Helper()
	Logf(format string, args ...any)
}

// Options say how [Check] repeats.
type Options struct {
	Attempts int
	Every    time.Duration
}
