package temporal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// decided is what was decided in the course of a call.
type decided struct {
	waits []time.Duration
	made  int
	err   string
}

func (f failing) machine() *machine {
	return &machine{Policy: retry.MustParsePolicy("retries=3 delay=fibonacci(5) jitter=+50% cap=12s"), Max: 2, errs: f}
}

type failing func(int) error

// random returns a context with a source of random numbers.
func random(ctx context.Context) context.Context {
	return retry.With(ctx, retry.Random(rand.NewPCG(1, 2)))
}

// inPlace makes a call in this process.
func inPlace(t *testing.T, fails failing, call func(*machine, context.Context) error) (d decided) {
	synctest.Test(t, func(t *testing.T) {
		defer retry.Observe(func(_ context.Context, e retry.Event) {
			if e.Decision == retry.DecisionRetry {
				d.waits = append(d.waits, max(e.Wait, atOnce))
			}
		})()
		m := fails.machine()
		d.err = fmt.Sprint(call(m, random(t.Context())))
		d.made = m.made
	})
	return d
}

// environment is an engine whose attempts are made by the SDK's environment for tests. It knows what a server knows.
type environment struct {
	t      *testing.T
	task   remote.Task
	worker context.Context
	waits  []time.Duration
}

// Run makes attempts as a server has them made: it knows only what the worker has told it.
func (e *environment) Run(_ context.Context, c *remote.Call) ([]byte, error) {
	attempt := attemptOf{task: e.task, arguments: string(c.Arguments), worker: e.worker}
	for {
		attempt.number++
		told := attempt.serve(e.t)
		switch {
		case told.raw == nil:
			return []byte(told.results), nil
		case told.err == nil:
			return nil, told.raw
		case told.err.NonRetryable():
			return nil, rebuilt(c, told.err)
		}
		if told.kept != nil {
			attempt.past = *told.kept
		}
		wait := e.next(told.err)
		attempt.began += wait
	}
}

func (e *environment) next(err *temporal.ApplicationError) time.Duration {
	e.waits = append(e.waits, err.NextRetryDelay())
	return err.NextRetryDelay()
}

// TestDecisions makes each call in place and by workers: what the server is told has the same waits, the same number of
// attempts and the same error at the end, for the same failures and the same random numbers.
func TestDecisions(t *testing.T) {
	for _, test := range decisions {
		for name, fails := range failures {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				want := inPlace(t, fails, test.call)
				worker := failing(fails).machine()
				e := &environment{t: t, task: test.task(worker), worker: random(context.Background())}
				err := test.call(&machine{}, remote.With(t.Context(), e, t.Name()))
				got := decided{e.waits, worker.made, fmt.Sprint(err)}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("by workers %+v\nin place   %+v", got, want)
				}
			})
		}
	}
}
