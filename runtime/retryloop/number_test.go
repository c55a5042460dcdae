//go:build go1.25

package retryloop_test

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

type level uint8

func TestInt(t *testing.T) {
	for _, test := range []struct {
		name           string
		retries, after int // as retries, and as attempts
		want, wantLess int
	}{
		{"int", retryloop.Int(3), retryloop.Attempts(3), 3, 2},
		{"zero", retryloop.Int(0), retryloop.Attempts(0), 0, 0},
		{"one", retryloop.Int(uint8(1)), retryloop.Attempts(uint8(1)), 1, 0},
		{"negative", retryloop.Int(int8(-1)), retryloop.Attempts(int8(-1)), 0, 0},
		{"smallest", retryloop.Int(int64(math.MinInt64)), retryloop.Attempts(int64(math.MinInt64)), 0, 0},
		{"named", retryloop.Int(level(255)), retryloop.Attempts(level(255)), 255, 254},
		{"largest", retryloop.Int(uint64(math.MaxUint64)), retryloop.Attempts(uint64(math.MaxUint64)), math.MaxInt, math.MaxInt - 1},
		{"uintptr", retryloop.Int(^uintptr(0)), retryloop.Attempts(^uintptr(0)), math.MaxInt, math.MaxInt - 1},
	} {
		if test.retries != test.want || test.after != test.wantLess {
			t.Errorf("%s: %d retries, %d for attempts; want %d, %d", test.name, test.retries, test.after, test.want, test.wantLess)
		}
	}
}

// TestHarmless checks that numbers of a configuration do no harm, whatever they are: they count as the number beside them.
func TestHarmless(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	const s, century = time.Second, 100 * 365 * 24 * time.Hour
	for _, test := range []struct {
		name      string
		got, want func(*retryloop.Loop) time.Duration
	}{
		{"base 0", exponential(s, 0), exponential(s, 1)},
		{"base below 0", exponential(s, -2), exponential(s, 1)},
		{"base NaN", exponential(s, nan), exponential(s, 1)},
		{"base infinite", exponential(s, inf), exponential(s, 1)},
		{"base huge", exponential(1, 1e300), exponential(1, 1e6)},
		{"first below 0", exponential(-s, 2), exponential(0, 2)},
		{"first huge", exponential(century, 2), exponential(century, 2)},
		{"factor below 0", poisson(-1), poisson(0)},
		{"factor NaN", poisson(nan), poisson(0)},
		{"factor infinite", poisson(inf), poisson(0)},
		{"factor huge", poisson(1e300), poisson(1e6)},
		{"percent NaN", percent(nan), percent(0)},
		{"percent below 0", percent(-20), percent(0)},
		{"percent infinite", percent(inf), percent(0)},
		{"percent huge", percent(1e300), percent(100)},
	} {
		if got, want := waits(test.got), waits(test.want); got != want {
			t.Errorf("%s: waits %v, want %v", test.name, got, want)
		}
	}
}

func exponential(first time.Duration, base float64) func(*retryloop.Loop) time.Duration {
	return func(l *retryloop.Loop) time.Duration { return l.Exponential(first, base) }
}

func poisson(factor float64) func(*retryloop.Loop) time.Duration {
	return func(l *retryloop.Loop) time.Duration { return l.Poisson(time.Second, factor) }
}

func percent(share float64) func(*retryloop.Loop) time.Duration {
	return func(l *retryloop.Loop) time.Duration { return l.Percent(time.Second, share) }
}

// half is a source whose draws are all in the middle.
type half struct{}

func (half) Uint64() uint64 { return 1 << 63 }

// waits computes the waits before the first retries of a loop without making them.
func waits(delay func(*retryloop.Loop) time.Duration) (list [3]time.Duration) {
	loop := retryloop.Loop{Context: retry.With(context.Background(), retry.Random(half{})), Retries: 3}
	for i := range list {
		if loop.Again(errOutage) {
			list[i] = delay(&loop)
			loop.Wait(0)
		}
	}
	return list
}

// TestLimits checks that numbers below 0 set no limits, and that a number of retries below 0 is none.
func TestLimits(t *testing.T) {
	for _, test := range []struct {
		name     string
		loop     retryloop.Loop
		options  []retry.Option
		attempts int
		reported int
	}{
		{"retries below 0", retryloop.Loop{Retries: -1}, nil, 1, 0},
		{"smallest number", retryloop.Loop{Retries: math.MinInt}, nil, 1, 0},
		{"limits below 0", retryloop.Loop{Retries: 2, Cap: -1, Within: -1, Reset: -1}, nil, 3, 2},
		{"unlimited", retryloop.Loop{Unlimited: true}, nil, 9, retry.Unlimited},
		{"unlimited, whatever retries say", retryloop.Loop{Unlimited: true, Retries: -1}, nil, 9, retry.Unlimited},
		{"overridden by unlimited", retryloop.Loop{Retries: 1}, []retry.Option{retry.Retries(retry.Unlimited)}, 9, retry.Unlimited},
		{"overridden by a number", retryloop.Loop{Unlimited: true}, []retry.Option{retry.Retries(2)}, 3, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var last retry.Event
				options := append(test.options, retry.Observer(func(_ context.Context, e retry.Event) { last = e }))
				test.loop.Context = retry.With(t.Context(), options...)
				attempts := 0
				_ = call(test.loop, time.Hour, func() error {
					attempts++
					if attempts == 9 {
						return nil
					}
					return errOutage
				})
				if attempts != test.attempts || last.Retries != test.reported {
					t.Errorf("%d attempts, %d retries reported; want %d, %d", attempts, last.Retries, test.attempts, test.reported)
				}
			})
		})
	}
}
