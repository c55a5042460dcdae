package retry

import (
	"context"
	"fmt"
)

// Checkpoint is one call of a task that is remembered within a flow run. It is for generated code:
//
//	key := retry.NewKey(ctx, "pricing.FetchPrice", "example.com/pricing.FetchPrice(string) …")
//	key.String(symbol)
//	point, err := retry.Recall[Price](ctx, &key)
//	if err != nil || point.Found {
//		return point.Results, err
//	}
//	price, err := retryFetchPrice(point.Context, symbol)
//	if err == nil {
//		err = point.Record(price)
//	}
//	return price, err
//
// T holds all results but the error.
type Checkpoint[T any] struct {
	Context context.Context // for the task, where nothing was found
	Results T               // what was recorded
	Found   bool

	run    *flowRun // nil where nothing is to be recorded
	own    *attempt // what the task's own calls belong to
	call   Call
	encode func(T) ([]byte, error) // nil for results that are kept as values alone
	decode func([]byte, *T) error
}

// Recall looks up what an earlier attempt of the flow recorded for a call. An error is the wrapper's own.
func Recall[T any](ctx context.Context, key *Key) (Checkpoint[T], error) {
	var p Checkpoint[T]
	err := p.recall(ctx, key)
	return p, err
}

// recall counts the call, and looks it up unless the caller's options are against it.
func (p *Checkpoint[T]) recall(ctx context.Context, key *Key) error {
	p.Context = ctx
	around := current(ctx)
	if around == nil {
		return nil // the run has ended: the task runs as outside of one
	}
	at := around.count(key)
	p.own = &attempt{run: around.run, scope: at, task: key.task, order: around.order}
	p.Context = context.WithValue(ctx, attemptKey{}, p.own)
	options := settingsFor(ctx, key.task)
	if options != nil && options.checkpoints == refused {
		return nil
	}
	if key.err != nil {
		return &Error{Task: key.task, Reason: CheckpointFailed, Cause: Permanent(key.err)}
	}
	p.run = around.run
	id := at.here
	if key.durable {
		id = at.lasting
	}
	p.call = Call{Key: id, Task: key.task, Types: key.types, Arguments: key.data}
	anew := options != nil && options.checkpoints == refreshed
	if anew && !around.run.refreshes(key.task) {
		return nil
	}
	if err := p.lookup(ctx, anew); err != nil {
		return &Error{Task: key.task, Reason: CheckpointFailed, Cause: fmt.Errorf("looking up its results: %w", err)}
	}
	if p.Found {
		report(ctx, options, Event{Task: key.task, Decision: Remembered})
	}
	return nil
}

// stored reports whether the results live in a store rather than in memory.
func (p *Checkpoint[T]) stored() bool { return p.encode != nil && p.run.store != nil }

// lookup finds what an earlier attempt recorded or, unless all is to be made anew, an earlier process.
func (p *Checkpoint[T]) lookup(ctx context.Context, anew bool) error {
	made, earlier, known := p.run.recorded(p.call.Key, p.own.order)
	if known && !earlier || anew && !known {
		return nil
	}
	if !p.stored() {
		if results, ok := made.value.(*T); ok {
			p.Results, p.Found = *results, true
		}
		return nil
	}
	data, found, err := p.run.lookup(ctx, p.call)
	if err != nil || !found {
		return err
	}
	if err := p.decode(data, &p.Results); err != nil {
		return Permanent(err)
	}
	p.Found = true
	return nil
}

// Record keeps the results of a task that has succeeded, for later attempts. Results that retries ran out on are not
// kept, though their error be nil: a condition over results would have asked for more. An error means that they could
// not be kept, and is the wrapper's own.
func (p *Checkpoint[T]) Record(results T) error {
	if p.run == nil || p.own.isUnsettled() || p.run.overtaken(p.call.Key, p.own.order) {
		return nil
	}
	made := record{order: p.own.order, value: &results}
	if p.stored() {
		made.value = nil
		if err := p.store(results); err != nil {
			cause := fmt.Errorf("recording its results: %w", err)
			return &Error{Task: p.call.Task, Attempts: 1, Reason: CheckpointFailed, Cause: cause}
		}
	}
	p.run.keep(p.call.Key, made)
	return nil
}

func (p *Checkpoint[T]) store(results T) error {
	data, err := p.encode(results)
	if err != nil {
		return Permanent(err)
	}
	return p.run.record(context.WithoutCancel(p.Context), p.call, data)
}

// refreshes reports whether checkpoints were to be refreshed where the run was opened: then what is recorded since is
// fresh.
func (r *flowRun) refreshes(task string) bool {
	var s settings
	r.around.apply(task, &s)
	return s.checkpoints == refreshed
}

// settle notes how the loop of a task ended: one that ran out of retries without an error was not to be the last.
func settle(ctx context.Context, task string) {
	if openRuns.Load() == 0 {
		return
	}
	a := current(ctx)
	if a == nil || a.task != task {
		return
	}
	a.lock.Lock()
	a.unsettled = true
	a.lock.Unlock()
}

func (a *attempt) isUnsettled() bool {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.unsettled
}

// lookup asks the store.
func (r *flowRun) lookup(ctx context.Context, call Call) ([]byte, bool, error) {
	r.using.RLock()
	defer r.using.RUnlock()
	if r.closed.Load() {
		return nil, false, nil
	}
	return r.store.Lookup(ctx, call)
}

// record has the store keep results.
func (r *flowRun) record(ctx context.Context, call Call, results []byte) error {
	r.using.RLock()
	defer r.using.RUnlock()
	if r.closed.Load() {
		return Permanent(errClosed)
	}
	return r.store.Record(ctx, call, results)
}
