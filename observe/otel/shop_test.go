package retryotel_test

import (
	"context"

	"github.com/retrygen/retrygen/runtime/retrytest"
)

// shop has a task that reports every call, and one that reports failures alone.
type shop struct{ fails *retrytest.Failures }

//retry:task retries=2 delay=exponential(10ms) jitter=1 observe
func (s shop) buy(context.Context) error { return s.fails.Next() }

//retry:task retries=2 delay=exponential(10ms) jitter=1
func (s shop) look(context.Context) error { return s.fails.Next() }
