package behavior

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/retrygen/retrygen/runtime/retry"
)

// failed returns the error of a checkpoint.
func failed(t *testing.T, err error, attempts int, why string) *retry.Error {
	t.Helper()
	e, ok := errors.AsType[*retry.Error](err)
	if !ok || e.Reason != retry.ReasonCheckpoint || e.Attempts != attempts || !strings.Contains(err.Error(), why) {
		t.Fatalf("error %v, want that a checkpoint failed after %d attempts: %s", err, attempts, why)
	}
	return e
}

// TestNotToBeRecorded has results that JSON would not keep: the caller gets them and an error.
func TestNotToBeRecorded(t *testing.T) {
	for name, why := range map[string]string{"NaN": "unsupported value: NaN", "bytes": `the text "\xff" in Name is not UTF-8`} {
		w := &World{}
		err := process(t, &disk{}, func(ctx context.Context) error {
			goods, err := (&Shop{World: w}).LoadWithRetry(ctx, name)
			if goods.Number != 1 {
				t.Errorf("%s: gave %+v", name, goods)
			}
			return err
		})
		failed(t, err, 1, why)
	}
	// In a run without a store nothing is written, and any result will do.
	w := &World{}
	run(t, w, twice(func(ctx context.Context) {
		if _, err := (&Shop{World: w}).LoadWithRetry(ctx, "bytes"); err != nil {
			t.Error(err)
		}
	}))
}

func TestBrokenStore(t *testing.T) {
	store, w := &disk{}, &World{}
	err := process(t, store, func(ctx context.Context) error {
		store.broken = errors.New("disk full")
		_, err := (&Shop{World: w}).LoadWithRetry(ctx, "a")
		return err
	})
	failed(t, err, 0, "looking up its results: disk full")
	if w.count("Load a") != 0 {
		t.Error("a task ran whose results could not be looked up")
	}
}

// TestHeld has a run that is open elsewhere: the flow does not begin.
func TestHeld(t *testing.T) {
	store := &disk{}
	err := process(t, store, func(ctx context.Context) error {
		err := process2(t.Context(), store, func(context.Context) error { t.Error("the second flow began"); return nil })
		failed(t, err, 0, `opening run "nightly": another process holds it`)
		err = process2(ctx, &disk{}, func(context.Context) error { t.Error("a run began within another"); return nil })
		failed(t, err, 0, "WithRun names a run within one that is open already")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	failed(t, process2(t.Context(), nil, nil), 0, "no store")
}

func process2(ctx context.Context, store retry.Store, body func(context.Context) error) error {
	return (&World{}).RunWithRetry(retry.WithRun(ctx, store, "nightly"), body)
}

// TestTooLate has a durable task end after its flow.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &World{}
		late := make(chan error, 1)
		err := process2(t.Context(), &disk{}, func(ctx context.Context) error {
			go func() {
				_, err := (&Shop{World: w}).SlowlyWithRetry(ctx, "a")
				late <- err
			}()
			synctest.Wait()
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		failed(t, <-late, 1, "the flow run has ended")
	})
}

// TestDamaged finds records that are not what was written.
func TestDamaged(t *testing.T) {
	for _, text := range []string{"", "{", `{"Number":1}x`, `{"Other":1}`, `{"Number":"1"}`} {
		store, w := &disk{}, &World{}
		flow := func(ctx context.Context) error {
			_, err := (&Shop{World: w}).LoadWithRetry(ctx, "a")
			return err
		}
		if err := process(t, store, flow); err != nil {
			t.Fatal(err)
		}
		for key := range store.records["nightly"] {
			store.records["nightly"][key] = []byte(text)
		}
		failed(t, process(t, store, flow), 0, "the record is damaged")
	}
}

// TestReleased keeps the context of a flow that has ended, and nothing of what the flow remembered.
func TestReleased(t *testing.T) {
	for name, end := range map[string]func() error{
		"success": func() error { return nil },
		"failure": func() error { return retry.Permanent(errMidway) },
		"panic":   func() error { panic("broken") },
	} {
		var inside context.Context
		var result weak.Pointer[Handle]
		var receiver weak.Pointer[World]
		func() {
			defer func() { _ = recover() }()
			_ = (&World{}).RunWithRetry(t.Context(), func(ctx context.Context) error {
				w := &World{}
				h, err := w.OpenWithRetry(ctx)
				if err != nil {
					t.Error(err)
				}
				inside, result, receiver = ctx, weak.Make(h), weak.Make(w)
				return end()
			})
		}()
		runtime.GC()
		if result.Value() != nil || receiver.Value() != nil {
			t.Errorf("%s: what was remembered is still there", name)
		}
		runtime.KeepAlive(inside)
	}
}
