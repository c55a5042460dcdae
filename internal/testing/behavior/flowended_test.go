package behavior

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestPanicAndGoexit end a flow between its tasks; its run ends with it.
func TestPanicAndGoexit(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("broken") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &World{}
				var inside context.Context
				ended := make(chan bool)
				go func() {
					defer close(ended)
					defer func() { _ = recover() }()
					n := 0
					_ = w.RunWithRetry(t.Context(), func(ctx context.Context) error {
						inside = ctx
						w.next(t, ctx, "a")
						if n++; n == 2 {
							end()
						}
						return errMidway
					})
				}()
				<-ended
				w.counts(t, map[string]int{"Next a": 1})
				if retryloop.InFlow(inside) {
					t.Error("the run is still open")
				}
			})
		})
	}
}

// TestPanicOfTask is no success.
func TestPanicOfTask(t *testing.T) {
	w := &World{}
	run(t, w, twice(func(ctx context.Context) {
		defer func() { _ = recover() }()
		_, _ = SourceWithRetry{broken{w}}.Read(ctx, "x")
	}))
	w.counts(t, map[string]int{"Read x": 2})
}

type broken struct{ *World }

func (b broken) Read(context.Context, string) (int, error) {
	_, _ = b.do("Read x")
	panic("broken")
}

// TestCanceled ends a flow between two attempts. Another call of it starts from the beginning.
func TestCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &World{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		body := func(ctx context.Context) error {
			w.next(t, ctx, "a")
			return errMidway
		}
		//retry:ignore RL110 the deadline is to be too short
		err := w.RunWithRetry(ctx, body)
		if e, ok := errors.AsType[*retry.Error](err); !ok || e.Reason != retry.ReasonDeadline || !errors.Is(err, errMidway) {
			t.Errorf("gave %v", err)
		}
		if err := w.RunWithRetry(t.Context(), twice(func(ctx context.Context) { w.next(t, ctx, "a") })); err != nil {
			t.Error(err)
		}
		w.counts(t, map[string]int{"Next a": 2})
	})
}
