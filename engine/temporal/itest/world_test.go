package itest

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/engine/temporal"
	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
)

// tasks are those that workers know.
var tasks = []remote.Task{
	shop.WorkTask(), shop.PatientTask(), shop.SlowTask(), shop.BriefTask(), shop.AllTask(), shop.TogetherTask(),
}

// heartbeat is short, so that tests need not wait long until a dead worker is noticed.
const heartbeat = 4 * time.Second

func engine(c client.Client, queue string) *temporal.Engine {
	return &temporal.Engine{Client: c, Queue: queue, Heartbeat: heartbeat}
}

// serve starts a worker in this process.
func serve(t testing.TB, c client.Client, queue string, tasks ...remote.Task) *temporal.Worker {
	t.Helper()
	w := temporal.NewWorker(c, queue, worker.Options{}, tasks...)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// queueOf returns a queue of the test's own.
func queueOf(t testing.TB) string { return strings.ReplaceAll(t.Name(), "/", "-") }

// calls returns a context whose calls are made by a worker in this process, with a run of the test's own.
func calls(t testing.TB) context.Context {
	t.Helper()
	c, _ := connect(t)
	serve(t, c, queueOf(t), tasks...)
	return remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
}

// traced returns what the jobs of a name have done.
func traced(name string) []shop.Line { return shop.Traced(os.Getenv(shop.TraceFile), name) }

// texts returns what lines say.
func texts(lines []shop.Line) (list []string) {
	for _, line := range lines {
		list = append(list, line.Text)
	}
	return list
}

// await waits until a job has done something for the nth time.
func await(t testing.TB, name string, n int) shop.Line {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if lines := traced(name); len(lines) >= n {
			return lines[n-1]
		}
	}
	t.Fatalf("%s has not been traced %d times: %v", name, n, texts(traced(name)))
	return shop.Line{}
}
