package retry

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
)

// Store keeps the records of flow runs where they outlive the process, so that a flow that was killed continues where it
// was. [WithRun] puts a store in use. Without one, records live in memory until the flow ends.
//
// Only tasks with checkpoint=durable use it; the results of tasks with plain checkpoint stay in memory, as values. A
// store is safe for concurrent use.
type Store interface {
	// Open opens the run of a name, which is not empty: one with records, or a new one if there is none. The run belongs
	// to the caller alone until it is closed. It is an error, without waiting, to open a run that is open already, in
	// this process or another. It is also an error if the records cannot be read or something else wrote them; then
	// nothing of them is overwritten.
	Open(ctx context.Context, name string) (Run, error)
}

// Run is an open run of a [Store]. Many goroutines call Lookup and Record at the same time. Close is called once, when
// no other call is running, and is the last call.
//
// An error of Lookup or Record becomes the cause of the task's [*Error], with [ReasonCheckpoint]. The flow retries it
// like any other error, unless it is [Permanent].
//
// A run keeps results. Package remote is for what also runs tasks elsewhere.
type Run interface {
	// Lookup returns the results recorded under call.Key; false if there are none.
	Lookup(ctx context.Context, call Call) (results []byte, found bool, err error)

	// Record keeps the results of a call and replaces earlier ones. It returns when they are safe: after a Record without
	// an error they are found however the process ends. Its context has the values of the call's context but is never
	// done. Record must not use the results after it has returned.
	Record(ctx context.Context, call Call, results []byte) error

	// Close closes the run and keeps its records, so that it can be opened again.
	Close() error
}

// ProgressRun is a [Run] that also keeps how far the retries of its flow have come. Then a process that starts again after
// a crash continues with the count of attempts, and waits for the rest of the wait. When the retries are used up, the
// wrapper returns an [*Error] with [ReasonAttempts] and does not call the flow. So a flow that kills its process ends.
// Without these methods each process counts from 1.
//
// The count continues in whatever way a call ended, until an attempt succeeds. To start again before that, delete the run
// or use [FreshAttempts]. The run keeps no policy: the limit is what the directive and the options say in the process
// that continues.
//
// Both methods are called by one goroutine, between Open and Close. An error of them becomes the cause of the flow's
// [*Error], with [ReasonCheckpoint].
type ProgressRun interface {
	Run

	// Progress returns what SetProgress has kept for a flow, the zero Progress if there is nothing. The flow is named by
	// the path of its package and its name: "example.com/orders.Nightly".
	Progress(ctx context.Context, flow string) (Progress, error)

	// SetProgress replaces the progress of a flow. It returns when the progress is safe. Its context is never done.
	SetProgress(ctx context.Context, flow string, p Progress) error
}

// Progress is how far the retries of a flow have come. The zero Progress means that the flow has not begun, or has
// succeeded.
type Progress struct {
	Begun int           // attempts that have begun, since the last success
	Due   time.Time     // when the next attempt may begin; zero if no wait was begun after the latest
	Wait  time.Duration // the wait that ends at Due, or that was before the latest attempt
}

// Call is one call of a task within a run, as a [Run] sees it.
type Call struct {
	// Key identifies the call within the run: by the task, the types of its arguments and results with their fields, the
	// receiver, the arguments, the flows and tasks that it is called in, and its occurrence among equal calls. The same
	// call has the same key in every process. A flow or task around it that is a method of a pointer without a RetryKey
	// counts by the order in which such pointers are first used.
	Key [32]byte

	Task string // "pkg.Func" or "pkg.Type.Method"

	// Types spells the task with the path of its package, and its parameters and results with all their fields:
	// "example.com/shop.Shop.Load(string) example.com/shop.Stock {Items []string}".
	Types string

	// Arguments holds what identifies the call, each part in the encoding that retryloop.Key has for its type: the names
	// of type arguments, the receiver's RetryKey, then the arguments in order, without contexts and attempts.
	Arguments []byte

	// Text is Arguments for a reader: the parts in Go's syntax, one after the other. It is cut off after about 200
	// bytes, and passwords of URLs are left out.
	Text string
}

// WithRun names the run of the next flow below ctx, and the store that keeps its records. The flow's wrapper opens the
// run before anything else. It closes the run when the flow ends by a return, a panic or Goexit:
//
//	err := NightlyWithRetry(retry.WithRun(ctx, store, "nightly-2026-11-23"), orders)
//
// If the run cannot be opened, the wrapper returns an [*Error] of 0 attempts with [ReasonCheckpoint]. Flows inside the
// flow belong to the same run; none of them can have a run of its own.
//
// The records stay when the flow has ended, whether it failed or succeeded. Under the same name, no task with
// checkpoint=durable that has succeeded runs again with equal arguments, even if its code has changed. To run it again,
// use a new name, delete the run by what its store offers for this, or use [RefreshCheckpoints]. How many attempts of the
// flow have begun stays as well, if the store keeps it, see [ProgressRun].
//
// Goroutines that a flow starts must end before it does. A task that ends later cannot record its results, which is an
// error. A task that begins later is outside the flow.
func WithRun(ctx context.Context, store Store, name string) context.Context {
	return context.WithValue(ctx, bridge.RunKey{}, &bridge.Run[Store]{Store: store, Name: name})
}
