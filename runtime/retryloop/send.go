package retryloop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// HasEngine reports whether calls of remote tasks below ctx are made by an engine. Wrappers ask it before anything else.
func HasEngine(ctx context.Context) bool { return bridge.Engines.Load() && hasEngine(ctx) }

// hasEngine is not inlined, since programs have many wrappers.
//
//go:noinline
func hasEngine(ctx context.Context) bool { return engineOf(ctx) != nil }

// engineOf returns the engine that remote.With names, nil if there is none.
func engineOf(ctx context.Context) *bridge.Engine[remote.Engine] {
	if ctx == nil {
		return nil
	}
	engine, _ := ctx.Value(bridge.EngineKey{}).(*bridge.Engine[remote.Engine])
	return engine
}

// RemoteKey is [NewKey] for a call that an engine makes.
func RemoteKey(ctx context.Context, task, types string) Key {
	k := DurableKey(ctx, task, types)
	k.text.wanted = true
	return k
}

// Send has the engine of a context make a call, and returns how it ended. The call has what the directive says; Send adds
// the rest. Names are the errors that the policy names.
func Send[R any](ctx context.Context, key *Key, call remote.Call, arguments any, names ...Named) (R, error) {
	var results R
	engine := engineOf(ctx)
	data, err := encodeJSON(arguments)
	if err == nil {
		err = key.err
	}
	if err != nil {
		return results, notSent(key.task, retry.Permanent(fmt.Errorf("the arguments cannot be sent to a worker: %w", err)))
	}
	if ctx.Err() != nil {
		return results, NotStarted(ctx, key.task)
	}
	call.Run, call.Task, call.Key, call.Arguments, call.Text = engine.Run, key.task, sentKey(ctx, engine, key), data, key.text.String()
	rebuilt := false
	call.Rebuild = func(data []byte) error {
		rebuilt = true
		return rebuild(data, &results, key.task, names)
	}
	data, err = engine.Engine.Run(ctx, &call)
	switch {
	case err == nil && rebuilt:
	case err == nil:
		err = receive(data, &results, key.task)
	case !rebuilt:
		err = unmade(ctx, key.task, err)
	}
	return results, err
}

// sentKey identifies a call within the run of its engine.
func sentKey(ctx context.Context, engine *bridge.Engine[remote.Engine], key *Key) identity {
	if around := current(ctx); around != nil {
		return around.count(key).lasting
	}
	base := key.base()
	return identity{}.under(base, engine.Count(base))
}

// notSent is the error of a call that an engine did not make, or whose end it does not know.
func notSent(task string, cause error) error {
	return &retry.Error{Task: task, Reason: retry.ReasonEngine, Cause: cause}
}

// unmade returns the error of a call that ended by an error of the engine's.
func unmade(ctx context.Context, task string, err error) error {
	var own *retry.Error
	switch {
	case errors.As(err, &own):
		return err
	case ctx.Err() != nil:
		return &retry.Error{Task: task, Reason: retry.ReasonCanceled, Cause: context.Cause(ctx), Context: ctx.Err()}
	}
	return notSent(task, err)
}

// decodeSent decodes what a program has encoded that may be of another version. A value of another type is an error, also if
// JSON could do with it: a field more or less is another type.
func decodeSent(data []byte, variable any) error {
	if err := decodeAll(data, variable); err != nil {
		return err
	}
	again, err := json.Marshal(variable)
	if err != nil || bytes.Equal(again, data) {
		return err
	}
	var was, is any
	if err := json.Unmarshal(data, &was); err != nil {
		return err
	}
	if err := json.Unmarshal(again, &is); err != nil {
		return err
	}
	if !reflect.DeepEqual(was, is) {
		return fmt.Errorf("it has not all fields of type %T", reflect.ValueOf(variable).Elem().Interface())
	}
	return nil
}

// receive decodes the results of a call.
func receive(data []byte, results any, task string) error {
	if err := decodeSent(data, results); err != nil {
		return notSent(task, retry.Permanent(
			fmt.Errorf("the results cannot be decoded; is the caller's program another version than the worker's? %w", err)))
	}
	return nil
}

// rebuild decodes the failure of a call, and the results that the task returned with its error.
func rebuild(data []byte, results any, task string, names []Named) error {
	var f failure
	if err := json.Unmarshal(data, &f); err != nil {
		return notSent(task, retry.Permanent(fmt.Errorf("the failure of the call cannot be decoded: %w", err)))
	}
	if f.Unwanted {
		return receive(f.Results, results, task)
	}
	if len(f.Results) > 0 {
		_ = decodeSent(f.Results, results) // The error counts; results that do not fit are left out.
	}
	return f.error(names)
}
