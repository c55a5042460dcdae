package temporal

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
)

// handler serves the attempts of a task.
type handler struct{ task remote.Task }

// serve makes one attempt, and tells the server what follows from it.
func (h handler) serve(ctx context.Context, arguments converter.RawValue, c call) (converter.RawValue, error) {
	info := activity.GetInfo(ctx)
	past := recall(ctx, int(info.Attempt))
	began := time.Now().Add(info.ScheduledTime.Sub(info.StartedTime)) // both are the server's times
	end := h.attempt(h.context(ctx, info, c), info.HeartbeatTimeout, past, remote.Attempt{
		Key:       c.key(),
		Number:    int(info.Attempt) - past.Spared,
		Started:   began,
		Deadline:  deadline(began, info.ScheduleToCloseTimeout),
		Arguments: arguments.Payload().GetData(),
		State:     past.State,
	})
	switch {
	case end.broken != nil:
		return converter.RawValue{}, end.broken
	case end.Err == nil:
		return results(h.task.Name, end.Results)
	case temporal.IsCanceledError(context.Cause(ctx)):
		return converter.RawValue{}, temporal.NewCanceledError()
	case interrupted(ctx):
		return converter.RawValue{}, past.spare(ctx, end.Err)
	}
	if end.Again {
		past.keep(ctx, end.State)
	}
	return converter.RawValue{}, failure(end.Outcome)
}

// context returns the context of an attempt. A flow's has the engine for the calls that it makes.
func (h handler) context(ctx context.Context, info activity.Info, c call) context.Context {
	if !h.task.Flow {
		return ctx
	}
	return remote.With(ctx, &Engine{
		Client:    activity.GetClient(ctx),
		Queue:     c.Queue,
		Flows:     c.Flows,
		Heartbeat: info.HeartbeatTimeout,
		Unclaimed: c.Unclaimed,
		attempt:   ctx,
	}, c.Run)
}

// deadline returns when the call must have ended, the zero time if the server does not limit it.
func deadline(began time.Time, limit time.Duration) time.Time {
	if limit <= 0 {
		return time.Time{}
	}
	return began.Add(limit)
}

// interrupted reports whether an attempt was ended for a reason that is not the task's: its worker stops, an operator has
// paused the call or set it back, or a heartbeat has not reached the server.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

// end is how an attempt has ended.
type end struct {
	remote.Outcome
	broken error // the attempt has no outcome
}

// attempt makes an attempt, and lets the server know meanwhile that the worker is alive.
func (h handler) attempt(ctx context.Context, silence time.Duration, past memory, a remote.Attempt) end {
	ended := make(chan end, 1)
	go func() {
		e := end{broken: final(typePanic, h.task.Name+" has called runtime.Goexit")}
		defer func() { ended <- e }()
		e = h.guarded(ctx, a)
	}()
	var beat <-chan time.Time
	if silence > 0 {
		ticker := time.NewTicker(silence / 2)
		defer ticker.Stop()
		beat = ticker.C
	}
	for {
		select {
		case e := <-ended:
			return e
		case <-beat:
			past.beat(ctx)
		}
	}
}

// guarded makes an attempt whose panic ends the call, not the worker.
func (h handler) guarded(ctx context.Context, a remote.Attempt) (e end) {
	defer func() {
		if p := recover(); p != nil {
			activity.GetLogger(ctx).Error("retrygen: a task panicked", "panic", p, "stack", string(debug.Stack()))
			e.broken = final(typePanic, fmt.Sprintf("%s panicked: %v", h.task.Name, p))
		}
	}()
	return end{Outcome: h.task.Attempt(ctx, a)}
}
