package retry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
)

// identity tells calls and flows apart within a run.
type identity [sha256.Size]byte

// under gives the identity of the nth call, from 1, that is described by base, in a scope.
func (scope identity) under(base identity, nth int) identity {
	var text [2*sha256.Size + 8]byte
	copy(text[:], scope[:])
	copy(text[sha256.Size:], base[:])
	binary.BigEndian.PutUint64(text[2*sha256.Size:], uint64(nth))
	return sha256.Sum256(text[:])
}

// place is where a call stands: by all that tells it apart in this process, and by what does so in every process, which
// knows receivers that are pointers by the order in which they come first.
type place struct{ here, lasting identity }

// flowRun is what one call of an outermost flow remembers, over all its attempts and all the flows inside. Contexts
// refer to it, and those may live on; so closing it drops everything that it holds.
type flowRun struct {
	named  *named // nil for a run in memory
	around *layer // the options in force where it was opened
	closed atomic.Bool

	using sync.RWMutex // held for reading while the store is called, for writing to close it
	store Run          // nil for a run in memory

	lock    sync.Mutex
	records map[identity]record
	known   map[any]uint64        // receivers and types, which this keeps from being reused, by number
	lasting map[identity]identity // of the places that this process alone tells apart
	ranks   map[identity]int      // how many of them are the same to other processes
}

// record is what one call gave.
type record struct {
	order []int // of the attempt that recorded it
	value any   // the results, a pointer; nil where the store has them
}

// openRuns counts the runs that are open, so that programs and moments without any are spared the look into the
// context.
var openRuns atomic.Int64

// attempt is where a call stands: a value in the context, one for each attempt of a flow and for each task that is
// remembered while it runs.
type attempt struct {
	run   *flowRun
	scope place  // of the flow, or of the task
	task  string // of the task; "" for an attempt of a flow
	order []int  // the numbers of the flow attempts that lead here, the outermost first

	lock      sync.Mutex
	counts    map[identity]int // calls so far, by what they have in common
	unsettled bool             // the task ran out of retries without an error
}

type attemptKey struct{}

// current gives the attempt that ctx belongs to, nil outside a run or after its end.
func current(ctx context.Context) *attempt {
	if ctx == nil {
		return nil
	}
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	if a == nil || a.run.closed.Load() {
		return nil
	}
	return a
}

// InFlow reports whether ctx belongs to a flow run that is open. Generated code asks it before anything that concerns
// checkpoints.
func InFlow(ctx context.Context) bool { return openRuns.Load() != 0 && current(ctx) != nil }

// count counts one more call and gives its place.
func (a *attempt) count(k *Key) place {
	lasting := k.base()
	here := lasting
	if len(k.local) > 0 {
		here = sha256.Sum256(append(lasting[:], k.local...))
	}
	a.lock.Lock()
	if a.counts == nil {
		a.counts = map[identity]int{}
	}
	a.counts[here]++
	nth := a.counts[here]
	a.lock.Unlock()
	at := place{here: a.scope.here.under(here, nth)}
	if here == lasting {
		at.lasting = a.scope.lasting.under(lasting, nth)
	} else {
		at.lasting = a.run.ranked(at.here, a.scope.lasting, lasting)
	}
	return at
}

// ranked gives what stands in other processes for a place that is told apart in this one alone: among those that are
// the same to others it has the rank in which it came first.
func (r *flowRun) ranked(here, scope, base identity) identity {
	r.lock.Lock()
	defer r.lock.Unlock()
	if id, ok := r.lasting[here]; ok || r.lasting == nil {
		return id
	}
	rank := scope.under(base, 0)
	r.ranks[rank]++
	id := scope.under(base, r.ranks[rank])
	r.lasting[here] = id
	return id
}

// open opens the run that ctx names, one in memory where it names none.
func open(ctx context.Context) (*flowRun, error) {
	run := &flowRun{
		records: map[identity]record{}, known: map[any]uint64{}, lasting: map[identity]identity{}, ranks: map[identity]int{},
	}
	run.named, _ = ctx.Value(namedKey{}).(*named)
	run.around, _ = ctx.Value(optionsKey{}).(*layer)
	if run.named == nil {
		openRuns.Add(1)
		return run, nil
	}
	switch {
	case run.named.store == nil:
		return nil, Permanent(errors.New("WithRun was given no store"))
	case run.named.name == "":
		return nil, Permanent(errors.New("WithRun was given no name for the run"))
	}
	store, err := run.named.store.Open(ctx, run.named.name)
	if err != nil {
		return nil, fmt.Errorf("opening run %q: %w", run.named.name, err)
	}
	run.store = store
	openRuns.Add(1)
	return run, nil
}

// close ends the run and drops what it holds.
func (r *flowRun) close() {
	r.closed.Store(true)
	openRuns.Add(-1)
	r.lock.Lock()
	r.records, r.known, r.lasting, r.ranks = nil, nil, nil, nil
	r.lock.Unlock()
	if r.store == nil {
		return
	}
	r.using.Lock()
	defer r.using.Unlock()
	if err := r.store.Close(); err != nil {
		slog.Warn("retry: a run could not be closed", "run", r.named.name, "error", err)
	}
}

// errClosed is why a task that outlives its flow cannot record.
var errClosed = errors.New("the flow run has ended; a flow must wait for the goroutines it starts")

// number gives the number of a receiver or a type, the same for equal ones.
func (r *flowRun) number(what any) uint64 {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.known == nil {
		return 0 // closed: nothing is looked up any more
	}
	n, ok := r.known[what]
	if !ok {
		n = uint64(len(r.known)) + 1
		r.known[what] = n
	}
	return n
}

// recorded gives what an earlier attempt than the given one recorded. Known means that there is a record of this
// process, of whichever attempt.
func (r *flowRun) recorded(id identity, order []int) (found record, earlier, known bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	found, known = r.records[id]
	return found, known && slices.Compare(found.order, order) < 0, known
}

// overtaken reports whether a later attempt than the given one has recorded.
func (r *flowRun) overtaken(id identity, order []int) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	made, ok := r.records[id]
	return ok && slices.Compare(made.order, order) > 0
}

// keep records, unless a later attempt has recorded already.
func (r *flowRun) keep(id identity, made record) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.records == nil {
		return
	}
	if old, ok := r.records[id]; !ok || slices.Compare(old.order, made.order) <= 0 {
		r.records[id] = made
	}
}
