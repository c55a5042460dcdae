package itest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// The costs of the engine beside those of the SDK used by hand, in the same run. They depend on the machine, so that they are
// printed and not judged:
//
//	go test -run TestCost -cost -v .
var cost = flag.Bool("cost", false, "measure what the engine costs")

const byHandName = "by hand"

// byHand makes a call as a program does that uses the SDK by itself.
func byHand(ctx context.Context, c client.Client, queue, id string, job shop.Job) (string, error) {
	handle, err := c.ExecuteActivity(ctx, client.StartActivityOptions{
		ID:                       id,
		TaskQueue:                queue,
		StartToCloseTimeout:      time.Hour,
		HeartbeatTimeout:         heartbeat,
		ActivityIDConflictPolicy: enumspb.ACTIVITY_ID_CONFLICT_POLICY_USE_EXISTING,
		ActivityIDReusePolicy:    enumspb.ACTIVITY_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		RetryPolicy:              &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1, MaximumAttempts: 4},
	}, byHandName, job)
	if _, ok := errors.AsType[*serviceerror.ActivityExecutionAlreadyStarted](err); ok {
		handle, err = c.GetActivityHandle(client.GetActivityHandleOptions{ActivityID: id}), nil
	}
	if err != nil {
		return "", err
	}
	var done string
	err = handle.Get(ctx, &done)
	return done, err
}

// serveByHand is the activity of byHand, with the heartbeats that a dead worker is noticed by.
func serveByHand(ctx context.Context, job shop.Job) (string, error) {
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		ticker := time.NewTicker(heartbeat / 2)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return shop.Work(ctx, attemptOf(ctx), job)
}

func registerByHand(c client.Client, queue string) worker.Worker {
	w := worker.New(c, queue, worker.Options{DisableWorkflowWorker: true})
	w.RegisterActivityWithOptions(serveByHand, activity.RegisterOptions{Name: byHandName})
	return w
}

// playByHand is a worker's process.
func playByHand() error {
	c, err := dial(os.Getenv(address))
	if err != nil {
		return err
	}
	w := registerByHand(c, os.Getenv(queue))
	if err := w.Start(); err != nil {
		return err
	}
	fmt.Println("ready")
	<-worker.InterruptCh()
	w.Stop()
	return nil
}

// TestCost compares calls, one after the other.
func TestCost(t *testing.T) {
	if !*cost {
		t.Skip("only with -cost")
	}
	c, _ := connect(t)
	serve(t, c, "generated", tasks...)
	hand := registerByHand(c, "hand")
	if err := hand.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hand.Stop)
	generated := engine(c, "generated")
	ways := []struct {
		name string
		call func(run string) (string, error)
	}{
		{"SDK by hand", func(run string) (string, error) { return byHand(t.Context(), c, "hand", run, shop.Job{Name: "cost"}) }},
		{"generated", func(run string) (string, error) {
			return shop.WorkWithRetry(remote.With(t.Context(), generated, run), shop.Job{Name: "cost"})
		}},
	}
	const calls = 300
	took := map[string][]time.Duration{}
	for i := range calls {
		for _, kind := range []string{"fresh", "found again"} {
			for j := range ways {
				way := ways[(i+j)%len(ways)]
				began := time.Now()
				if done, err := way.call(fmt.Sprintf("cost-%s-%d", way.name, i)); err != nil || done != "cost" {
					t.Fatal(done, err)
				}
				took[kind+", "+way.name] = append(took[kind+", "+way.name], time.Since(began))
			}
		}
	}
	for _, kind := range []string{"fresh", "found again"} {
		hand, generated := median(took[kind+", SDK by hand"]), median(took[kind+", generated"])
		t.Logf("%-12s by hand %v, generated %v: %.2f times", kind, hand, generated, float64(generated)/float64(hand))
	}
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2].Round(10 * time.Microsecond)
}

// TestCostOfWorker compares workers, each in a process of its own, with 200 attempts at a time.
func TestCostOfWorker(t *testing.T) {
	if !*cost {
		t.Skip("only with -cost")
	}
	c, at := connect(t)
	const most = 200
	job := shop.Job{Name: "cost", Time: 10 * time.Second}
	for round := range 3 {
		for _, way := range []struct {
			name string
			call func(queue, run string) (string, error)
		}{
			{"by hand", func(queue, run string) (string, error) { return byHand(t.Context(), c, queue, run, job) }},
			{"worker", func(queue, run string) (string, error) {
				return shop.WorkWithRetry(remote.With(t.Context(), engine(c, queue), run), job)
			}},
		} {
			of := fmt.Sprintf("%s-%s-%d", queueOf(t), way.name, round)
			p := start(t, way.name, address+"="+at, queue+"="+of)
			var group sync.WaitGroup
			for i := range most {
				group.Go(func() {
					if _, err := way.call(of, fmt.Sprintf("%s-%d", of, i)); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			peak, busy := usage(t, p.id())
			t.Logf("%-8s %d attempts: %s at most, %v of CPU", way.name, most, peak, busy)
			p.kill()
		}
	}
}

// usage returns the most memory that a process has had, and its time on CPUs.
func usage(t *testing.T, id int) (peak string, busy time.Duration) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			peak = strings.TrimSpace(value)
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		t.Fatal(err)
	}
	var user, system int
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	return peak, time.Duration(user+system) * 10 * time.Millisecond
}

// attemptOf returns the attempt of an activity.
func attemptOf(ctx context.Context) retry.Attempt {
	return retry.Attempt{Number: int(activity.GetInfo(ctx).Attempt)}
}
