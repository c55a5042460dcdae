package retry

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
)

// Flow is one call of a flow. It is for generated code: a flow's wrapper opens one, gives each attempt a context of
// its own, and closes it.
//
//	key := retry.NewKey(ctx, "orders.Nightly", "example.com/orders.Nightly()")
//	flow, err := retry.OpenFlow(ctx, &key)
//	if err != nil {
//		return err
//	}
//	defer flow.Close()
//	err = Nightly(flow.Next())
//
// A flow that is called within another shares its run; the outermost opens and closes it.
type Flow struct {
	outer    context.Context
	run      *flowRun
	scope    place
	order    []int
	attempts int
	owner    bool // it has opened the run
}

// OpenFlow begins a call of a flow. An error means that its run cannot be opened; it is the wrapper's own.
func OpenFlow(ctx context.Context, key *Key) (*Flow, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	if around := current(ctx); around != nil {
		if named, _ := ctx.Value(namedKey{}).(*named); named != nil && named != around.run.named {
			return nil, openFailed(key.task, Permanent(errors.New("WithRun names a run within one that is open already")))
		}
		return &Flow{outer: ctx, run: around.run, scope: around.count(key), order: around.order}, nil
	}
	run, err := open(ctx)
	if err != nil {
		return nil, openFailed(key.task, err)
	}
	// The name of the run says which call of the flow this is. What it is called with is no part of it: tasks are
	// told apart by their own arguments.
	path, _, _ := strings.Cut(key.types, "(")
	root := identity(sha256.Sum256([]byte(path)))
	return &Flow{outer: ctx, run: run, scope: place{root, root}, owner: true}, nil
}

func openFailed(task string, cause error) error {
	return &Error{Task: task, Reason: CheckpointFailed, Cause: cause}
}

// Next begins an attempt and gives its context.
func (f *Flow) Next() context.Context {
	f.attempts++
	order := append(slices.Clone(f.order), f.attempts)
	return context.WithValue(f.outer, attemptKey{}, &attempt{run: f.run, scope: f.scope, order: order})
}

// Close ends the call and, with the outermost flow, the run.
func (f *Flow) Close() {
	if f.owner {
		f.run.close()
	}
}
