package temporal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
	"unicode/utf8"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
)

// start starts the activity of a call, or returns the one that runs or has succeeded.
func (e *Engine) start(ctx context.Context, c *remote.Call) (client.ActivityHandle, error) {
	options := e.options(ctx, c)
	handle, err := e.Client.ExecuteActivity(ctx, options, c.Task, raw(c.Arguments), e.describe(c))
	if _, ok := errors.AsType[*serviceerror.ActivityExecutionAlreadyStarted](err); ok {
		return e.Client.GetActivityHandle(client.GetActivityHandleOptions{ActivityID: options.ID}), nil
	}
	return handle, err
}

func (e *Engine) options(ctx context.Context, c *remote.Call) client.StartActivityOptions {
	return client.StartActivityOptions{
		ID:                       id(c),
		TaskQueue:                e.queue(c.Flow),
		ScheduleToCloseTimeout:   e.total(ctx, c),
		ScheduleToStartTimeout:   max(e.Unclaimed, 0),
		StartToCloseTimeout:      e.longest(c),
		HeartbeatTimeout:         e.heartbeat(),
		ActivityIDConflictPolicy: enumspb.ACTIVITY_ID_CONFLICT_POLICY_USE_EXISTING,
		ActivityIDReusePolicy:    enumspb.ACTIVITY_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		RetryPolicy: &temporal.RetryPolicy{ // for attempts without an outcome; the worker decides on all others
			InitialInterval:    max(c.Delay, time.Second),
			MaximumInterval:    max(c.Delay, time.Second),
			BackoffCoefficient: 1,
		},
	}
}

// longest returns the time after which an attempt counts as lost although its worker is heard of. The worker ends an
// attempt at the task's timeout by itself, and reports it.
func (e *Engine) longest(c *remote.Call) time.Duration {
	if c.Timeout > 0 {
		return c.Timeout + e.heartbeat()
	}
	return endless
}

// endless is more than the life of a cluster, and less than what servers refuse.
const endless = 10 * 365 * 24 * time.Hour

// total returns the time after which the server ends the call, 0 for no limit: a retry may begin until within has passed,
// and takes up to the task's timeout. Without a timeout only the worker limits it, before each retry.
func (e *Engine) total(ctx context.Context, c *remote.Call) time.Duration {
	var total time.Duration
	if c.Within > 0 && c.Timeout > 0 {
		total = c.Within + e.longest(c)
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := max(time.Until(deadline), time.Millisecond)
		if total == 0 || left < total {
			total = left
		}
	}
	return total
}

const (
	maxID  = 255 // bytes of an activity's id that every server takes
	keyLen = 32  // hexadecimal digits: 128 bits
)

// id returns the id of a call's activity: the run, the task and the key. What is too long, or no text, is replaced by its
// hash.
func id(c *remote.Call) string {
	key := hex.EncodeToString(c.Key[:])[:keyLen]
	task := c.Task
	if len(task) > maxID/2 {
		task = hash(task)
	}
	run := c.Run
	if len(run)+len(task)+len(key)+2 > maxID || !utf8.ValidString(run) {
		run = hash(run)
	}
	return run + "/" + task + "/" + key
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:keyLen]
}
