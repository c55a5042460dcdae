package temporal

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/retrygen/retrygen/runtime/remote"
)

// patient calls the server until it answers, after all that the client tries by itself.
func patient[T any](ctx context.Context, e *Engine, c *remote.Call, ask func() (T, error)) (T, error) {
	for {
		answer, err := ask()
		if !away(err) || ctx.Err() != nil {
			return answer, err
		}
		if e.quiet.ask("server") {
			e.logger().WarnContext(ctx, "retrygen: the Temporal server does not answer", "task", c.Task, "run", c.Run, "error", err)
		}
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
