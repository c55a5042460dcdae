package itest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// TestShare makes calls that two workers share.
func TestShare(t *testing.T) {
	t.Parallel()
	c, at := connect(t)
	startWorker(t, at, queueOf(t))
	startWorker(t, at, queueOf(t))
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			if _, err := shop.WorkWithRetry(ctx, shop.Job{Name: "share", Fail: -i, Time: 100 * time.Millisecond}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	by := map[int]int{}
	for _, line := range traced("share") {
		by[line.Process]++
	}
	if len(by) != 2 {
		t.Errorf("the workers made %v calls", by)
	}
}

// lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	lock sync.Mutex
	data bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.data.Write(p)
}

func (b *lockedBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.data.String()
}

// TestUnknown calls a task that the worker of its queue does not know. The call waits, says so, and goes on as soon as there
// is a worker that knows it.
func TestUnknown(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	old := serve(t, c, queueOf(t), shop.WorkTask())
	var log lockedBuffer
	e := engine(c, queueOf(t))
	e.Logger = slog.New(slog.NewTextHandler(&log, nil))
	ended := make(chan error, 1)
	go func() { ended <- shop.MissingWithRetry(remote.With(t.Context(), e, t.Name())) }()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(log.String(), "waits for") && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	want := `a call waits for a worker that knows its task: a worker of the queue \"TestUnknown\" does not know the task ` +
		`\"github.com/retrygen/retrygen/engine/temporal/itest/shop.Missing\"; it knows: ` +
		`github.com/retrygen/retrygen/engine/temporal/itest/shop.Work"`
	if !strings.Contains(log.String(), want) {
		t.Errorf("the log is %s", log.String())
	}
	old.Stop()
	serve(t, c, queueOf(t), shop.MissingTask())
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestNobody makes calls that no worker takes.
func TestNobody(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	t.Run("with a limit", func(t *testing.T) {
		t.Parallel()
		e := engine(c, queueOf(t))
		e.Unclaimed = time.Second
		_, err := shop.WorkWithRetry(remote.With(t.Context(), e, t.Name()), shop.Job{})
		if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "no worker has taken the call within 1s") {
			t.Errorf("%v", err)
		}
	})
	t.Run("without", func(t *testing.T) {
		t.Parallel()
		var log lockedBuffer
		e := engine(c, queueOf(t))
		e.Logger = slog.New(slog.NewTextHandler(&log, nil))
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		_, err := shop.WorkWithRetry(remote.With(ctx, e, t.Name()), shop.Job{})
		want := "a call waits for a worker: is there one for this queue, and has it room?"
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(log.String(), want) {
			t.Errorf("%v; the log is %s", err, log.String())
		}
	})
}

// TestChangedResult makes calls whose worker is of another version than the caller: its results and arguments differ. Both
// sides say so, and the results that a call has stay with the server.
func TestChangedResult(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	changed := shop.WorkTask()
	changed.Attempt = func(context.Context, remote.Attempt) remote.Outcome {
		shop.Trace("changed")
		return remote.Outcome{Results: []byte(`{"Name":"changed"}`)}
	}
	serve(t, c, queueOf(t), changed)
	for range 2 {
		ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
		_, err := shop.WorkWithRetry(ctx, shop.Job{})
		if !errors.Is(err, retry.ReasonEngine) ||
			!strings.Contains(err.Error(), "the results cannot be decoded; is the caller's program another version than the worker's?") {
			t.Errorf("%v", err)
		}
	}
	if n := len(traced("changed")); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// TestChangedArguments is the same for arguments.
func TestChangedArguments(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	changed := shop.WorkTask()
	work := changed.Attempt
	changed.Attempt = func(ctx context.Context, a remote.Attempt) remote.Outcome {
		a.Arguments = []byte(`{"job":{"Name":"arguments"},"priority":1}`)
		return work(ctx, a)
	}
	serve(t, c, queueOf(t), changed)
	_, err := shop.WorkWithRetry(remote.With(t.Context(), engine(c, queueOf(t)), t.Name()), shop.Job{})
	if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), `unknown field "priority"`) {
		t.Errorf("%v", err)
	}
	if n := len(traced("arguments")); n != 0 {
		t.Errorf("%d attempts, want 0", n)
	}
}

// TestThousand makes 1,000 calls at a time.
func TestThousand(t *testing.T) {
	ctx := calls(t)
	const most = 1000
	began := time.Now()
	results := make(chan error, most)
	for i := range most {
		go func() {
			name := fmt.Sprintf("thousand-%d", i)
			done, err := shop.WorkWithRetry(ctx, shop.Job{Name: name, Time: time.Second})
			if err == nil && done != name {
				err = fmt.Errorf("%s has the results of %s", name, done)
			}
			results <- err
		}()
	}
	for range most {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d calls of a second took %v", most, time.Since(began))
}

// TestCancelFlow cancels a flow: its tasks end, too.
func TestCancelFlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(calls(t))
	go func() {
		await(t, "nested", 1)
		cancel()
	}()
	_, err := shop.AllWithRetry(ctx, []shop.Job{{Name: "nested", Time: time.Minute}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if line := await(t, "nested", 2); line.Text != "nested 1 canceled" {
		t.Error(line.Text)
	}
}

// TestCanceledByOperator cancels a call at the server: the caller learns why.
func TestCanceledByOperator(t *testing.T) {
	t.Parallel()
	ctx := calls(t)
	c, _ := connect(t)
	go func() {
		await(t, "operator", 1)
		for info := range activities(t, c, "ActivityType = 'github.com/retrygen/retrygen/engine/temporal/itest/shop.Patient'", t.Name()+"/") {
			handle := c.GetActivityHandle(client.GetActivityHandleOptions{ActivityID: info})
			if err := handle.Cancel(t.Context(), client.CancelActivityOptions{Reason: "wrong order"}); err != nil {
				t.Error(err)
			}
		}
	}()
	_, err := shop.PatientWithRetry(ctx, shop.Job{Name: "operator", Time: time.Minute})
	if !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "the call was cancelled at the server: wrong order") {
		t.Errorf("%v", err)
	}
}

// activities returns the ids of calls that begin with a text, once the server lists one.
func activities(t *testing.T, c client.Client, query, begin string) map[string]bool {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		list, err := c.ListActivities(t.Context(), client.ListActivitiesOptions{Query: query})
		if err != nil {
			t.Error(err)
			return nil
		}
		found := map[string]bool{}
		for info, err := range list.Results {
			if err != nil {
				t.Log(err)
				break
			}
			if strings.HasPrefix(info.ActivityID, begin) {
				found[info.ActivityID] = true
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	t.Error("the server does not list the call")
	return nil
}
