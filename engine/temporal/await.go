package temporal

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
)

// patient calls the server until it answers. The client has tried for a minute by itself before each line of the log.
func patient[T any](ctx context.Context, e *Engine, c *remote.Call, ask func() (T, error)) (T, error) {
	for {
		answer, err := ask()
		if !away(err) || ctx.Err() != nil {
			return answer, err
		}
		e.logger().WarnContext(ctx, "retrygen: the Temporal server does not answer", "task", c.Task, "run", c.Run, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// away reports whether an error is of a server that may be back soon.
func away(err error) bool {
	if _, ok := errors.AsType[*serviceerror.Unavailable](err); ok {
		return true
	}
	if _, ok := errors.AsType[*serviceerror.ResourceExhausted](err); ok {
		return true
	}
	_, ok := errors.AsType[*serviceerror.DeadlineExceeded](err)
	return ok
}

// The times after which the first and the last looks are made whether a call is stuck.
const (
	firstLook = 10 * time.Second
	lastLook  = 5 * time.Minute
)

// watch logs while no worker takes the call, less and less often. It returns a function that ends it.
func (e *Engine) watch(ctx context.Context, c *remote.Call, handle client.ActivityHandle) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	began, pause := time.Now(), firstLook
	var look *time.Timer
	armed := make(chan struct{})
	look = time.AfterFunc(pause, func() {
		<-armed
		if why := stuck(ctx, handle); why != "" {
			e.logger().WarnContext(ctx, "retrygen: "+why, "task", c.Task, "run", c.Run, "queue", e.queue(c.Flow),
				"activity", handle.GetID(), "waiting", time.Since(began).Round(time.Second))
		}
		pause = min(2*pause, lastLook)
		if ctx.Err() == nil {
			look.Reset(pause)
		}
	})
	close(armed)
	return func() {
		cancel()
		look.Stop()
	}
}

// stuck returns why no worker makes the call, "" if there is nothing to say.
func stuck(ctx context.Context, handle client.ActivityHandle) string {
	d, err := handle.Describe(ctx, client.DescribeActivityOptions{IncludeLastFailure: true})
	if err != nil {
		return ""
	}
	if failure, ok := errors.AsType[*temporal.ApplicationError](d.GetLastFailure()); ok && failure.Type() == typeUnknown {
		return "the call waits for a worker that knows its task: " + failure.Message()
	}
	if d.LastStartedTime.IsZero() || d.LastStartedTime.Unix() == 0 {
		return "no worker has taken the call: is there one for this queue?"
	}
	return ""
}
