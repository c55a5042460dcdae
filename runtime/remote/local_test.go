package remote_test

import (
	"context"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
)

// local is an engine whose workers are in the same process. It keeps calls by run and key.
type local struct {
	tasks map[string]remote.Task

	lock  sync.Mutex
	calls map[id]*kept
	waits []time.Duration // of all calls, in the order of decisions
	seen  []*remote.Call
}

type id struct {
	run string
	key [32]byte
}

// kept is a call that runs or has ended.
type kept struct {
	ended   chan struct{}
	outcome remote.Outcome
}

// register is what a worker's main calls.
func register(tasks ...remote.Task) *local {
	e := &local{tasks: map[string]remote.Task{}, calls: map[id]*kept{}}
	for _, t := range tasks {
		e.tasks[t.Name] = t
	}
	return e
}

// Run starts a call unless it runs or has succeeded, and waits for its end.
func (e *local) Run(ctx context.Context, call *remote.Call) ([]byte, error) {
	k, begin := e.attach(call)
	if begin {
		k.outcome = e.make(ctx, call)
		close(k.ended)
	}
	<-k.ended
	if k.outcome.Err != nil {
		return nil, call.Rebuild(k.outcome.Failure)
	}
	return k.outcome.Results, nil
}

func (e *local) attach(call *remote.Call) (k *kept, begin bool) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.seen = append(e.seen, call)
	at := id{call.Run, call.Key}
	if k = e.calls[at]; k != nil {
		select {
		case <-k.ended:
			begin = k.outcome.Err != nil
		default:
		}
	}
	if k == nil || begin {
		k, begin = &kept{ended: make(chan struct{})}, true
		e.calls[at] = k
	}
	return k, begin
}

// make makes attempts until there is none left.
func (e *local) make(ctx context.Context, call *remote.Call) remote.Outcome {
	attempt := remote.Attempt{Key: call.Key, Started: time.Now(), Arguments: call.Arguments}
	for {
		attempt.Number++
		outcome := e.tasks[call.Task].Attempt(remote.With(ctx, e, call.Run), attempt)
		if !outcome.Again {
			return outcome
		}
		attempt.State = outcome.State
		e.lock.Lock()
		e.waits = append(e.waits, outcome.Wait)
		e.lock.Unlock()
		time.Sleep(outcome.Wait)
	}
}
