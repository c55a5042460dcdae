package forecast

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// TestCorners has scenarios that would take for ever if each of their clients were drawn.
func TestCorners(t *testing.T) {
	for _, text := range []string{
		"retries=4 delay=exponential(2) jitter=decorrelated", "retries=unlimited delay=1", "retries=200 delay=1 jitter=full",
		"retries=50 delay=1 jitter=full within=10s", "retries=0",
	} {
		p, _ := policy.Parse(text, 0)
		for _, s := range []Scenario{
			{Outage: 10 * time.Second, Rate: 1e9, Capacity: 0.001},
			{Outage: 24 * time.Hour, Rate: 1e9, Capacity: 0.001},
			{Outage: 10 * time.Second, Clients: 1e9, Capacity: 1},
			{Outage: time.Millisecond, Rate: 100, Capacity: 1e12},
		} {
			c := newClock(newPlan(p, 0), s)
			if c.most > mostSteps+1 {
				t.Errorf("%s, %+v: %d steps", text, s, c.most)
			}
			w := newCrowd(newPlan(p, 0), s, c, crowdWeight(newPlan(p, 0), s))
			if err := w.run(t.Context()); err != nil && !errors.Is(err, errMany) {
				t.Errorf("%s, %+v: %v", text, s, err)
			}
			if w.events > 2*w.limit || len(w.next) > mostOpen {
				t.Errorf("%s, %+v: %d attempts drawn, at most %d are allowed", text, s, w.events, w.limit)
			}
		}
	}
	if _, err := LoadOf(t.Context(), policy.Policy{}, Scenario{Outage: time.Second, Clients: 1e8, Capacity: 1, Simulate: true}); !errors.Is(err, ErrSimulate) {
		t.Errorf("so many clients cannot be drawn, and the error is %v", err)
	}
}

// TestInterrupted ends every kind of forecast when nobody waits for it any more.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, text := range []string{
		"retries=0", "retries=1000 delay=1 jitter=1", "retries=100 delay=1 jitter=decorrelated", "retries=5 delay=1 jitter=decorrelated",
	} {
		p, _ := policy.Parse(text, 0)
		if f, err := New(ctx, p, Scenario{}); f != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, %v", text, f, err)
		}
	}
}
