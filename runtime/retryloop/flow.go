package retryloop

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Flow is one call of a flow. The flow's wrapper opens it, runs each attempt with a context of its own, and closes it:
//
//	key := retryloop.NewKey(ctx, "orders.Nightly", "example.com/orders.Nightly()")
//	flow, err := retryloop.OpenFlow(ctx, &key, 2)
//	if err != nil {
//		return err
//	}
//	defer flow.Close()
//	err = Nightly(flow.Next())
//	if err == nil {
//		flow.Succeed()
//		return nil
//	}
//	loop := retryloop.Loop{Context: ctx, Task: "orders.Nightly", Retries: 2, Flow: flow}
//
// A flow that is called within another one shares its run. The outermost flow opens and closes the run.
type Flow struct {
	outer    context.Context
	run      *flowRun
	scope    scope
	order    []int
	attempts int
	owner    bool      // it has opened the run
	progress *progress // nil if nothing keeps it
	served   *Served   // nil for a call in place
}

// OpenFlow begins a call of a flow with a number of retries. If an earlier process has begun the same run, it waits for
// the rest of the wait that the process did not survive. The wrapper returns an error of OpenFlow: the run cannot be
// opened, its attempts are used up, or the wait was cut short.
func OpenFlow(ctx context.Context, key *Key, retries int) (*Flow, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	if around := current(ctx); around != nil {
		if named := runOf(ctx); named != nil && named != around.run.named {
			return nil, openFailed(key.task, retry.Permanent(errors.New("WithRun names a run within one that is open already")))
		}
		return &Flow{outer: ctx, run: around.run, scope: around.count(key), order: around.order}, nil
	}
	run, err := open(ctx)
	if err != nil {
		return nil, openFailed(key.task, err)
	}
	// The name of the run says which call of the flow this is. The flow's arguments do not count: tasks are identified
	// by their own.
	path, _, _ := strings.Cut(key.types, "(")
	root := identity(sha256.Sum256([]byte(path)))
	f := &Flow{outer: ctx, run: run, scope: scope{root, root}, owner: true}
	if keeper, ok := run.store.(retry.ProgressRun); ok {
		f.progress = &progress{keeper: keeper, run: run.named.Name, task: key.task, flow: path}
		if err := f.resume(retries); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// resume continues where an earlier process was. It closes the run if the flow does not begin, also if that is because an
// observer or the store panics.
func (f *Flow) resume(retries int) error {
	begun := false
	defer func() {
		if !begun {
			f.Close()
		}
	}()
	err := f.progress.resume(f.outer, retries)
	begun = err == nil
	return err
}

// runOf returns the run that retry.WithRun names, nil if there is none.
func runOf(ctx context.Context) *bridge.Run[retry.Store] {
	run, _ := ctx.Value(bridge.RunKey{}).(*bridge.Run[retry.Store])
	return run
}

func openFailed(task string, cause error) error {
	return &retry.Error{Task: task, Reason: retry.ReasonCheckpoint, Cause: cause}
}

// Next begins an attempt and returns its context.
func (f *Flow) Next() context.Context {
	f.attempts++
	order := append(slices.Clone(f.order), f.attempts)
	return context.WithValue(f.outer, attemptKey{}, &attempt{run: f.run, scope: f.scope, order: order})
}

// Close ends the call and, if it is the outermost flow's, the run.
func (f *Flow) Close() {
	if f.owner {
		f.run.close()
	}
}
