package guardtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"

	"github.com/retrygen/retrygen/runtime/retry"
)

var errDown = errors.New("the exchange is down")

// exchange fails while it is down, and keeps when it is asked.
type exchange struct {
	*Exchange
	start time.Time
	asked []time.Duration
	down  bool
	bad   bool // its answers panic
}

func newExchange(s gobreaker.Settings, limiter *rate.Limiter) *exchange {
	x := &exchange{start: time.Now()}
	x.Exchange = &Exchange{breaker: gobreaker.NewTwoStepCircuitBreaker[any](s), limiter: limiter, ask: func() (int, error) {
		x.asked = append(x.asked, time.Since(x.start))
		switch {
		case x.bad:
			panic(errDown)
		case x.down:
			return 0, errDown
		}
		return len(x.asked), nil
	}}
	return x
}

func threeFailures(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 3 }

func seconds(list ...float64) []time.Duration {
	var all []time.Duration
	for _, s := range list {
		all = append(all, time.Duration(s*float64(time.Second)))
	}
	return all
}

// TestBreaker fails until the circuit opens. Calls are refused then, until it closes again after a success.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchange(gobreaker.Settings{ReadyToTrip: threeFailures, Timeout: time.Minute}, nil)
		x.down = true
		_, err := x.PriceWithRetry(t.Context())
		var stopped *retry.Error
		if !errors.As(err, &stopped) || stopped.Reason != retry.ReasonGuard || stopped.Attempts != 3 ||
			!errors.Is(err, gobreaker.ErrOpenState) || !errors.Is(err, errDown) {
			t.Errorf("error %v, want that of an open circuit after 3 attempts", err)
		}
		_, err = x.PriceWithRetry(t.Context())
		if !errors.As(err, &stopped) || stopped.Attempts != 0 || !errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, errDown) {
			t.Errorf("error %v, want that of an open circuit after 0 attempts", err)
		}
		if want := seconds(0, 1, 2); !slices.Equal(x.asked, want) {
			t.Errorf("asked at %v, want %v", x.asked, want)
		}

		time.Sleep(2 * time.Minute)
		x.down = false
		if n, err := x.PriceWithRetry(t.Context()); n != 4 || err != nil || x.breaker.State() != gobreaker.StateClosed {
			t.Errorf("%d, %v; the circuit is %v, want it closed", n, err, x.breaker.State())
		}
	})
}

// TestBreakerPanics has attempts panic. The breaker counts them as failures, and none of them as still running.
func TestBreakerPanics(t *testing.T) {
	x := newExchange(gobreaker.Settings{ReadyToTrip: threeFailures}, nil)
	x.bad = true
	for range 3 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic does not pass through")
				}
			}()
			_, _ = x.PriceWithRetry(t.Context())
		}()
	}
	if _, err := x.PriceWithRetry(t.Context()); x.breaker.State() != gobreaker.StateOpen || !errors.Is(err, gobreaker.ErrOpenState) {
		t.Errorf("error %v, the circuit is %v", err, x.breaker.State())
	}
}

// TestHalfOpen lets one attempt through at a time while the circuit is half open.
func TestHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchange(gobreaker.Settings{ReadyToTrip: threeFailures, Timeout: 10 * time.Second}, nil)
		x.down = true
		_, _ = x.PriceWithRetry(t.Context())
		time.Sleep(11 * time.Second)
		ask := x.ask
		inside, leave := make(chan bool), make(chan bool)
		x.ask = func() (int, error) { inside <- true; <-leave; return ask() }
		x.down = false
		first := make(chan error)
		go func() { _, err := x.PriceWithRetry(t.Context()); first <- err }()
		<-inside
		if _, err := x.PriceWithRetry(t.Context()); !errors.Is(err, gobreaker.ErrTooManyRequests) || !errors.Is(err, retry.ReasonGuard) {
			t.Errorf("error %v, want %v", err, gobreaker.ErrTooManyRequests)
		}
		leave <- true
		if err := <-first; err != nil || x.breaker.State() != gobreaker.StateClosed {
			t.Errorf("error %v, the circuit is %v", err, x.breaker.State())
		}
	})
}

// TestLimiter makes all attempts wait for their turn, the first included.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchange(gobreaker.Settings{}, rate.NewLimiter(rate.Every(5*time.Second), 2))
		x.down = true
		ctx := retry.With(t.Context(), retry.NoDelay(), retry.Retries(3))
		if _, err := x.OrderWithRetry(ctx); err != errDown {
			t.Errorf("error %v, want %v", err, errDown)
		}
		if want := seconds(0, 0, 5, 10); !slices.Equal(x.asked, want) {
			t.Errorf("asked at %v, want %v", x.asked, want)
		}
	})
}

// TestLimiterRefuses ends a call whose turn comes after its deadline, or that is cancelled before.
func TestLimiterRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		context func(context.Context) (context.Context, context.CancelFunc)
		reason  retry.Reason
		is      error
		took    time.Duration
	}{
		{
			"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 3*time.Second)
			}, retry.ReasonGuard, errDown, 0,
		},
		{
			"cancelled", func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(3*time.Second, cancel)
				return ctx, cancel
			}, retry.ReasonCanceled, context.Canceled, 3 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := newExchange(gobreaker.Settings{}, rate.NewLimiter(rate.Every(time.Minute), 1))
				x.down = true
				ctx, cancel := test.context(retry.With(t.Context(), retry.NoDelay()))
				defer cancel()
				_, err := x.OrderWithRetry(ctx)
				if !errors.Is(err, test.reason) || !errors.Is(err, test.is) || !errors.Is(err, errDown) || len(x.asked) != 1 {
					t.Errorf("error %v after %d attempts, want %v after 1", err, len(x.asked), test.reason)
				}
				if took := time.Since(x.start); took != test.took {
					t.Errorf("the call took %v, want %v", took, test.took)
				}
			})
		})
	}
}

// TestNil calls wrappers whose guards are nil.
func TestNil(t *testing.T) {
	x := &Exchange{ask: func() (int, error) { return 1, nil }}
	for _, call := range []func(context.Context) (int, error){x.PriceWithRetry, x.OrderWithRetry, x.CalmWithRetry} {
		if n, err := call(t.Context()); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
}

// TestBoth passes a limiter and a breaker.
func TestBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchange(gobreaker.Settings{}, rate.NewLimiter(rate.Every(time.Second), 1))
		for range 3 {
			if _, err := x.CalmWithRetry(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if want := seconds(0, 1, 2); !slices.Equal(x.asked, want) {
			t.Errorf("asked at %v, want %v", x.asked, want)
		}
	})
}

func BenchmarkGuard(b *testing.B) {
	x := &Exchange{breaker: gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{}), ask: func() (int, error) { return 1, nil }}
	for _, bench := range []struct {
		name string
		call func(context.Context) (int, error)
	}{
		{"breaker, by hand", func(context.Context) (int, error) {
			done, err := x.breaker.Allow()
			if err != nil {
				return 0, err
			}
			n, err := x.ask()
			done(err)
			return n, err
		}},
		{"breaker, wrapper", x.PriceWithRetry},
		{"nil guard", (&Exchange{ask: x.ask}).PriceWithRetry},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = bench.call(context.Background())
			}
		})
	}
}
