package behavior

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Settings are what a configuration says of retries.
type Settings struct {
	Retries  int
	Attempts int64
	First    time.Duration
	Base     float64
	Factor   float32
	Percent  uint8
	Spread   time.Duration
	Cap      time.Duration
	Delays   []time.Duration
	Limits   *Limits
	Pause    func() time.Duration
}

// Limits are settings behind a pointer.
type Limits struct{ Timeout, Within, Reset time.Duration }

const (
	constantRetries  = 2
	constantAttempts = uint8(3)
	constantWait     = 2 * time.Second
	constantBase     = 3
)

// Tuned has retries by its settings, which may be nil.
type Tuned struct {
	*Settings
	began time.Time
	calls []time.Duration // when attempts began
	act   func(attempt int) error
	reads int // of Current

	lock    sync.Mutex
	current *Settings
}

func (t *Tuned) attempt() error {
	if t.calls == nil {
		t.began = time.Now()
	}
	t.calls = append(t.calls, time.Since(t.began))
	return t.act(len(t.calls))
}

// Current returns settings that may change while calls run.
func (t *Tuned) Current() *Settings {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.reads++
	return t.current
}

//retry:task retries=.Retries delay=exponential(.First,base=.Base) cap=.Cap
func (t *Tuned) Exponential(ctx context.Context) error { return t.attempt() }

//retry:task attempts=.Attempts delay=linear(t.First) jitter=.Factor
func (t *Tuned) Linear(ctx context.Context) error { return t.attempt() }

//retry:task retries=.Retries delay=.Delays
func (t *Tuned) List(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=t.First,1,t.Spread
func (t *Tuned) Mixed(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=fibonacci(.First) jitter=.Percent%
func (t *Tuned) Percentage(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=1 jitter=+.Percent%
func (t *Tuned) PercentAbove(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=1 jitter=-.Spread
func (t *Tuned) Below(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=1 jitter=+100ms
func (t *Tuned) Above(ctx context.Context) error { return t.attempt() }

//retry:task retries=3 delay=.Pause
func (t *Tuned) Paused(ctx context.Context) error { return t.attempt() }

//retry:task retries=9 delay=1 timeout=t.Limits.Timeout
func (t *Tuned) Timed(ctx context.Context) error {
	_, limited := ctx.Deadline()
	if err := t.attempt(); err != nil || !limited {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

//retry:task retries=1 delay=1 timeout=.Limits.Timeout
func (t *Tuned) Read(ctx context.Context) (io.ReadCloser, error) {
	if _, limited := ctx.Deadline(); limited {
		return http.NoBody, t.attempt()
	}
	return nil, t.attempt()
}

//retry:task retries=9 delay=1 within=.Limits.Within
func (t *Tuned) Within(ctx context.Context) error { return t.attempt() }

//retry:task retries=2 delay=1 reset=.Limits.Reset
func (t *Tuned) Reset(ctx context.Context) error { return t.attempt() }

//retry:task retries=.Current.Retries delay=exponential(.Current.First) cap=.Current.Cap
func (t *Tuned) Changing(ctx context.Context) error { return t.attempt() }

//retry:task retries=.Retries delay=1 observe
func (t *Tuned) Observed(ctx context.Context) error { return t.attempt() }

//retry:flow retries=.Retries delay=1
func (t *Tuned) Flow(ctx context.Context) error { return t.attempt() }

// Constants has constants for its numbers.
//
//retry:ignore RL108 the tests ask for exact times
//retry:task retries=constantRetries delay=exponential(constantWait,base=constantBase) cap=constantWait
func (t *Tuned) Constants(ctx context.Context) error { return t.attempt() }

//retry:task attempts=constantAttempts delay=constantWait
func (t *Tuned) Counted(ctx context.Context) error { return t.attempt() }

// Absent does not need its receiver.
//
//retry:task retries=t.Retries delay=1 jitter=t.Percent% timeout=t.Limits.Timeout
func (t *Tuned) Absent(ctx context.Context) error { return errOutage }

//retry:task attempts=n delay=wait if=again
func parameters[N any](ctx context.Context, n uint32, wait time.Duration, again func(error) bool, act func(N) (N, error)) (N, error) {
	var zero N
	return act(zero)
}

// Block is a block with retries by its parameters.
//
//retry:task retries=n delay=1
type Block func(ctx context.Context, n int) error

// Remote has methods that say how to retry.
type Remote interface {
	//retry:task retries=.Retries delay=wait
	Fetch(ctx context.Context, wait time.Duration) error

	Retries() int
}

// budgeted has a budget in its parameter.
//
//retry:task retries=5 delay=1 budget=limits.Budget
func budgeted(ctx context.Context, limits struct{ Budget *retry.Budget }, act func() error) error {
	return act()
}
