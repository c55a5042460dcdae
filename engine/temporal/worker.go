package temporal

import (
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/runtime/remote"
)

// Worker serves tasks and flows, on a task queue for each of the two kinds.
type Worker struct {
	workers []worker.Worker
	fatal   chan error
}

// NewWorker returns a worker for tasks and flows, which other processes call by an [Engine] with the same queue. Options are
// those of the SDK, for each of the queues: how many attempts it makes at a time, how long it waits for them when it is
// stopped, and so on.
func NewWorker(c client.Client, queue string, options worker.Options, tasks ...remote.Task) *Worker {
	w := &Worker{fatal: make(chan error, 2)}
	fatal := options.OnFatalError
	options.OnFatalError = func(err error) {
		if fatal != nil {
			fatal(err)
		}
		select {
		case w.fatal <- err:
		default:
		}
	}
	options.DisableWorkflowWorker = true
	for _, of := range kinds(queue, tasks) {
		sdk := worker.New(c, of.queue, options)
		Register(sdk, of.tasks...)
		sdk.RegisterDynamicActivity(unknown(of.queue, of.tasks), activity.DynamicRegisterOptions{})
		w.workers = append(w.workers, sdk)
	}
	return w
}

// kind is the tasks, or the flows, and their queue.
type kind struct {
	queue string
	tasks []remote.Task
}

// kinds returns the tasks and the flows, without what there is none of. Without any there is a queue all the same, so that
// callers are told.
func kinds(queue string, tasks []remote.Task) (list []kind) {
	plain, flows := kind{queue: queue}, kind{queue: queue + flowsSuffix}
	for _, t := range tasks {
		if t.Flow {
			flows.tasks = append(flows.tasks, t)
		} else {
			plain.tasks = append(plain.tasks, t)
		}
	}
	if len(flows.tasks) == 0 || len(plain.tasks) > 0 {
		list = append(list, plain)
	}
	if len(flows.tasks) > 0 {
		list = append(list, flows)
	}
	return list
}

// Start starts the worker. It returns once the server knows it.
func (w *Worker) Start() error {
	for i, each := range w.workers {
		if err := each.Start(); err != nil {
			for _, started := range w.workers[:i] {
				started.Stop()
			}
			return err
		}
	}
	return nil
}

// Stop stops the worker. Attempts that have not ended by then, and after WorkerStopTimeout, are made again by other
// workers.
func (w *Worker) Stop() {
	for i := len(w.workers) - 1; i >= 0; i-- {
		w.workers[i].Stop()
	}
}

// Run starts the worker and stops it at an interrupt, see [worker.InterruptCh], or at an error that it cannot go on after.
func (w *Worker) Run(interrupt <-chan any) error {
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	select {
	case <-interrupt:
		return nil
	case err := <-w.fatal:
		return err
	}
}

// Register registers tasks and flows with a worker of the SDK, each by its name, for programs that have a worker already.
// Flows do not share a queue with the tasks that they call: they would wait for each other.
func Register(r worker.ActivityRegistry, tasks ...remote.Task) {
	for _, t := range tasks {
		r.RegisterActivityWithOptions(handler{t}.serve, activity.RegisterOptions{Name: t.Name})
	}
}
