package temporal

import (
	"context"
	"encoding/json"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
)

// memory is what an attempt knows of the earlier ones. It travels in the details of heartbeats: the server hands those of
// the latest heartbeat to the next attempt, whichever worker makes it.
type memory struct {
	State  json.RawMessage `json:"state,omitempty"`  // of the latest outcome
	Spared int             `json:"spared,omitempty"` // attempts of the server that do not count: the task was not the reason of their end
	After  int             `json:"after"`            // the server's number of the attempt that has kept it
}

// recall returns what earlier attempts have kept. The number is the server's: an operator who resets a call sets it back to
// 1, and nothing of before counts.
func recall(ctx context.Context, number int) memory {
	var m memory
	if !activity.HasHeartbeatDetails(ctx) || activity.GetHeartbeatDetails(ctx, &m) != nil || m.After >= number {
		return memory{}
	}
	return m
}

func (m memory) empty() bool { return len(m.State) == 0 && m.Spared == 0 }

// beat tells the server that the attempt goes on. A heartbeat replaces the details of the one before.
func (m memory) beat(ctx context.Context) {
	if m.empty() {
		activity.RecordHeartbeat(ctx)
	} else {
		activity.RecordHeartbeat(ctx, m)
	}
}

// keep keeps the state of an attempt for the next one.
func (m memory) keep(ctx context.Context, state []byte) {
	if len(state) == 0 && m.empty() {
		return
	}
	m.State, m.After = state, int(activity.GetInfo(ctx).Attempt)
	activity.RecordHeartbeat(ctx, m)
}

// spare keeps what was known before an attempt that does not count, and returns the error that has it made again.
func (m memory) spare(ctx context.Context, cause error) error {
	info := activity.GetInfo(ctx)
	m.Spared++
	m.After = int(info.Attempt)
	if ctx.Err() == nil {
		activity.RecordHeartbeat(ctx, m)
	} else {
		m.send(ctx, info.TaskToken)
	}
	return temporal.NewApplicationErrorWithOptions("the attempt was interrupted: "+short(cause.Error()), typeInterrupted,
		temporal.ApplicationErrorOptions{NextRetryDelay: atOnce, Category: temporal.ApplicationErrorCategoryBenign})
}

// send sends a heartbeat although ctx is done. If it fails, the attempt counts.
func (m memory) send(ctx context.Context, token []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := activity.GetClient(ctx).RecordActivityHeartbeat(ctx, token, m); err != nil {
		activity.GetLogger(ctx).Warn("retrygen: an interrupted attempt counts as one of its task", "error", err)
	}
}
