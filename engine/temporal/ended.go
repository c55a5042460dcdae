package temporal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// errAbandoned is the end of a call that others have made and given up. Who still wants it starts it anew.
var errAbandoned = errors.New("the call was given up by those who made it")

// givenUp is the reason of a cancellation that comes from a caller.
const givenUp = "retrygen: the caller's context is done"

// ended returns the error of a call without results. Handle is nil if it could not be started.
func (e *Engine) ended(ctx context.Context, c *remote.Call, handle client.ActivityHandle, err error) error {
	failure, failed := err.(*temporal.ApplicationError) // and none that a timeout wraps
	timeout, late := errors.AsType[*temporal.TimeoutError](err)
	switch {
	case failed:
		return rebuilt(c, failure)
	case ctx.Err() != nil:
		if handle != nil {
			e.giveUp(ctx, c, handle)
		}
		return &retry.Error{Task: c.Task, Reason: retry.ReasonCanceled, Cause: context.Cause(ctx), Context: ctx.Err()}
	case late:
		return e.timedOut(ctx, c, handle, timeout)
	case temporal.IsCanceledError(err):
		return canceled(ctx, handle, err)
	}
	return err
}

// rebuilt returns the error of the task.
func rebuilt(c *remote.Call, failure *temporal.ApplicationError) error {
	var details json.RawMessage
	if !failure.HasDetails() || failure.Details(&details) != nil {
		return retry.Permanent(failure) // of this package, or of the server
	}
	return c.Rebuild(details)
}

// giveUp cancels a call. It does not cancel those of a flow whose attempt has ended here and goes on elsewhere: the worker
// stops, or the server has not heard of it.
func (e *Engine) giveUp(ctx context.Context, c *remote.Call, handle client.ActivityHandle) {
	if e.attempt != nil && e.attempt.Err() != nil && !temporal.IsCanceledError(context.Cause(e.attempt)) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	err := handle.Cancel(ctx, client.CancelActivityOptions{Reason: givenUp})
	_, done := errors.AsType[*serviceerror.FailedPrecondition](err) // it has ended, or is cancelled already
	if err != nil && !done {
		e.logger().WarnContext(ctx, "retrygen: a call could not be cancelled", "task", c.Task, "run", c.Run, "error", err)
	}
}

// timedOut returns the error of a call that the server has ended.
func (e *Engine) timedOut(ctx context.Context, c *remote.Call, handle client.ActivityHandle, err *temporal.TimeoutError) error {
	switch err.TimeoutType() {
	case enumspb.TIMEOUT_TYPE_START_TO_CLOSE, enumspb.TIMEOUT_TYPE_HEARTBEAT:
		return canceled(ctx, handle, err) // otherwise there would be another attempt
	case enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START:
		return fmt.Errorf("no worker has taken the call within %v: is there one for the queue %q that knows %s? %w",
			e.Unclaimed, e.queue(c.Flow), c.Task, err)
	}
	deadline, limited := ctx.Deadline()
	near := limited && time.Until(deadline) < time.Second
	if !near && c.Within == 0 {
		return errAbandoned // the deadline was another caller's
	}
	cut := &retry.Error{Task: c.Task, Reason: retry.ReasonWithin}
	if near {
		cut.Reason, cut.Cause = retry.ReasonDeadline, context.DeadlineExceeded
	}
	if failure, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		cut.Last = rebuilt(c, failure)
	}
	return cut
}

// canceled returns the error of a call that somebody has cancelled.
func canceled(ctx context.Context, handle client.ActivityHandle, err error) error {
	d, failed := handle.Describe(ctx, client.DescribeActivityOptions{})
	switch {
	case failed != nil:
		return errors.Join(err, failed)
	case d.CanceledReason == givenUp:
		return errAbandoned
	case d.CanceledReason == "":
		return errors.New("the call was cancelled at the server")
	}
	return fmt.Errorf("the call was cancelled at the server: %s", d.CanceledReason)
}
