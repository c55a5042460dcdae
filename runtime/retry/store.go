package retry

import "context"

// Store keeps the records of flow runs where they outlive the process, so that a flow that was killed goes on where
// it was. [WithRun] puts one in use. Without any, records live in memory until the flow ends.
//
// Only tasks with checkpoint=durable go through it; those with plain checkpoint stay in memory, as values. A store is
// safe for concurrent use.
type Store interface {
	// Open opens a run: one with records, or a new one where there is none of that name. The name is not empty. The
	// run is the caller's alone until it is closed; to open one that somebody holds, here or in another process, is
	// an error at once. So are records that cannot be read or that something else wrote, and nothing of them is
	// overwritten.
	Open(ctx context.Context, name string) (Run, error)
}

// Run is an open run of a [Store]. Lookup and Record are called by many goroutines at the same time. Close is called
// once, when no other call is under way, and none follows it.
//
// An error of Lookup or Record becomes the cause of the task's [*Error], of reason [CheckpointFailed]; it is retried
// by the flow as any other unless it is [Permanent].
//
// A run may also be an engine that has tasks run elsewhere. Its Lookup has a task run by its name, on the encoded
// arguments, and gives its encoded results, or its error.
type Run interface {
	// Lookup gives the results recorded under call.Key; false where there are none.
	Lookup(ctx context.Context, call Call) (results []byte, found bool, err error)

	// Record keeps the results of a call, in place of any that are there. It returns when they are safe: results that
	// a Record without an error kept are found however the process ends. Its context has the values of the call's
	// but is never done. The results are the caller's again after it returns.
	Record(ctx context.Context, call Call, results []byte) error

	// Close gives the run up, with its records in place, so that another may open it.
	Close() error
}

// Call is one call of a task within a run, as a [Run] knows it.
type Call struct {
	// Key tells the call apart from any other call of the run: by the task, the types of its arguments and results,
	// their fields included, the receiver, the arguments, the flows and tasks that it is called in, and its occurrence
	// among equal calls. The same call has the same key in every process. Flows and tasks around it that are methods of
	// pointers without a RetryKey are known to other processes by the order in which they come first.
	Key [32]byte

	Task string // "pkg.Func" or "pkg.Type.Method"

	// Types spells the task with the path of its package, and its parameters and results with all their fields:
	// "example.com/shop.Shop.Load(string) example.com/shop.Stock {Items []string}".
	Types string

	// Arguments hold what the call is told apart by, each part in the encoding of [Key] that its type has: the names of
	// type arguments, the receiver's RetryKey, then the arguments in order, without contexts and attempts.
	Arguments []byte

	// Text is Arguments for a reader: the parts in Go's syntax, one after the other. It is cut off after about 200
	// bytes, and passwords of URLs are left out.
	Text string
}

// WithRun names the run of the next flow below ctx, and where its records are kept. The flow's wrapper opens the run
// before anything else and closes it when the flow ends, be it by a return, a panic or Goexit:
//
//	err := NightlyWithRetry(retry.WithRun(ctx, store, "nightly-2026-11-23"), orders)
//
// A run that cannot be opened is an [*Error] of 0 attempts and of reason [CheckpointFailed] from that wrapper. Flows
// inside belong to the same run; one cannot be given a run of its own.
//
// The records stay when the flow has ended, whether it failed or succeeded: under the same name it runs no task with
// checkpoint=durable again that has succeeded with the same arguments, be its code another by now. To run it afresh, give it a new name, delete the
// run by what its store offers for this, or say [RefreshCheckpoints].
//
// Goroutines that a flow starts must end before it does: a task that ends later can record nothing any more, which is
// an error, and one that begins later is outside of the flow.
func WithRun(ctx context.Context, store Store, name string) context.Context {
	return context.WithValue(ctx, namedKey{}, &named{store, name})
}

type namedKey struct{}

// named is what WithRun said. Its address tells one call of it from another.
type named struct {
	store Store
	name  string
}
