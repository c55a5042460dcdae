package itest

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.temporal.io/server/common/testing/freeport"

	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// worker starts a process with a worker.
func startWorker(t testing.TB, at, of string) *process {
	t.Helper()
	return start(t, "worker", address+"="+at, queue+"="+of)
}

// killable is a server in a process of its own, with its records in a file.
type killable struct {
	t             *testing.T
	file, address string
	process       *process
}

func startServer(t *testing.T) *killable {
	t.Helper()
	k := &killable{t: t, file: filepath.Join(t.TempDir(), "temporal.db"), address: fmt.Sprintf("127.0.0.1:%d", freeport.MustGetFreePort())}
	k.start()
	return k
}

func (k *killable) start() { k.process = start(k.t, "server", address+"="+k.address, file+"="+k.file) }

// within checks that a moment is some time after another one, never less. It may be more on a machine that is busy; on one
// that is not, a second at most.
func within(t *testing.T, what string, from, to time.Time, want time.Duration) {
	t.Helper()
	d := to.Sub(from)
	if d < want-100*time.Millisecond || d > want+15*time.Second {
		t.Errorf("%s came after %v, want %v", what, d, want)
	}
	t.Logf("%s came %v late", what, d-want)
}

// TestWorkerKilledInWait kills a worker while a call waits for its second attempt. Another worker makes it, when it is due.
func TestWorkerKilledInWait(t *testing.T) {
	t.Parallel()
	c, at := connect(t)
	first := startWorker(t, at, queueOf(t))
	go func() {
		await(t, "wait", 1)
		time.Sleep(500 * time.Millisecond) // for the worker to tell the server
		first.kill()
		startWorker(t, at, queueOf(t))
	}()
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	done, err := shop.SlowWithRetry(ctx, shop.Job{Name: "wait", Fail: 1, Err: "no luck"})
	if done != "wait" || err != nil {
		t.Fatalf("%q, %v", done, err)
	}
	lines := traced("wait")
	if got, want := texts(lines), []string{"wait 1", "wait 2"}; !slices.Equal(got, want) || lines[0].Process == lines[1].Process {
		t.Fatalf("%v, want %v by two processes", got, want)
	}
	within(t, "the second attempt", lines[0].Time, lines[1].Time, 6*time.Second)
}

// TestWorkerKilledInAttempt kills a worker while it makes an attempt. The number of the attempt is used up.
func TestWorkerKilledInAttempt(t *testing.T) {
	t.Parallel()
	c, at := connect(t)
	startWorker(t, at, queueOf(t))
	startWorker(t, at, queueOf(t))
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	done, err := shop.PatientWithRetry(ctx, shop.Job{Name: "attempt", Kill: 1})
	if done != "attempt" || err != nil {
		t.Fatalf("%q, %v", done, err)
	}
	lines := traced("attempt")
	if got, want := texts(lines), []string{"attempt 1", "attempt 2"}; !slices.Equal(got, want) || lines[0].Process == lines[1].Process {
		t.Fatalf("%v, want %v by two processes", got, want)
	}
	// The server notices after the heartbeat's time, and waits for the first wait of the directive.
	within(t, "the second attempt", lines[0].Time, lines[1].Time, heartbeat+time.Second)
}

// TestKillsWorkers makes a call that kills each worker which makes it. When its attempts are used up it ends.
func TestKillsWorkers(t *testing.T) {
	t.Parallel()
	c, at := connect(t)
	for range 5 {
		startWorker(t, at, queueOf(t))
	}
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	_, err := shop.WorkWithRetry(ctx, shop.Job{Name: "poison", Kill: 9})
	stopped, ok := errors.AsType[*retry.Error](err)
	if !ok || stopped.Reason != retry.ReasonAttempts || stopped.Attempts != 4 {
		t.Errorf("%v", err)
	}
	if n := len(traced("poison")); n != 4 {
		t.Errorf("%d attempts, want 4", n)
	}
}

// TestServerKilled kills the server and the worker while a call waits, and while a flow has made a part of its calls.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	c, err := dial(server.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	first := startWorker(t, server.address, queueOf(t))
	go func() {
		await(t, "early", 1)
		await(t, "late", 1)
		await(t, "outage", 1)
		time.Sleep(500 * time.Millisecond)
		first.kill()
		server.process.kill()
		time.Sleep(time.Second)
		server.start()
		startWorker(t, server.address, queueOf(t))
	}()
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	flow := make(chan error, 1)
	go func() {
		done, err := shop.AllWithRetry(ctx, []shop.Job{{Name: "early"}, {Name: "late", Time: 2 * time.Second}})
		if want := []string{"early", "late"}; err == nil && !slices.Equal(done, want) {
			err = fmt.Errorf("%v, want %v", done, want)
		}
		flow <- err
	}()
	done, err := shop.SlowWithRetry(ctx, shop.Job{Name: "outage", Fail: 1, Err: "no luck"})
	if done != "outage" || err != nil {
		t.Errorf("%q, %v", done, err)
	}
	if err := <-flow; err != nil {
		t.Error(err)
	}
	lines := traced("outage")
	if got, want := texts(lines), []string{"outage 1", "outage 2"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	within(t, "the second attempt", lines[0].Time, lines[1].Time, 6*time.Second)
	if got, want := texts(traced("early")), []string{"early 1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := texts(traced("late")), []string{"late 1", "late 2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestCallerKilled kills a caller in the middle of a flow. The flow goes on, and the caller that begins again finds it.
func TestCallerKilled(t *testing.T) {
	t.Parallel()
	_, at := connect(t)
	startWorker(t, at, queueOf(t))
	list, _ := json.Marshal([]shop.Job{{Name: "one"}, {Name: "two", Time: 2 * time.Second}})
	env := []string{address + "=" + at, queue + "=" + queueOf(t), runName + "=night", jobs + "=" + string(list)}
	first := start(t, "caller", env...)
	await(t, "two", 1)
	first.kill()
	if got := start(t, "caller", env...).line(); got != "[one two] <nil>" {
		t.Error(got)
	}
	for _, name := range []string{"one", "two"} {
		if n := len(traced(name)); n != 1 {
			t.Errorf("%s was done %d times", name, n)
		}
	}
}

// TestWorkerStopped stops a worker, as an update does, while it makes a flow and a task. What it could not end is made
// again by another worker, and the attempt does not count.
func TestWorkerStopped(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	first := serve(t, c, queueOf(t), tasks...)
	go func() {
		await(t, "update", 1)
		first.Stop()
		serve(t, c, queueOf(t), tasks...)
	}()
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	done, err := shop.AllWithRetry(ctx, []shop.Job{{Name: "update", Time: 2 * time.Second, Fail: 1, Err: "busy"}})
	if !slices.Equal(done, []string{"update"}) || err != nil {
		t.Fatalf("%v, %v", done, err)
	}
	if got, want := texts(traced("update")), []string{"update 1", "update 1 canceled", "update 1", "update 2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
