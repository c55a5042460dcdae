// Package remote is where retrygen and engines meet that run tasks in other processes, such as Temporal. It has three
// kinds of readers.
//
// A caller hands its calls to an engine by the context, and changes nothing else:
//
//	//retry:task retries=4 delay=exponential(2) jitter=1 remote
//	func FetchPrice(ctx context.Context, symbol string) (Price, error)
//
//	ctx = remote.With(ctx, engine, "order-4711")
//	price, err := FetchPriceWithRetry(ctx, "ACME")
//
// A worker is a program that runs tasks for an engine. For each function with the option remote, retrygen generates a
// second function, which describes the first one:
//
//	err := serve(FetchPriceTask(), service.StoreTask(), NightlyTask())
//
// Here serve is what the engine's package has for it.
//
// An engine implements [Engine] for callers, and calls the Attempt function of a [Task] in workers. This is all of it,
// for an engine whose workers are in the same process:
//
//	func (e *Local) Run(ctx context.Context, call *remote.Call) ([]byte, error) {
//		task := e.tasks[call.Task]
//		attempt := remote.Attempt{Key: call.Key, Started: time.Now(), Arguments: call.Arguments}
//		for {
//			attempt.Number++
//			outcome := task.Attempt(remote.With(ctx, e, call.Run), attempt)
//			switch {
//			case outcome.Err == nil:
//				return outcome.Results, nil
//			case !outcome.Again:
//				return nil, call.Rebuild(outcome.Failure)
//			}
//			attempt.State = outcome.State
//			time.Sleep(outcome.Wait)
//		}
//	}
//
// A real one keeps [Call], [Attempt] and [Outcome] where they outlive processes. It starts one call for each [Call.Run]
// and [Call.Key]: if that call runs already it waits for it, if it has succeeded it returns its results again, and if it
// has failed it starts it anew.
//
// # What the worker decides
//
// An engine makes attempts, one at a time, and waits between them. Whether there is another attempt, and after which wait,
// is decided by the worker after each one, by the very loop that the wrapper has in place: the same schedule, jitter, cap,
// conditions and limits, with the numbers of the worker's own receiver, its overrides and its budgets. An attempt that ends
// without an outcome, because its process died, counts as well: its number is used up, and its wait is the engine's.
//
// Options of retry.With stay in the caller's process, as all values of contexts do. Events are those of the worker.
//
// # Flows
//
// A flow with the option remote is one call, whose function starts others. The context of its attempts has the engine, so
// that tasks with the option remote which the flow calls, in goroutines or not, are calls of the same run. Their keys are
// the same in each attempt of the flow. So a retried flow finds what has succeeded. A task does not hand on calls to the
// engine: it would wait for a worker while it occupies one. What it calls runs in its own process.
package remote

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
)

// Engine has calls of remote tasks made in other processes.
type Engine interface {
	// Run has a call made, and returns how it ended: its results, or the error that call.Rebuild makes of its failure. An
	// error without call.Rebuild means that the engine could not have it made, or does not know how it ended. The caller
	// gets it as the cause of a *retry.Error of retry.ReasonEngine, unless it is a *retry.Error itself. When ctx is done Run
	// returns soon, and cancels the call if the engine can.
	//
	// Many goroutines call Run at the same time.
	Run(ctx context.Context, call *Call) (results []byte, err error)
}

// Call is one call of a remote task, as its caller knows it. Run and Key identify it.
type Call struct {
	Run  string // the name of the run, see [With]
	Task string // the full name, such as "example.com/shop.Service.FetchPrice"

	// Key identifies the call within its run: by the task, its types, its receiver and arguments, the flow attempt that it is
	// called in, and its occurrence among equal calls. The same call has the same key in every process.
	Key [32]byte

	Flow      bool   // the task is a flow, which occupies its worker while it waits for other calls
	Arguments []byte // JSON: an object with the arguments by name
	Text      string // the arguments for a reader, cut off after about 200 bytes

	// What the directive says in constants, for what happens when an attempt ends without an outcome. A number that only the
	// running program knows is the worker's, and 0 here.
	Delay   time.Duration // the first of the schedule
	Timeout time.Duration // of an attempt; the worker ends it by the attempt's context
	Within  time.Duration // no retry begins later than this after the call began; 0 with reset, which begins anew

	// Rebuild returns the error that an [Outcome.Failure] of this call holds. It is nil if the task has returned no error, but
	// results on which its condition would retry. Run returns it, with nil results.
	Rebuild func(failure []byte) error
}

// With returns a context below which calls of remote tasks are made by an engine. A nil engine has them made in place, as
// they are without With.
//
// The run is what the calls belong to, such as an order or a night's work. The engine knows a call by the run, the task
// and the arguments, and the occurrence among equal calls below this context. So a program that was killed, and makes
// the same calls below the same run again, finds those that have succeeded, and is attached to those that are still
// running. Two calls of With with the same run are the same work, whatever the time between them. Without a name the run has
// a random one, so that nothing is found again.
func With(ctx context.Context, engine Engine, run string) context.Context {
	if engine == nil {
		return context.WithValue(ctx, bridge.EngineKey{}, (*bridge.Engine[Engine])(nil))
	}
	if run == "" {
		run = randomName()
	}
	bridge.Engines.Store(true)
	return context.WithValue(ctx, bridge.EngineKey{}, &bridge.Engine[Engine]{Engine: engine, Run: run})
}

func randomName() string {
	var name [16]byte
	_, _ = rand.Read(name[:]) // It never fails on the platforms that Go supports.
	return hex.EncodeToString(name[:])
}
