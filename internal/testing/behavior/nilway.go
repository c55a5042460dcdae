package behavior

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Plant has settings that it returns by value or by pointer, and counts how often.
type Plant struct {
	lab    *Lab
	work   func(attempt int) error
	calls  []time.Duration // when attempts began
	began  time.Time
	asked  int // for settings
	seen   []time.Duration
	spoken []string
}

// Lab is behind a pointer.
type Lab struct {
	Wait  time.Duration
	Purse *retry.Budget
	Pause func(retry int) time.Duration
	Say   func(string)
}

// Setup is what Plant returns by value.
type Setup struct {
	Max    int
	First  time.Duration
	Limits *Limits
}

func (p *Plant) attempt(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p.calls == nil {
		p.began = time.Now()
	}
	p.calls = append(p.calls, time.Since(p.began))
	return p.work(len(p.calls))
}

func (p *Plant) setup() Setup {
	p.asked++
	return Setup{Max: 2, First: time.Duration(p.asked) * time.Second, Limits: &Limits{Timeout: time.Minute, Within: time.Hour}}
}

func (p *Plant) shared() *Setup {
	s := p.setup()
	return &s
}

//retry:task retries=.setup.Max delay=exponential(.setup.First) cap=.setup.Limits.Within
func (p *Plant) ByValue(ctx context.Context) error { return p.attempt(ctx) }

//retry:task retries=.setup.Max delay=.setup.First timeout=.setup.Limits.Timeout within=.setup.Limits.Within observe
func (p *Plant) AllByValue(ctx context.Context) error { return p.attempt(ctx) }

//retry:task retries=.shared.Max delay=.shared.First timeout=.shared.Limits.Timeout within=.shared.Limits.Within observe
func (p *Plant) Shared(ctx context.Context) error { return p.attempt(ctx) }

//retry:flow retries=.shared.Max delay=.shared.First
func (p *Plant) Flow(ctx context.Context) error { return p.attempt(ctx) }

//retry:task retries=2 delay=.lab.Pause budget=.lab.Purse
func (p *Plant) Paused(ctx context.Context) error { return p.attempt(ctx) }

//retry:task retries=2 delay=.lab.Pause jitter=decorrelated
func (p *Plant) Spread(ctx context.Context) error { return p.attempt(ctx) }

//retry:task retries=2 delay=.least(retry,.lab.Wait) if=.note(.lab.Wait,err) notify=.lab.Say(symbol)
func (p *Plant) Named(ctx context.Context, symbol string) error { return p.attempt(ctx) }

func (p *Plant) least(retry int, wait time.Duration) time.Duration { return wait }

func (p *Plant) note(wait time.Duration, err error) bool {
	p.seen = append(p.seen, wait)
	return err == errOutage
}

//retry:task retries=2 delay=1 discard=release
func (p *Plant) Released(ctx context.Context, release func(int)) (int, error) {
	return 1, p.attempt(ctx)
}

// Absent does not need its receiver.
//
//retry:task retries=1 delay=.fn notify=.log
func (p *plant) Absent(ctx context.Context) error { return errOutage }

type plant struct {
	fn  func(retry int) time.Duration
	log func(context.Context, retry.Event)
}
