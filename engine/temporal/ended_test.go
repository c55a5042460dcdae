package temporal

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// fakeHandle is the handle of a call that somebody has cancelled for a reason.
type fakeHandle struct {
	client.ActivityHandle
	reason   string
	canceled int
}

func (h *fakeHandle) Describe(context.Context, client.DescribeActivityOptions) (*client.ActivityExecutionDescription, error) {
	return &client.ActivityExecutionDescription{CanceledReason: h.reason}, nil
}

func (h *fakeHandle) Cancel(context.Context, client.CancelActivityOptions) error {
	h.canceled++
	return nil
}

// TestEnded shows the errors of calls that have neither results nor an error of the task.
func TestEnded(t *testing.T) {
	last := failure(remote.Outcome{Err: errTask, Failure: []byte(`"out of stock"`), Again: true})
	timeout := func(kind enumspb.TimeoutType) error { return temporal.NewTimeoutError(kind, last) }
	rebuild := func(failure []byte) error { return errors.New("rebuilt: " + string(failure)) }
	for _, test := range []struct {
		name     string
		err      error
		within   time.Duration
		deadline time.Duration
		reason   string // of a cancellation
		want     error  // nil for another error
		text     string
	}{
		{name: "an error of the task", err: last, text: `rebuilt: "out of stock"`},
		{name: "a failure of the worker's", err: final(typeTooLarge, "too large"), text: "too large"},
		{name: "the time of the policy is over", err: timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE), within: time.Hour,
			want: retry.ReasonWithin, text: `the time for retries is over; last error: rebuilt: "out of stock"`},
		{name: "the time of the caller is over", err: timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE), deadline: 500 * time.Millisecond,
			want: retry.ReasonDeadline, text: "the context's deadline is nearer"},
		{name: "the time of another caller is over", err: timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE), want: errAbandoned},
		{name: "no worker", err: timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START), text: `no worker has taken the call within 1m0s: is there ` +
			`one for the queue "shop" that knows example.com/shop.Task?`},
		{name: "cancelled by an operator", err: temporal.NewCanceledError(), reason: "wrong order", text: "cancelled at the server: wrong order"},
		{name: "cancelled without a reason", err: temporal.NewCanceledError(), text: "the call was cancelled at the server"},
		{name: "cancelled by another caller", err: temporal.NewCanceledError(), reason: givenUp, want: errAbandoned},
		{name: "cancelled while its worker was lost", err: timeout(enumspb.TIMEOUT_TYPE_HEARTBEAT), reason: "wrong order",
			text: "cancelled at the server: wrong order"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := t.Context()
			if test.deadline > 0 {
				var cancel func()
				ctx, cancel = context.WithTimeout(ctx, test.deadline)
				defer cancel()
			}
			e := &Engine{Queue: "shop", Unclaimed: time.Minute}
			c := &remote.Call{Task: "example.com/shop.Task", Within: test.within, Rebuild: rebuild}
			err := e.ended(ctx, c, &fakeHandle{reason: test.reason}, test.err)
			if test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestGiveUp shows when a call is cancelled whose caller's context is done.
func TestGiveUp(t *testing.T) {
	attempt := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(context.Background())
		t.Cleanup(func() { cancel(nil) })
		if cause != nil {
			cancel(cause)
		}
		return ctx
	}
	for _, test := range []struct {
		name    string
		attempt context.Context
		want    int
	}{
		{"a caller", nil, 1},
		{"a flow that has ended its tasks by itself", attempt(nil), 1},
		{"a flow that was cancelled", attempt(temporal.NewCanceledError()), 1},
		{"a flow whose worker stops", attempt(errors.New("stop")), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			handle := &fakeHandle{}
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errTask)
			err := (&Engine{attempt: test.attempt}).ended(ctx, &remote.Call{}, handle, ctx.Err())
			if handle.canceled != test.want || !errors.Is(err, context.Canceled) || !errors.Is(err, errTask) {
				t.Errorf("cancelled %d times, want %d; %v", handle.canceled, test.want, err)
			}
		})
	}
}
