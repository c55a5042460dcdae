package behavior

import (
	"context"
	"net/http"
	"sync"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Breaker refuses what it is told to refuse, and keeps what it is told.
type Breaker struct {
	lock   sync.Mutex
	refuse map[int]error // by the number of the question, from 1
	asked  int
	told   []error
}

// Allow allows an attempt, or refuses it.
func (b *Breaker) Allow() (done func(error), err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.asked++
	if err := b.refuse[b.asked]; err != nil {
		return nil, err
	}
	return b.done, nil
}

func (b *Breaker) done(err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.told = append(b.told, err)
}

// Gate is a service behind a breaker.
type Gate struct {
	breaker *Breaker
	act     func(context.Context, int) (int, error) // by the number of the attempt
}

// Pass makes an attempt that may take a second.
//
//retry:task retries=3 delay=1,2,4 timeout=1s guard=.breaker
func (g *Gate) Pass(ctx context.Context, a retry.Attempt) (int, error) { return g.act(ctx, a.Number) }

// PassLast returns the last error where it is cut short.
//
//retry:task retries=3 delay=1,2,4 guard=.breaker error=last
func (g *Gate) PassLast(ctx context.Context, a retry.Attempt) (int, error) {
	return g.act(ctx, a.Number)
}

// PassWatched tells observers of every call.
//
//retry:task retries=3 delay=1,2,4 guard=.breaker observe
func (g *Gate) PassWatched(ctx context.Context, a retry.Attempt) (int, error) {
	return g.act(ctx, a.Number)
}

// PassRemembered is remembered within a flow.
//
//retry:task retries=3 delay=1,2,4 guard=.breaker checkpoint
func (g *Gate) PassRemembered(ctx context.Context, key string) (int, error) { return g.act(ctx, 0) }

// RetryKey identifies the gate in keys.
func (g *Gate) RetryKey() string { return "gate" }

// Post sends a request.
//
//retry:task retries=3 delay=1 guard=.breaker
func (g *Gate) Post(req *http.Request) (*http.Response, error) {
	_, err := g.act(req.Context(), 0)
	return nil, err
}

// Begin is a flow behind a breaker, whose attempts a run with a store counts.
//
//retry:flow retries=3 delay=10 guard=.breaker
func (g *Gate) Begin(ctx context.Context, a retry.Attempt) (int, error) { return g.act(ctx, a.Number) }
