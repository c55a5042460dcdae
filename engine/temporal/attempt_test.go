package temporal

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
)

// task returns a task whose attempts end in the same way.
func task(end func(context.Context, remote.Attempt) remote.Outcome) remote.Task {
	return remote.Task{Name: "example.com/shop.Task", Attempt: end}
}

func ends(o remote.Outcome) remote.Task {
	return task(func(context.Context, remote.Attempt) remote.Outcome { return o })
}

var errTask = errors.New("out of stock")

// TestOutcome shows what the server is told of the worker's decisions.
func TestOutcome(t *testing.T) {
	again := remote.Outcome{Err: errTask, Failure: []byte(`{"message":"out of stock"}`), Again: true, Wait: 90 * time.Second}
	atOnce, never := again, again
	atOnce.Wait = 0
	never.Again, never.Wait = false, 0
	for _, test := range []struct {
		name    string
		outcome remote.Outcome
		final   bool
		wait    time.Duration
	}{
		{"another attempt after a wait", again, false, 90 * time.Second},
		{"another attempt at once", atOnce, false, time.Millisecond},
		{"no other attempt", never, true, time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := attemptOf{task: ends(test.outcome), arguments: `{}`}.serve(t)
			if got.err == nil || got.err.NonRetryable() != test.final || got.err.NextRetryDelay() != test.wait {
				t.Fatalf("%+v", got.err)
			}
			var details map[string]string
			if err := got.err.Details(&details); err != nil || details["message"] != "out of stock" {
				t.Errorf("details %v, %v", details, err)
			}
			if got.err.Message() != "out of stock" || got.err.Type() != "*errors.errorString" {
				t.Errorf("%q of type %q", got.err.Message(), got.err.Type())
			}
		})
	}
	if got := (attemptOf{task: ends(remote.Outcome{Results: []byte(`{"cents":4}`)}), arguments: `{}`}).serve(t); got.results != `{"cents":4}` {
		t.Errorf("results %s, %v", got.results, got.raw)
	}
}

// TestAttempt shows what a task learns of its attempt.
func TestAttempt(t *testing.T) {
	var got remote.Attempt
	kept := memory{State: []byte(`{"previous":4}`), Spared: 2, After: 4}
	attemptOf{
		task: task(func(_ context.Context, a remote.Attempt) remote.Outcome {
			got = a
			return remote.Outcome{Results: []byte("1")}
		}),
		arguments: `{"symbol":"ACME"}`, number: 5, began: time.Minute, limit: time.Hour, past: kept,
	}.serve(t)
	if got.Number != 3 || string(got.State) != `{"previous":4}` || string(got.Arguments) != `{"symbol":"ACME"}` || got.Key != [32]byte{1} {
		t.Errorf("%+v", got)
	}
	if elapsed := time.Since(got.Started).Round(10 * time.Second); elapsed != time.Minute {
		t.Errorf("the call began %v ago, want 1m", elapsed)
	}
	if limit := got.Deadline.Sub(got.Started); limit != time.Hour {
		t.Errorf("the call may take %v, want 1h", limit)
	}
}

// TestMemory shows what is kept for the next attempt.
func TestMemory(t *testing.T) {
	again := remote.Outcome{Err: errTask, Again: true, Failure: []byte("{}")}
	with := again
	with.State = []byte(`{"before":3}`)
	reset := memory{State: []byte(`{"before":9}`), After: 7}
	for _, test := range []struct {
		name    string
		attempt attemptOf
		want    *memory
	}{
		{"nothing to keep", attemptOf{task: ends(again)}, nil},
		{"the state of the outcome", attemptOf{task: ends(with), number: 2}, &memory{State: with.State, After: 2}},
		{"attempts that do not count stay so", attemptOf{task: ends(with), number: 5, past: memory{Spared: 1, After: 4}},
			&memory{State: with.State, Spared: 1, After: 5}},
		{"an operator has reset the call", attemptOf{task: ends(with), number: 1, past: reset}, &memory{State: with.State, After: 1}},
		{"a last attempt", attemptOf{task: ends(remote.Outcome{Err: errTask, Failure: []byte("{}"), State: with.State})}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.attempt.arguments = "{}"
			if got := test.attempt.serve(t); !reflect.DeepEqual(got.kept, test.want) {
				t.Errorf("kept %+v, want %+v", got.kept, test.want)
			}
		})
	}
}

// TestBroken shows the ends of attempts that have no outcome. They end the call, as they end the process of a call in place.
func TestBroken(t *testing.T) {
	for _, test := range []struct {
		name, kind, message string
		task                remote.Task
	}{
		{"panic", typePanic, "example.com/shop.Task panicked: boom", task(func(context.Context, remote.Attempt) remote.Outcome {
			panic("boom")
		})},
		{"Goexit", typePanic, "example.com/shop.Task has called runtime.Goexit", task(func(context.Context, remote.Attempt) remote.Outcome {
			runtime.Goexit()
			return remote.Outcome{}
		})},
		{"results that are too large", typeTooLarge, "example.com/shop.Task has succeeded, but its results are 2097152 bytes of JSON",
			ends(remote.Outcome{Results: make([]byte, 2<<20)})},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := attemptOf{task: test.task, arguments: "{}"}.serve(t).err
			if got == nil || !got.NonRetryable() || got.Type() != test.kind || !strings.HasPrefix(got.Message(), test.message) {
				t.Errorf("%+v", got)
			}
		})
	}
}
