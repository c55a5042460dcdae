package leader

import (
	"context"
	"errors"
	"time"
)

// RunByHand calls a function when this process leads, and ends its context when it does not any more.
func (e *Elector) RunByHand(ctx context.Context, lead func(context.Context)) error {
	return e.run(ctx, lead, e.acquireByHand, e.renewByHand)
}

func (e *Elector) acquireByHand(ctx context.Context) error {
	for {
		if err := e.claim(ctx); err == nil {
			return nil
		}
		if err := e.pause(ctx); err != nil {
			return err
		}
	}
}

func (e *Elector) renewByHand(ctx context.Context) error {
	deadline := time.Now().Add(e.flags.RenewDeadline)
	for {
		err := e.claim(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrHeld) {
			return ErrLost
		}
		if err := e.pause(ctx); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return ErrLost
		}
	}
}

// pause waits for the retry period, a little more or a little less.
func (e *Elector) pause(ctx context.Context) error {
	jitter := float64(e.flags.RetryJitter) * (2*e.random() - 1)
	select {
	case <-time.After(e.flags.RetryPeriod + time.Duration(jitter)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
