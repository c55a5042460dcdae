package behavior

import (
	"context"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Depot has a policy in its configuration, which may be missing.
type Depot struct {
	cfg *DepotConfig
	do  func(context.Context) error
}

// DepotConfig is the configuration of a Depot.
type DepotConfig struct{ Retry retry.Policy }

// Price has what the configuration says.
//
//retry:task policy=.cfg.Retry
func (s *Depot) Price(ctx context.Context) error { return s.do(ctx) }

// Stock says its number of retries itself.
//
//retry:task policy=.cfg.Retry retries=1
func (s *Depot) Stock(ctx context.Context) error { return s.do(ctx) }

// Order says all that begins with a call.
//
//retry:task retries=9 delay=1 timeout=1s within=5s
func (s *Depot) Order(ctx context.Context) error { return s.do(ctx) }
