package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// An engine that has tasks run elsewhere is a store, too: its runs look results up by having the task run. All that goes
// there is a task's name and encoded arguments, and all that comes back is encoded results or an error.

//retry:task checkpoint=durable
func greet(ctx context.Context, name string, times int) (string, error) {
	return "", errors.New("this is not run here")
}

// local is a task that the engine does not know.
//
//retry:task checkpoint=durable
func local(ctx context.Context) (int, error) { return 42, nil }

//retry:flow retries=2 delay=1ms jitter=1
func letter(ctx context.Context, name string) (string, error) {
	text, err := greetWithRetry(ctx, name, 3)
	if err != nil {
		return "", err
	}
	n, err := localWithRetry(ctx)
	return fmt.Sprintf("%s %d", text, n), err
}

// engine has workers by the names of their tasks.
type engine struct {
	workers map[string]func(arguments []byte) (results []byte, err error)

	lock     sync.Mutex
	recorded map[[32]byte][]byte
	calls    []string
}

func (e *engine) Open(context.Context, string) (retry.Run, error) { return e, nil }

func (e *engine) Lookup(_ context.Context, call retry.Call) ([]byte, bool, error) {
	e.lock.Lock()
	defer e.lock.Unlock()
	if results, ok := e.recorded[call.Key]; ok {
		return results, true, nil
	}
	worker, ok := e.workers[call.Task]
	if !ok {
		return nil, false, nil // it runs here, and is recorded there
	}
	e.calls = append(e.calls, call.Task)
	results, err := worker(call.Arguments)
	if err != nil {
		return nil, false, err
	}
	e.recorded[call.Key] = results
	return results, true, nil
}

func (e *engine) Record(_ context.Context, call retry.Call, results []byte) error {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.recorded[call.Key] = bytes.Clone(results)
	return nil
}

func (e *engine) Close() error { return nil }

// worker reads the arguments of greet: a string by its length and bytes, a number by its varint.
func worker(arguments []byte) ([]byte, error) {
	length, n := binary.Uvarint(arguments)
	name, rest := string(arguments[n:n+int(length)]), arguments[n+int(length):]
	times, _ := binary.Varint(rest)
	return json.Marshal(strings.Repeat("hello "+name+" ", int(times)))
}

// greetTask is the full name of the task greet.
const greetTask = "github.com/retrygen/retrygen/store_test.greet"

func TestElsewhere(t *testing.T) {
	failures := 1
	e := &engine{recorded: map[[32]byte][]byte{}}
	e.workers = map[string]func([]byte) ([]byte, error){greetTask: func(arguments []byte) ([]byte, error) {
		if failures--; failures >= 0 {
			return nil, errors.New("the worker is gone")
		}
		return worker(arguments)
	}}
	ctx := retry.WithRun(t.Context(), e, "letters")
	want := "hello ada hello ada hello ada  42"
	for range 2 {
		if got, err := letterWithRetry(ctx, "ada"); err != nil || got != want {
			t.Fatalf("%q (%v), want %q", got, err, want)
		}
	}
	if len(e.calls) != 2 {
		t.Errorf("the worker was called %d times, want 2", len(e.calls))
	}
}

// TestElsewhereFails has a worker whose error no retry will change: the flow's caller gets it, and it was one call.
func TestElsewhereFails(t *testing.T) {
	unknown := errors.New("nobody of that name")
	e := &engine{recorded: map[[32]byte][]byte{}}
	e.workers = map[string]func([]byte) ([]byte, error){greetTask: func([]byte) ([]byte, error) {
		return nil, retry.Permanent(unknown)
	}}
	_, err := letterWithRetry(retry.WithRun(t.Context(), e, "letters"), "ada")
	failed, ok := errors.AsType[*retry.Error](err)
	if !ok || failed.Task != greetTask || failed.Reason != retry.ReasonCheckpoint || !errors.Is(err, unknown) {
		t.Errorf("error %v", err)
	}
	if len(e.calls) != 1 {
		t.Errorf("the worker was called %d times, want once", len(e.calls))
	}
}

// countingEngine is an engine that also keeps the progress of flows.
type countingEngine struct {
	engine
	progress map[string]retry.Progress
}

func (e *countingEngine) Open(context.Context, string) (retry.Run, error) { return e, nil }

func (e *countingEngine) Progress(_ context.Context, flow string) (retry.Progress, error) {
	return e.progress[flow], nil
}

func (e *countingEngine) SetProgress(_ context.Context, flow string, p retry.Progress) error {
	e.progress[flow] = p
	return nil
}

// TestElsewhereCounts has an engine count the attempts of a flow whose worker is gone for good.
func TestElsewhereCounts(t *testing.T) {
	gone := errors.New("the worker is gone")
	e := &countingEngine{engine{recorded: map[[32]byte][]byte{}}, map[string]retry.Progress{}}
	e.workers = map[string]func([]byte) ([]byte, error){greetTask: func([]byte) ([]byte, error) { return nil, gone }}
	ctx := retry.WithRun(t.Context(), e, "letters")
	for _, want := range []error{gone, retry.ReasonAttempts, retry.ReasonAttempts} {
		if _, err := letterWithRetry(ctx, "ada"); !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	if len(e.calls) != 3 {
		t.Errorf("the worker was called %d times, want 3", len(e.calls))
	}
}
