//go:build go1.25

package retryloop_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// schedule and spread are options as policies spell them, and as the code of a loop has them.
type (
	schedule struct {
		text string
		code func(*retryloop.Loop) time.Duration
	}
	spread struct {
		text string
		code func(*retryloop.Loop, time.Duration) time.Duration
	}
)

const second = time.Second

// delays are the schedules of generated code.
var delays = []schedule{
	{"delay=none", func(*retryloop.Loop) time.Duration { return 0 }},
	{"delay=0", func(*retryloop.Loop) time.Duration { return 0 }},
	{"delay=2", func(*retryloop.Loop) time.Duration { return 2 * second }},
	{"delay=1,0,4,2", func(l *retryloop.Loop) time.Duration { return l.List(second, 0, 4*second, 2*second) }},
	{"delay=exponential(2)", func(l *retryloop.Loop) time.Duration { return l.Exponential(2*second, 2) }},
	{"delay=exponential(0.3,base=1.7)", func(l *retryloop.Loop) time.Duration { return l.Exponential(300*time.Millisecond, 1.7) }},
	{"delay=linear(3)", func(l *retryloop.Loop) time.Duration { return l.Linear(3 * second) }},
	{"delay=fibonacci(1)", func(l *retryloop.Loop) time.Duration { return l.Fibonacci(second) }},
}

// jitters are the jitters of generated code.
var jitters = []spread{
	{"jitter=none", func(_ *retryloop.Loop, d time.Duration) time.Duration { return d }},
	{"jitter=0", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Poisson(d, 0) }},
	{"jitter=3", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Poisson(d, 3) }},
	{"jitter=20%", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Percent(d, 20) }},
	{"jitter=+20%", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.PercentAbove(d, 20) }},
	{"jitter=-20%", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.PercentBelow(d, 20) }},
	{"jitter=1.5s", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Around(d, 1500*time.Millisecond) }},
	{"jitter=+1.5s", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Above(d, 1500*time.Millisecond) }},
	{"jitter=-1.5s", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Below(d, 1500*time.Millisecond) }},
	{"jitter=full", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Full(d) }},
	{"jitter=equal", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Equal(d) }},
	{"jitter=decorrelated", func(l *retryloop.Loop, d time.Duration) time.Duration { return l.Decorrelated(d) }},
}

// waitsOf lists the waits of a call that fails until its retries run out, with a random source of its own. In the middle an
// error asks for a wait.
func waitsOf(loop retryloop.Loop, wait func(*retryloop.Loop) time.Duration) (list []time.Duration) {
	loop.Context = retry.With(loop.Context, retry.Random(rand.NewPCG(1, 2)), retry.Observer(func(_ context.Context, e retry.Event) {
		if e.Decision == retry.DecisionRetry {
			list = append(list, e.Wait)
		}
	}))
	err := errOutage
	for loop.Again(err) && loop.Wait(wait(&loop)) {
		err = errOutage
		if len(list) == 3 {
			err = retry.After(errOutage, second)
		}
	}
	_ = loop.End(err)
	return list
}

// TestOverlay says delay, jitter and cap of a loop in policies instead, all of them or some. The waits are those of a loop
// that has them as code.
func TestOverlay(t *testing.T) {
	for _, limit := range []time.Duration{0, 5 * second} {
		for _, d := range delays {
			for _, j := range jitters {
				capped := "cap=none"
				if limit > 0 {
					capped = "cap=" + limit.String()
				}
				t.Run(d.text+" "+j.text+" "+capped, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { testOverlay(t, d, j, limit, capped) })
				})
			}
		}
	}
}

