package retryloop

import (
	"context"
	"fmt"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Checkpoint is one call, within a flow run, of a task whose results are remembered:
//
//	key := retryloop.NewKey(ctx, "pricing.FetchPrice", "example.com/pricing.FetchPrice(string) …")
//	key.String(symbol)
//	point, err := retryloop.Recall[Price](ctx, &key)
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
	Context context.Context // for the task, if nothing was found
	Results T               // what was recorded
	Found   bool

	run    *flowRun // nil if nothing is to be recorded
	own    *attempt // the attempt that the task's own calls belong to
	call   retry.Call
	encode func(T) ([]byte, error) // nil for results that are kept only as values
	decode func([]byte, *T) error
}

// Recall looks up what an earlier attempt of the flow recorded for a call. The wrapper returns an error of Recall.
func Recall[T any](ctx context.Context, key *Key) (Checkpoint[T], error) {
	var p Checkpoint[T]
	err := p.recall(ctx, key)
	return p, err
}

// recall counts the call, and looks it up unless the caller's options exclude that.
func (p *Checkpoint[T]) recall(ctx context.Context, key *Key) error {
	p.Context = ctx
	around := current(ctx)
	if around == nil {
		return nil // the run has ended: the task runs as it does outside a run
	}
	at := around.count(key)
	p.own = &attempt{run: around.run, scope: at, task: key.task, order: around.order}
	p.Context = context.WithValue(ctx, attemptKey{}, p.own)
	options := private.Settings(ctx, key.task)
	if options != nil && options.Checkpoints == bridge.SkipCheckpoints {
		return nil
	}
	if key.err != nil {
		return &retry.Error{Task: key.task, Reason: retry.ReasonCheckpoint, Cause: retry.Permanent(key.err)}
	}
	p.run = around.run
	id := at.here
	if key.durable {
		id = at.lasting
	}
	p.call = retry.Call{Key: id, Task: key.task, Types: key.types, Arguments: key.data, Text: key.text.String()}
	anew := options != nil && options.Checkpoints == bridge.RefreshCheckpoints
	if anew && !around.run.refreshes(key.task) {
		return nil
	}
	if err := p.lookup(ctx, anew); err != nil {
		cause := fmt.Errorf("looking up its results: %w", err)
		return &retry.Error{Task: key.task, Reason: retry.ReasonCheckpoint, Cause: cause}
	}
	if p.Found {
		private.Report(ctx, options, retry.Event{Task: key.task, Decision: retry.DecisionRemembered})
	}
	return nil
}

// stored reports whether the results live in a store rather than in memory.
func (p *Checkpoint[T]) stored() bool { return p.encode != nil && p.run.store != nil }

// lookup finds what an earlier attempt recorded or, unless records are refreshed, an earlier process.
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
		return retry.Permanent(err)
	}
	p.Found = true
	return nil
}

// Record keeps the results of a task that has succeeded, for later attempts. It does not keep results on which retries
// ran out, even if their error is nil: a condition over results wanted another attempt. An error means that the results
// could not be kept; the wrapper returns it.
func (p *Checkpoint[T]) Record(results T) error {
	if p.run == nil || p.own.isLeftOpen() || p.run.overtaken(p.call.Key, p.own.order) {
		return nil
	}
	made := record{order: p.own.order, value: &results}
	if p.stored() {
		made.value = nil
		if err := p.store(results); err != nil {
			cause := fmt.Errorf("recording its results: %w", err)
			return &retry.Error{Task: p.call.Task, Attempts: 1, Reason: retry.ReasonCheckpoint, Cause: cause}
		}
	}
	p.run.keep(p.call.Key, made)
	return nil
}

func (p *Checkpoint[T]) store(results T) error {
	data, err := p.encode(results)
	if err != nil {
		return retry.Permanent(err)
	}
	return p.run.record(context.WithoutCancel(p.Context), p.call, data)
}

// leaveOpen notes that the loop of a task ended without an error though its condition asked for a retry, so that its
// results are not recorded.
func leaveOpen(ctx context.Context, task string) {
	if openRuns.Load() == 0 {
		return
	}
	a := current(ctx)
	if a == nil || a.task != task {
		return
	}
	a.lock.Lock()
	a.leftOpen = true
	a.lock.Unlock()
}

func (a *attempt) isLeftOpen() bool {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.leftOpen
}
