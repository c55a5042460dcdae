package temporal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
)

// The types of failures that are no errors of tasks, as the server's pages show them.
const (
	typeUnknown     = "retrygen.UnknownTask"
	typeInterrupted = "retrygen.Interrupted"
	typePanic       = "retrygen.Panic"
	typeTooLarge    = "retrygen.TooLarge"
)

// atOnce is a wait that the server takes for one. It takes 0 for the wait of its own policy.
const atOnce = time.Millisecond

// unknownPause is the wait before a call looks for another worker.
const unknownPause = 2 * time.Second

// results returns the results of a call as the activity's.
func results(task string, data []byte) (converter.RawValue, error) {
	if len(data) > MaxPayload {
		return converter.RawValue{}, final(typeTooLarge, fmt.Sprintf("%s has succeeded, but its results are %d bytes of JSON, and a "+
			"call returns at most %d: return a reference to them, such as a key in a store", task, len(data), MaxPayload))
	}
	return raw(data), nil
}

// failure returns the error of an attempt with what was decided after it.
func failure(o remote.Outcome) error {
	return temporal.NewApplicationErrorWithOptions(short(o.Err.Error()), typeOf(o.Err), temporal.ApplicationErrorOptions{
		NonRetryable:   !o.Again,
		NextRetryDelay: max(o.Wait, atOnce),
		Details:        []any{json.RawMessage(o.Failure)},
	})
}

// final returns an error that ends the call and is not the task's own.
func final(kind, message string) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NonRetryable: true})
}

// typeOf returns the type of an error as the server's pages show it.
func typeOf(err error) string {
	if e, ok := errors.AsType[*remote.Error](err); ok && e.Type != "" {
		return e.Type
	}
	return fmt.Sprintf("%T", err)
}

// short returns a text of at most about a kilobyte. The details have the whole one.
func short(text string) string {
	const most = 1000
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// unknown is the activity for all names that a worker does not know. Its attempts do not count: another worker may know the
// task, or this one after an update.
func unknown(queue string, tasks []remote.Task) func(context.Context, converter.EncodedValues) (converter.RawValue, error) {
	names := make([]string, len(tasks))
	for i, t := range tasks {
		names[i] = t.Name
	}
	known := strings.Join(names, ", ")
	return func(ctx context.Context, _ converter.EncodedValues) (converter.RawValue, error) {
		info := activity.GetInfo(ctx)
		past := recall(ctx, int(info.Attempt))
		past.Spared++
		past.After = int(info.Attempt)
		past.beat(ctx)
		message := fmt.Sprintf("a worker of the queue %q does not know the task %q; it knows: %s", queue, info.ActivityType.Name, known)
		return converter.RawValue{}, temporal.NewApplicationErrorWithOptions(short(message), typeUnknown,
			temporal.ApplicationErrorOptions{NextRetryDelay: unknownPause})
	}
}