func testOverlay(t *testing.T, d schedule, j spread, limit time.Duration, capped string) {
	const says = retryloop.SaysDelay | retryloop.SaysJitter | retryloop.SaysCap
	all := retry.MustParsePolicy(d.text + " " + j.text + " " + capped)
	more := retry.MustParsePolicy("delay=linear(9) jitter=-50% cap=8")
	code := func(l *retryloop.Loop) time.Duration { return j.code(l, d.code(l)) }
	grown := func(l *retryloop.Loop) time.Duration { return l.Exponential(7*second, 3) }
	want := waitsOf(retryloop.Loop{Context: t.Context(), Retries: 6, Cap: limit}, code)
	for _, way := range []struct {
		name      string
		loop      retryloop.Loop
		code      func(*retryloop.Loop) time.Duration
		overrides retry.Policy
	}{
		{"no delay in code", retryloop.Loop{Policy: all}, func(*retryloop.Loop) time.Duration { return 0 }, retry.Policy{}},
		{"another delay", retryloop.Loop{Policy: all}, grown, retry.Policy{}},
		{"another jitter", retryloop.Loop{Policy: all, Cap: second},
			func(l *retryloop.Loop) time.Duration { return l.Full(grown(l)) }, retry.Policy{}},
		{"another jitter, which draws from the wait before", retryloop.Loop{Policy: all},
			func(l *retryloop.Loop) time.Duration { return l.Decorrelated(grown(l)) }, retry.Policy{}},
		{"the delay alone", retryloop.Loop{Policy: retry.MustParsePolicy(d.text), Cap: limit},
			func(l *retryloop.Loop) time.Duration { return j.code(l, grown(l)) }, retry.Policy{}},
		{"the jitter alone", retryloop.Loop{Policy: retry.MustParsePolicy(j.text), Cap: limit}, d.code, retry.Policy{}},
		{"the jitter instead of another", retryloop.Loop{Policy: retry.MustParsePolicy(j.text), Cap: limit},
			func(l *retryloop.Loop) time.Duration { return l.Around(d.code(l), second) }, retry.Policy{}},
		{"the directive wins", retryloop.Loop{Policy: more, Says: says, Cap: limit}, code, retry.Policy{}},
		{"an override", retryloop.Loop{Cap: second}, grown, all},
		{"an override of the directive", retryloop.Loop{Policy: more, Says: says, Cap: second}, grown, all},
		{"an override of a policy", retryloop.Loop{Policy: more, Cap: second}, grown, all},
		{"an override of the delay", retryloop.Loop{Policy: more, Says: retryloop.SaysJitter | retryloop.SaysCap, Cap: limit},
			func(l *retryloop.Loop) time.Duration { return j.code(l, grown(l)) }, retry.MustParsePolicy(d.text)},
	} {
		retry.OverridePolicies(map[string]retry.Policy{"pricing.Fetch": way.overrides})
		loop := way.loop
		loop.Context, loop.Task, loop.Retries = t.Context(), fetch, 6
		if got := waitsOf(loop, way.code); !slices.Equal(got, want) {
			t.Errorf("%s: waits %v, want %v", way.name, got, want)
		}
	}
	retry.OverridePolicies(nil)
}

// TestOverlayFunc has a function of the program decide the delay, which grows. A policy's jitter draws from the first delay
// and from the wait before.
func TestOverlayFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := retryloop.Loop{Context: t.Context(), Retries: 6, Policy: retry.MustParsePolicy("jitter=decorrelated")}
		got := waitsOf(loop, func(l *retryloop.Loop) time.Duration { return time.Duration(l.Retry()) * second })
		loop.Policy = retry.Policy{}
		if want := waitsOf(loop, func(l *retryloop.Loop) time.Duration { return l.Decorrelated(second) }); !slices.Equal(got, want) {
			t.Errorf("waits %v, want %v", got, want)
		}
	})
}

