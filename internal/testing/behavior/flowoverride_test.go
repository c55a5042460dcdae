package behavior

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestOverriddenCount continues a flow whose number of retries options replace. The directive has 3.
func TestOverriddenCount(t *testing.T) {
	with := func(n int) func(context.Context) (context.Context, func()) {
		return func(ctx context.Context) (context.Context, func()) {
			return retry.With(ctx, retry.Retries(n)), func() {}
		}
	}
	override := func(n int) func(context.Context) (context.Context, func()) {
		return func(ctx context.Context) (context.Context, func()) { return ctx, retry.Override(retry.Retries(n)) }
	}
	policies := func(text string) func(context.Context) (context.Context, func()) {
		return func(ctx context.Context) (context.Context, func()) {
			retry.OverridePolicies(map[string]retry.Policy{"behavior.Count": retry.MustParsePolicy(text)})
			return ctx, func() { retry.OverridePolicies(nil) }
		}
	}
	for _, c := range []struct {
		name    string
		options func(context.Context) (context.Context, func())
		begun   int // before the call
		retries int // in force, as observers see them
		next    int // the number of the attempt that the call makes; 0 for none
	}{
		{"none", with(3), 4, 3, 0},
		{"fewer", with(1), 2, 1, 0},
		{"fewer, one is left", with(2), 2, 2, 3},
		{"more", with(9), 4, 9, 5},
		{"unlimited", with(retry.Unlimited), 1000, retry.Unlimited, 1001},
		{"none for the process", override(0), 1, 0, 0},
		{"more for the process", override(5), 5, 5, 6},
		{"fewer by a policy", policies("retries=1"), 2, 1, 0},
		{"more by a policy", policies("retries=9"), 4, 9, 5},
		{"unlimited by a policy", policies("retries=unlimited"), 4, retry.Unlimited, 5},
		{"none by a policy", policies("retries=none"), 1, 0, 0},
		{"a policy of delays", policies("delay=1"), 3, 3, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, remove := c.options(t.Context())
				defer remove()
				ctx = retry.With(ctx, retry.Observer(func(_ context.Context, e retry.Event) {
					if e.Retries != c.retries {
						t.Errorf("%v tells of %d retries, want %d", e.Decision, e.Retries, c.retries)
					}
				}))
				s := work(ctx, &ledger{kept: map[string]retry.Progress{countPath: {Begun: c.begun}}}, succeeding)
				if c.next != 0 {
					if s.err != nil || !slices.Equal(s.numbers, []int{c.next}) {
						t.Errorf("attempts %v, %v; want number %d", s.numbers, s.err, c.next)
					}
					return
				}
				if e, ok := errors.AsType[*retry.Error](s.err); !ok || e.Reason != retry.ReasonAttempts || e.Attempts != c.begun || len(s.numbers) > 0 {
					t.Errorf("attempts %v, %v; want none, since they are used up", s.numbers, s.err)
				}
			})
		})
	}
}
