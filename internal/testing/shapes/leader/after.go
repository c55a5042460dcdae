package leader

import (
	"context"
	"errors"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Run calls a function when this process leads, and ends its context when it does not any more.
func (e *Elector) Run(ctx context.Context, lead func(context.Context)) error {
	return e.run(ctx, lead, e.acquireWithRetry, func(ctx context.Context) error {
		err := e.renewWithRetry(ctx)
		if errors.Is(err, ErrHeld) || errors.Is(err, retry.ReasonWithin) {
			return ErrLost
		}
		return err
	})
}

//retry:ignore RL104 the caller's context ends it, as before
//retry:task retries=unlimited delay=.flags.RetryPeriod jitter=.flags.RetryJitter
func (e *Elector) acquire(ctx context.Context) error { return e.claim(ctx) }

// renew renews the place. It gives up as soon as no time is left for another attempt, without a last wait: TestLost shows the
// difference.
//
//retry:task retries=unlimited delay=.flags.RetryPeriod jitter=.flags.RetryJitter within=.flags.RenewDeadline except=ErrHeld
func (e *Elector) renew(ctx context.Context) error { return e.claim(ctx) }