// TestOverlayRetries counts the attempts of loops whose code allows two retries.
func TestOverlayRetries(t *testing.T) {
	for _, test := range []struct {
		name      string
		policy    string
		says      retryloop.Option
		overrides string
		options   []retry.Option
		want      int
	}{
		{"no policy", "", 0, "", nil, 3},
		{"a policy", "retries=4", 0, "", nil, 5},
		{"attempts", "attempts=2", 0, "", nil, 2},
		{"no retries", "retries=0", 0, "", nil, 1},
		{"cleared", "retries=none", 0, "", nil, 1},
		{"other options", "delay=0", 0, "", nil, 3},
		{"the directive wins", "retries=4", retryloop.SaysRetries, "", nil, 3},
		{"the directive says something else", "retries=4", retryloop.SaysDelay, "", nil, 5},
		{"an override", "", 0, "retries=5", nil, 6},
		{"an override of a policy", "retries=4", 0, "retries=5", nil, 6},
		{"an override of the directive", "retries=4", retryloop.SaysRetries, "retries=0", nil, 1},
		{"an override of something else", "retries=4", 0, "delay=0", nil, 5},
		{"a context's option", "retries=4", 0, "retries=5", []retry.Option{retry.Retries(1)}, 2},
		{"endless, until a context's option", "retries=unlimited", 0, "", []retry.Option{retry.Retries(1)}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			retry.OverridePolicies(map[string]retry.Policy{fetch: retry.MustParsePolicy(test.overrides)})
			defer retry.OverridePolicies(nil)
			n, ctx := 0, retry.With(t.Context(), test.options...)
			loop := retryloop.Loop{
				Context: ctx, Task: fetch, Retries: 2, Policy: retry.MustParsePolicy(test.policy), Says: test.says,
			}
			_ = call(loop, 0, func() error { n++; return errOutage })
			if n != test.want {
				t.Errorf("%d attempts, want %d", n, test.want)
			}
		})
	}
}

// TestOverlayUnlimited retries without end, by a policy, and reports that to observers.
func TestOverlayUnlimited(t *testing.T) {
	n := 0
	ctx := retry.With(t.Context(), retry.Observer(func(_ context.Context, e retry.Event) {
		if e.Retries != retry.Unlimited {
			t.Errorf("event %+v, want unlimited retries", e)
		}
	}))
	loop := retryloop.Loop{Context: ctx, Task: fetch, Policy: retry.MustParsePolicy("retries=unlimited")}
	err := call(loop, 0, func() error {
		if n++; n == 1000 {
			return nil
		}
		return errOutage
	})
	if n != 1000 || err != nil {
		t.Errorf("%d attempts, error %v", n, err)
	}
}

// TestObservedRetries reports calls that succeed at once with the number of retries in force.
func TestObservedRetries(t *testing.T) {
	defer retry.OverridePolicies(nil)
	policy := retry.MustParsePolicy
	for _, test := range []struct {
		name      string
		own       int
		policy    retry.Policy
		overrides retry.Policy
		options   []retry.Option
		want      int
	}{
		{"the directive's", 2, retry.Policy{}, retry.Policy{}, nil, 2},
		{"unlimited", retry.Unlimited, retry.Policy{}, retry.Policy{}, nil, retry.Unlimited},
		{"unlimited in the environment", math.MaxInt, retry.Policy{}, retry.Policy{}, nil, retry.Unlimited},
		{"a policy's", 2, policy("retries=4"), retry.Policy{}, nil, 4},
		{"of a policy that says something else", 2, policy("delay=4"), retry.Policy{}, nil, 2},
		{"cleared by a policy", 2, policy("retries=none"), retry.Policy{}, nil, 0},
		{"an override's", 2, policy("retries=4"), policy("retries=unlimited"), nil, retry.Unlimited},
		{"of an override that says something else", 2, policy("retries=4"), policy("delay=4"), nil, 4},
		{"a context's", 2, policy("retries=4"), policy("retries=5"), []retry.Option{retry.Retries(6)}, 6},
	} {
		retry.OverridePolicies(map[string]retry.Policy{fetch: test.overrides})
		got := -2
		ctx := retry.With(t.Context(), append(test.options, retry.Observer(func(_ context.Context, e retry.Event) { got = e.Retries }))...)
		retryloop.Succeeded(ctx, fetch, retryloop.RetriesOf(test.policy, test.own), time.Time{})
		if got != test.want {
			t.Errorf("%s: %d retries, want %d", test.name, got, test.want)
		}
	}
}
