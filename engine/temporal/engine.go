package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Engine has calls of remote tasks made by the workers of a Temporal server. It is an engine for [remote.With]. Its
// fields are not changed after its first call.
type Engine struct {
	Client client.Client // of the server and the namespace
	Queue  string        // the task queue of the workers
	Flows  string        // the task queue for flows; if it is "", that of NewWorker, which is Queue and "-flows"

	// Heartbeat is the time after which a worker that is not heard of counts as dead, 10 s if it is 0. Its attempt is then
	// made again by another worker. A cancelled call reaches its task within this time.
	Heartbeat time.Duration

	// Unclaimed is the time that an attempt waits for a worker to take it. After it the call fails. If it is 0, a call waits
	// until there is a worker, and says so through Logger.
	Unclaimed time.Duration

	Logger *slog.Logger // slog.Default() if it is nil

	attempt context.Context // of the flow that the engine makes calls for; nil in the process of a caller
	quiet   quiet
}

// MaxPayload is the number of bytes of JSON that the arguments or the results of a call may have. A server refuses 2 MB
// with what it adds to them.
const MaxPayload = 2<<20 - 16<<10

const defaultHeartbeat = 10 * time.Second

// Run starts the call as an activity, or finds the one that has been started for the same run and key, and waits for its
// end. It is for generated code, see [remote.Engine].
func (e *Engine) Run(ctx context.Context, c *remote.Call) ([]byte, error) {
	if err := e.fits(c); err != nil {
		return nil, err
	}
	for {
		results, err := e.once(ctx, c)
		if !errors.Is(err, errAbandoned) {
			return results, err
		}
	}
}

func (e *Engine) once(ctx context.Context, c *remote.Call) ([]byte, error) {
	handle, err := patient(ctx, e, c, func() (client.ActivityHandle, error) { return e.start(ctx, c) })
	if err != nil {
		return nil, e.ended(ctx, c, nil, err)
	}
	defer e.watch(ctx, c, handle)()
	results, err := patient(ctx, e, c, func() (result converter.RawValue, err error) {
		err = handle.Get(ctx, &result)
		return result, err
	})
	if err != nil {
		return nil, e.ended(ctx, c, handle, err)
	}
	return results.Payload().GetData(), nil
}

// fits reports what the server would refuse, or take and never run.
func (e *Engine) fits(c *remote.Call) error {
	switch {
	case e.Client == nil:
		return errors.New("the Engine of package temporal has no Client")
	case e.Queue == "":
		return errors.New("the Engine of package temporal has no Queue")
	case len(c.Arguments) > MaxPayload:
		return retry.Permanent(fmt.Errorf("the arguments of %s are %d bytes of JSON, and a call takes at most %d: "+
			"pass a reference to them, such as a key in a store", c.Task, len(c.Arguments), MaxPayload))
	}
	return nil
}

func (e *Engine) queue(flow bool) string {
	if flow {
		return e.flows()
	}
	return e.Queue
}

func (e *Engine) flows() string {
	if e.Flows != "" {
		return e.Flows
	}
	return e.Queue + flowsSuffix
}

const flowsSuffix = "-flows"

func (e *Engine) heartbeat() time.Duration {
	if e.Heartbeat > 0 {
		return e.Heartbeat
	}
	return defaultHeartbeat
}

func (e *Engine) logger() *slog.Logger {
	if e.Logger != nil {
		return e.Logger
	}
	return slog.Default()
}
