package behavior

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestPolicyValue checks when attempts begin whose policy only the running program knows, and how long each may run.
func TestPolicyValue(t *testing.T) {
	const s = time.Second
	price, stock, order := (*Depot).PriceWithRetry, (*Depot).StockWithRetry, (*Depot).OrderWithRetry
	for _, test := range []struct {
		name      string
		call      func(*Depot, context.Context) error
		policy    string // "-" for no configuration
		overrides string
		want      []time.Duration
	}{
		{"no configuration", price, "-", "", []time.Duration{0}},
		{"an empty policy", price, "", "", []time.Duration{0}},
		{"a policy", price, "retries=2 delay=1,2", "", []time.Duration{0, 11 * s, 23 * s}},
		{"a timeout", price, "retries=2 delay=1 timeout=3", "", []time.Duration{0, 4 * s, 8 * s}},
		{"within", price, "retries=9 delay=1 within=25", "", []time.Duration{0, 11 * s, 22 * s}},
		{"reset", price, "retries=1 delay=1 reset=10", "", []time.Duration{0, 11 * s, 22 * s, 33 * s, 44 * s, 55 * s}},
		{"the directive wins", stock, "retries=7 delay=2", "", []time.Duration{0, 12 * s}},
		{"an override", stock, "retries=7 delay=2", "retries=2 delay=none timeout=1", []time.Duration{0, s, 2 * s}},
		{"an override without a configuration", price, "-", "retries=1 delay=1 timeout=2", []time.Duration{0, 3 * s}},
		{"a directive", order, "-", "", []time.Duration{0, 2 * s, 4 * s}},
		{"a directive whose limits are replaced", order, "-", "timeout=3 within=9", []time.Duration{0, 4 * s, 8 * s}},
		{"a directive whose limits are cleared", order, "-", "timeout=none within=none retries=2", []time.Duration{0, 11 * s, 22 * s}},
	} {
		t.Run(test.name, func(t *testing.T) {
			retry.OverridePolicies(map[string]retry.Policy{
				"behavior.Depot.Price": retry.MustParsePolicy(test.overrides), "behavior.Depot.Stock": retry.MustParsePolicy(test.overrides),
				"behavior.Depot.Order": retry.MustParsePolicy(test.overrides),
			})
			defer retry.OverridePolicies(nil)
			synctest.Test(t, func(t *testing.T) {
				start, begun := time.Now(), []time.Duration{}
				depot := &Depot{do: func(ctx context.Context) error {
					begun = append(begun, time.Since(start))
					if len(begun) > 5 { // an endless series
						return retry.Permanent(errOutage)
					}
					select {
					case <-time.After(10 * s):
						return errOutage
					case <-ctx.Done():
						return ctx.Err()
					}
				}}
				if test.policy != "-" {
					depot.cfg = &DepotConfig{retry.MustParsePolicy(test.policy)}
				}
				_ = test.call(depot, context.Background())
				if !slices.Equal(begun, test.want) {
					t.Errorf("attempts began at %v, want %v", begun, test.want)
				}
			})
		})
	}
}

// TestPolicyValueOnce changes the policy while a call runs, which goes on with the one that it began with.
func TestPolicyValueOnce(t *testing.T) {
	depot := &Depot{cfg: &DepotConfig{retry.MustParsePolicy("retries=2")}}
	n := 0
	depot.do = func(context.Context) error {
		n++
		depot.cfg.Retry = retry.MustParsePolicy("retries=9")
		return errOutage
	}
	if _ = depot.PriceWithRetry(context.Background()); n != 3 {
		t.Errorf("%d attempts, want 3", n)
	}
}
