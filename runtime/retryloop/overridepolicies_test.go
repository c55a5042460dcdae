//go:build go1.25

package retryloop_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// policies parses the policies of a map.
func policies(texts map[string]string) map[string]retry.Policy {
	parsed := map[string]retry.Policy{}
	for name, text := range texts {
		parsed[name] = retry.MustParsePolicy(text)
	}
	return parsed
}

// TestOverridePolicies names tasks, and counts attempts with options of Override and With above the policies.
func TestOverridePolicies(t *testing.T) {
	defer retry.OverridePolicies(nil)
	for _, test := range []struct {
		name     string
		policies map[string]string
		context  []retry.Option
		override []retry.Option
		want     map[string]int // the attempts of tasks, whose directives allow two retries
	}{
		{"none", nil, nil, nil, map[string]int{fetch: 3, get: 3}},
		{"the full name", map[string]string{fetch: "retries=0"}, nil, nil, map[string]int{fetch: 1, get: 3}},
		{"a trailing part", map[string]string{"pricing.Client.Get": "retries=0"}, nil, nil, map[string]int{fetch: 3, get: 1}},
		{
			"not a part that follows no slash, nor the beginning, nor nothing",
			map[string]string{"Fetch": "retries=0", "icing.Fetch": "retries=0", "example.com/shop/pricing": "retries=0", "": "retries=0"},
			nil, nil, map[string]int{fetch: 3},
		},
		{
			"the longest name wins", map[string]string{"pricing.Fetch": "retries=0", fetch: "retries=4", "shop/pricing.Fetch": "retries=9"},
			nil, nil, map[string]int{fetch: 5},
		},
		{
			"option by option", map[string]string{"pricing.Fetch": "retries=0", fetch: "delay=0"}, nil, nil, map[string]int{fetch: 1},
		},
		{"none is said, too", map[string]string{"pricing.Fetch": "retries=9", fetch: "retries=none"}, nil, nil, map[string]int{fetch: 1}},
		{"an empty policy says nothing", map[string]string{fetch: ""}, nil, nil, map[string]int{fetch: 3}},
		{
			"a context's option wins", map[string]string{fetch: "retries=9"}, []retry.Option{retry.Retries(3)}, nil,
			map[string]int{fetch: 4},
		},
		{
			"Override wins", map[string]string{fetch: "retries=9"}, nil, []retry.Option{retry.Retries(0)},
			map[string]int{fetch: 1, get: 1},
		},
		{
			"options that say something else", map[string]string{fetch: "retries=5"},
			[]retry.Option{retry.NoDelay()}, []retry.Option{retry.For(get, retry.Retries(0))}, map[string]int{fetch: 6, get: 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := retry.With(context.Background(), test.context...)
			defer retry.Override(test.override...)()
			retry.OverridePolicies(policies(test.policies))
			for task, want := range test.want {
				for range 2 { // the second call knows what matches
					if got := attempts(ctx, task); got != want {
						t.Errorf("%s: %d attempts, want %d", task, got, want)
					}
				}
			}
		})
	}
}

// TestOverridePoliciesReplace replaces the map while the program runs.
func TestOverridePoliciesReplace(t *testing.T) {
	section := policies(map[string]string{fetch: "retries=0"})
	for _, step := range []struct {
		change    func()
		want, get int
	}{
		{func() {}, 3, 3},
		{func() { retry.OverridePolicies(section) }, 1, 3},
		{func() { section[fetch] = retry.MustParsePolicy("retries=7") }, 1, 3},
		{func() { retry.OverridePolicies(policies(map[string]string{get: "retries=5"})) }, 3, 6},
		{func() { retry.OverridePolicies(map[string]retry.Policy{}) }, 3, 3},
	} {
		step.change()
		if f, g := attempts(context.Background(), fetch), attempts(context.Background(), get); f != step.want || g != step.get {
			t.Errorf("%d and %d attempts, want %d and %d", f, g, step.want, step.get)
		}
	}
}

