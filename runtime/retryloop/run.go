package retryloop

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

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/retry"
)

// identity identifies a call or a flow within a run.
type identity [sha256.Size]byte

// under returns the identity of the nth call, from 1, with equal keys in the scope outer. Base is what the keys hold.
func (outer identity) under(base identity, nth int) identity {
	var text [2*sha256.Size + 8]byte
	copy(text[:], outer[:])
	copy(text[sha256.Size:], base[:])
	binary.BigEndian.PutUint64(text[2*sha256.Size:], uint64(nth))
	return sha256.Sum256(text[:])
}

// scope identifies a call in two ways: within this process, and in every process. Other processes know a receiver that
// is a pointer only by the order in which such pointers are first used.
type scope struct{ here, lasting identity }

// flowRun is what one call of an outermost flow remembers, over all its attempts and all flows inside. Contexts refer
// to it and may live longer; therefore closing it drops everything that it holds.
type flowRun struct {
	named  *bridge.Run[retry.Store] // nil for a run in memory
	opened context.Context          // with the options that were in force when the run was opened
	closed atomic.Bool

	using sync.RWMutex // held for reading during calls of the store, for writing to close it
	store retry.Run    // nil for a run in memory

	lock    sync.Mutex
	records map[identity]record
	known   map[any]uint64        // numbers of receivers and types; the map keeps them from being reused
	lasting map[identity]identity // of scopes that only this process tells apart
	ranks   map[identity]int      // how many of these are the same to other processes
}

// record holds the results of one call.
type record struct {
	order []int // of the attempt that recorded it
	value any   // a pointer to the results; nil if the store has them
}

// openRuns counts the runs that are open. While there are none, nothing looks into contexts.
var openRuns atomic.Int64

// attempt is a value in the context: one for each attempt of a flow, and one for each task with the option checkpoint
// while it runs.
type attempt struct {
	run   *flowRun
	scope scope  // of the flow or the task
	task  string // the task; "" for an attempt of a flow
	order []int  // the numbers of the flow attempts around it, the outermost first

	lock     sync.Mutex
	counts   map[identity]int // calls so far with equal keys
	leftOpen bool             // the task ran out of retries without an error
}

type attemptKey struct{}

// current returns the attempt that ctx belongs to, nil outside a run or after its end.
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

// InFlow reports whether ctx belongs to a flow run that is open. Wrappers ask it before anything that concerns
// checkpoints.
func InFlow(ctx context.Context) bool { return openRuns.Load() != 0 && current(ctx) != nil }

// count counts one more call with a key and returns its scope.
func (a *attempt) count(k *Key) scope {
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
	at := scope{here: a.scope.here.under(here, nth)}
	if here == lasting {
		at.lasting = a.scope.lasting.under(lasting, nth)
	} else {
		at.lasting = a.run.ranked(at.here, a.scope.lasting, lasting)
	}
	return at
}

// ranked returns the identity that a call has in every process if only this process tells it apart from others: the
// rank in which it came first among the calls that are equal to other processes.
func (r *flowRun) ranked(here, outer, base identity) identity {
	r.lock.Lock()
	defer r.lock.Unlock()
	if id, ok := r.lasting[here]; ok || r.lasting == nil {
		return id
	}
	rank := outer.under(base, 0)
	r.ranks[rank]++
	id := outer.under(base, r.ranks[rank])
	r.lasting[here] = id
	return id
}

// open opens the run that ctx names, or one in memory if it names none.
func open(ctx context.Context) (*flowRun, error) {
	run := &flowRun{
		named: runOf(ctx), opened: ctx,
		records: map[identity]record{}, known: map[any]uint64{}, lasting: map[identity]identity{}, ranks: map[identity]int{},
	}
	if run.named == nil {
		openRuns.Add(1)
		return run, nil
	}
	switch {
	case run.named.Store == nil:
		return nil, retry.Permanent(errors.New("WithRun has no store"))
	case run.named.Name == "":
		return nil, retry.Permanent(errors.New("WithRun has no name for the run"))
	}
	store, err := run.named.Store.Open(ctx, run.named.Name)
	if err != nil {
		return nil, fmt.Errorf("opening run %q: %w", run.named.Name, err)
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
		slog.Warn("retry: a run could not be closed", "run", r.named.Name, "error", err)
	}
}

// errClosed is why a task that ends after its flow cannot record its results.
var errClosed = errors.New("the flow run has ended; a flow must wait for the goroutines it starts")

// number returns the number of a receiver or a type, the same for equal ones.
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

// recorded returns the record of a call. Known means that this process has recorded it, earlier that it did so in an
// earlier attempt than the given one.
func (r *flowRun) recorded(id identity, order []int) (found record, earlier, known bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	found, known = r.records[id]
	return found, known && slices.Compare(found.order, order) < 0, known
}

// overtaken reports whether a later attempt than the given one has recorded the call.
func (r *flowRun) overtaken(id identity, order []int) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	made, ok := r.records[id]
	return ok && slices.Compare(made.order, order) > 0
}

// keep records a call, unless a later attempt has recorded it already.
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

// refreshes reports whether checkpoints of a task were to be refreshed when the run was opened. Then what this process
// has recorded is fresh.
func (r *flowRun) refreshes(task string) bool {
	s := private.Settings(r.opened, task)
	return s != nil && s.Checkpoints == bridge.RefreshCheckpoints
}

// lookup asks the store for the results of a call.
func (r *flowRun) lookup(ctx context.Context, call retry.Call) ([]byte, bool, error) {
	r.using.RLock()
	defer r.using.RUnlock()
	if r.closed.Load() {
		return nil, false, nil
	}
	return r.store.Lookup(ctx, call)
}

// record makes the store keep the results of a call.
func (r *flowRun) record(ctx context.Context, call retry.Call, results []byte) error {
	r.using.RLock()
	defer r.using.RUnlock()
	if r.closed.Load() {
		return retry.Permanent(errClosed)
	}
	return r.store.Record(ctx, call, results)
}
