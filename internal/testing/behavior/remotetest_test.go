package behavior

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
)

// engine has workers in the same process. A call and an attempt are in its memory as JSON alone.
type engine struct {
	worker context.Context // what workers begin attempts with; nil for the caller's
	tasks  map[string]remote.Task
	dies   func(call *remote.Call, attempt int) bool // the attempt ends without an outcome; may be nil

	lock  sync.Mutex
	calls map[callID]*call
	seen  []*remote.Call
	waits []time.Duration
}

// callID identifies a call.
type callID struct {
	run string
	key [32]byte
}

// call is a call that runs or has ended.
type call struct {
	ended   chan struct{}
	outcome remote.Outcome
}

var errUnknown = errors.New("no worker knows the task")

// newEngine registers tasks, as the main function of a worker does.
func newEngine(tasks ...remote.Task) *engine {
	e := &engine{tasks: map[string]remote.Task{}, calls: map[callID]*call{}}
	for _, task := range tasks {
		e.tasks[task.Name] = task
	}
	return e
}

// below makes workers begin attempts with a context of their own.
func (e *engine) below(worker context.Context) *engine {
	e.worker = worker
	return e
}

// Run begins a call unless it runs or has succeeded, and waits for its end.
func (e *engine) Run(ctx context.Context, asked *remote.Call) ([]byte, error) {
	if e.tasks[asked.Task].Attempt == nil {
		return nil, errUnknown
	}
	c, begin := e.attach(asked)
	if begin {
		go func() {
			c.outcome = e.make(ctx, asked)
			close(c.ended)
		}()
	}
	select {
	case <-c.ended:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.outcome.Err != nil {
		return nil, asked.Rebuild(c.outcome.Failure)
	}
	return c.outcome.Results, nil
}

func (e *engine) attach(asked *remote.Call) (c *call, begin bool) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.seen = append(e.seen, asked)
	id := callID{asked.Run, asked.Key}
	if c = e.calls[id]; c != nil {
		select {
		case <-c.ended:
			begin = c.outcome.Err != nil
		default:
		}
		if !begin {
			return c, false
		}
	}
	c = &call{ended: make(chan struct{})}
	e.calls[id] = c
	return c, true
}

// make makes attempts until there is none left.
func (e *engine) make(ctx context.Context, asked *remote.Call) remote.Outcome {
	if e.worker != nil {
		ctx = e.worker
	}
	attempt := remote.Attempt{Key: asked.Key, Started: time.Now(), Arguments: asked.Arguments}
	for {
		attempt.Number++
		if e.dies != nil && e.dies(asked, attempt.Number) {
			time.Sleep(asked.Delay)
			continue
		}
		outcome := e.tasks[asked.Task].Attempt(remote.With(ctx, e, asked.Run), attempt)
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