// TestUnmatchedPolicies lists the names that no call has matched.
func TestUnmatchedPolicies(t *testing.T) {
	defer retry.OverridePolicies(nil)
	defer retry.Override(retry.For("pricing.Fetsh", retry.Retries(1)))()
	list := func(want ...string) {
		t.Helper()
		if got := retry.UnmatchedOverrides(); !slices.Equal(got, want) {
			t.Errorf("unmatched %q, want %q", got, want)
		}
	}
	section := policies(map[string]string{fetch: "delay=1ns", "pricing.Fetch": "retries=1", get: "retries=2", "pricing.Fetsh": "retries=1"})
	retry.OverridePolicies(section)
	list(get, fetch, "pricing.Fetch", "pricing.Fetsh")
	attempts(context.Background(), fetch)
	list(get, "pricing.Fetsh")
	retryloop.TimeoutFor(get, 0)
	list("pricing.Fetsh")
	retry.OverridePolicies(section)
	list(get, fetch, "pricing.Fetch", "pricing.Fetsh")
	retry.OverridePolicies(nil)
	list("pricing.Fetsh")
}

// TestLimitsRead reads timeout, within and reset when a call begins.
func TestLimitsRead(t *testing.T) {
	defer retry.OverridePolicies(nil)
	const ms, m = time.Millisecond, time.Minute
	own := retryloop.Limits{Timeout: 1 * ms, Within: 2 * ms, Reset: 3 * ms}
	for _, test := range []struct {
		name              string
		policy, overrides string
		want              retryloop.Limits
		directive         [3]time.Duration // where the directive says all three, without a policy that is a value
	}{
		{"nothing", "", "", own, [3]time.Duration{1 * ms, 2 * ms, 3 * ms}},
		{
			"a policy", "timeout=1m within=2m reset=3m", "", retryloop.Limits{Timeout: m, Within: 2 * m, Reset: 3 * m},
			[3]time.Duration{1 * ms, 2 * ms, 3 * ms},
		},
		{
			"a policy that clears", "timeout=none within=none reset=none", "", retryloop.Limits{}, [3]time.Duration{1 * ms, 2 * ms, 3 * ms},
		},
		{"a policy that says something else", "retries=3", "retries=4", own, [3]time.Duration{1 * ms, 2 * ms, 3 * ms}},
		{
			"an override", "timeout=1m within=2m", "timeout=5m reset=none",
			retryloop.Limits{Timeout: 5 * m, Within: 2 * m}, [3]time.Duration{5 * m, 2 * ms, 0},
		},
		{
			"an override of all", "", "timeout=none within=5m reset=6m",
			retryloop.Limits{Within: 5 * m, Reset: 6 * m}, [3]time.Duration{0, 5 * m, 6 * m},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				retry.OverridePolicies(map[string]retry.Policy{"pricing.Fetch": retry.MustParsePolicy(test.overrides)})
				if test.want.Within > 0 || test.want.Reset > 0 {
					test.want.Started = time.Now()
				}
				got := own
				if got.Read(fetch, retry.MustParsePolicy(test.policy)); got != test.want {
					t.Errorf("limits %+v, want %+v", got, test.want)
				}
				directive := [3]time.Duration{
					retryloop.TimeoutFor(fetch, own.Timeout), retryloop.WithinFor(fetch, own.Within), retryloop.ResetFor(fetch, own.Reset),
				}
				if directive != test.directive {
					t.Errorf("limits of a directive %v, want %v", directive, test.directive)
				}
				if got := retryloop.TimeoutFor(get, 7); got != 7 {
					t.Errorf("timeout of another task %v, want its own", got)
				}
			})
		})
	}
}

// TestOverridePoliciesShared has a thousand callers fail while the map is replaced.
func TestOverridePoliciesShared(t *testing.T) {
	defer retry.OverridePolicies(nil)
	var group sync.WaitGroup
	for i := range 1000 {
		group.Go(func() {
			task := fmt.Sprintf("example.com/shop/pricing.Fetch%d", i%10)
			if i%10 == 0 {
				retry.OverridePolicies(policies(map[string]string{fmt.Sprintf("pricing.Fetch%d", i/10%10): "retries=5 timeout=1m"}))
			}
			if n := attempts(context.Background(), task); n != 3 && n != 6 {
				t.Errorf("%s: %d attempts, want 3 or 6", task, n)
			}
			if limit := retryloop.TimeoutFor(task, 0); limit != 0 && limit != time.Minute {
				t.Errorf("%s: timeout %v", task, limit)
			}
			retry.UnmatchedOverrides()
		})
	}
	group.Wait()
}
