// Package leader lets one of several processes lead. The others ask again and again whether the place is free, each at times of
// its own, which flags of the program decide.
package leader

import (
	"context"
	"errors"
	"flag"
	"sync"
	"time"
)

//go:generate go tool retrygen

// Flags are the flags of an election.
type Flags struct {
	RetryPeriod   time.Duration
	RetryJitter   time.Duration // in both directions
	RenewPeriod   time.Duration
	RenewDeadline time.Duration
}

// Register registers the flags.
func (f *Flags) Register(set *flag.FlagSet) {
	set.DurationVar(&f.RetryPeriod, "leader-retry-period", 2*time.Second, "time between two attempts to lead")
	set.DurationVar(&f.RetryJitter, "leader-retry-jitter", 400*time.Millisecond, "duration that the retry period varies by")
	set.DurationVar(&f.RenewPeriod, "leader-renew-period", 5*time.Second, "time between two renewals")
	set.DurationVar(&f.RenewDeadline, "leader-renew-deadline", 10*time.Second, "time after which a leader that cannot renew gives up")
}

// Errors of an election.
var (
	ErrHeld = errors.New("leader: another process leads")
	ErrLost = errors.New("leader: could not renew in time")
)

// Elector takes part in an election.
type Elector struct {
	flags *Flags
	// claim takes the place, or renews it. The error is ErrHeld where another process has it.
	claim  func(ctx context.Context) error
	random func() float64 // from 0 to 1
}

// run leads for as long as it can. It acquires the place and renews it by functions that retry.
func (e *Elector) run(ctx context.Context, lead func(context.Context), acquire, renew func(context.Context) error) error {
	if err := acquire(ctx); err != nil {
		return err
	}
	var leading sync.WaitGroup
	defer leading.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	leading.Go(func() { lead(ctx) })
	for {
		select {
		case <-time.After(e.flags.RenewPeriod):
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := renew(ctx); err != nil {
			return err
		}
	}
}
