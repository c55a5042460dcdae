package temporal

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
)

// The times after which the first and the last looks are made whether a call is stuck.
const (
	firstLook = 10 * time.Second
	lastLook  = 5 * time.Minute
)

// watch logs while no worker takes a call.
type watch struct {
	ctx    context.Context
	engine *Engine
	call   *remote.Call
	handle client.ActivityHandle
	began  time.Time
	pause  time.Duration

	lock  sync.Mutex
	timer *time.Timer // nil at the end
}

// watch looks after a call, less and less often. It returns a function that ends it.
func (e *Engine) watch(ctx context.Context, c *remote.Call, handle client.ActivityHandle) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{ctx: ctx, engine: e, call: c, handle: handle, began: time.Now(), pause: firstLook}
	w.lock.Lock()
	defer w.lock.Unlock()
	w.timer = time.AfterFunc(w.pause, w.look)
	return func() {
		cancel()
		w.lock.Lock()
		defer w.lock.Unlock()
		w.timer.Stop()
		w.timer = nil
	}
}

func (w *watch) look() {
	if queue := w.engine.queue(w.call.Flow); w.engine.quiet.ask(queue + " " + w.call.Task) {
		if why := w.stuck(); why != "" {
			w.engine.logger().WarnContext(w.ctx, "retrygen: "+why, "task", w.call.Task, "run", w.call.Run, "queue", queue,
				"activity", w.handle.GetID(), "waiting", time.Since(w.began).Round(time.Second))
		}
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.timer != nil {
		w.pause = min(2*w.pause, lastLook)
		w.timer.Reset(w.pause)
	}
}

// stuck returns why no worker makes the call, "" if there is nothing to say.
func (w *watch) stuck() string {
	d, err := w.handle.Describe(w.ctx, client.DescribeActivityOptions{IncludeLastFailure: true})
	if err != nil {
		return ""
	}
	if failure, ok := errors.AsType[*temporal.ApplicationError](d.GetLastFailure()); ok && failure.Type() == typeUnknown {
		return "a call waits for a worker that knows its task: " + failure.Message()
	}
	if d.LastStartedTime.Unix() <= 0 {
		return "a call waits for a worker: is there one for this queue, and has it room?"
	}
	return ""
}

// quiet keeps many calls of the same kind from saying the same at the same time.
type quiet struct {
	lock sync.Mutex
	last map[string]time.Time
}

// ask reports whether something may be said of calls of a kind: not twice in the time of the first look.
func (q *quiet) ask(kind string) bool {
	q.lock.Lock()
	defer q.lock.Unlock()
	if time.Since(q.last[kind]) < firstLook/2 {
		return false
	}
	if q.last == nil {
		q.last = map[string]time.Time{}
	}
	q.last[kind] = time.Now()
	return true
}
