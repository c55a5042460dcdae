package remote

import (
	"context"
	"time"
)

// Task describes a task to the worker of an engine. The generated function that returns it is named after the annotated
// one, such as FetchPriceTask. The receiver of a method is the worker's: what it returns works with this receiver.
type Task struct {
	Name string // the full name, as in [Call]
	Flow bool

	// Attempt makes one attempt of a call, and decides whether there is another. The context ends the attempt. For a flow it
	// must have the engine and the call's run, see [With]; its deadline, if there is one, is the attempt's own.
	//
	// If ctx was done because the worker stops, while the call is to go on, the engine ignores an outcome with an error and
	// has the attempt made again.
	Attempt func(ctx context.Context, attempt Attempt) Outcome
}

// Attempt is one attempt of a call, as an engine knows it.
type Attempt struct {
	Key       [32]byte  // of the call
	Number    int       // from 1; attempts without an outcome count
	Started   time.Time // when the call began, by the clock of this process
	Deadline  time.Time // when the call must have ended; zero if nothing but its policy limits it
	Arguments []byte    // of the call
	State     []byte    // of the latest outcome that the engine has; nil if it has none
}

// Outcome is how an attempt ended, and what the worker has decided.
type Outcome struct {
	Results []byte // JSON, if Err is nil

	Err     error         // of the attempt, or what the decision made of it; nil only if the call has succeeded
	Failure []byte        // JSON: Err for the caller's process, see [Call.Rebuild]
	Again   bool          // there is to be another attempt, after Wait
	Wait    time.Duration // may be 0
	State   []byte        // what the next attempt has to know of this one; JSON, a few hundred bytes and the text of Err
}
