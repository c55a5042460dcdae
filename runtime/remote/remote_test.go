//go:build go1.25

package remote_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// failing returns a worker's shop whose calls fail so often, with errors in turn, before they succeed.
func failing(errs ...error) *shop {
	s := &shop{}
	s.fetch = func(_ context.Context, symbol string) (int, error) {
		s.calls = append(s.calls, symbol)
		if n := len(s.calls); n <= len(errs) {
			return 0, errs[n-1]
		}
		return 7, nil
	}
	return s
}

// TestCall makes a call whose first attempts fail. The caller has a receiver that cannot do anything.
func TestCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		worker := failing(errBusy, &statusError{Code: 503, Err: errBusy}, errBusy)
		engine := register(worker.FetchTask())
		price, err := (&shop{}).FetchWithRetry(remote.With(context.Background(), engine, "order"), "ACME")
		if price != 7 || err != nil {
			t.Errorf("%d, %v; want 7", price, err)
		}
		if want := []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}; !reflect.DeepEqual(engine.waits, want) {
			t.Errorf("waits %v, want %v", engine.waits, want)
		}
		call := engine.seen[0]
		if got := string(call.Arguments); got != `{"symbol":"ACME"}` {
			t.Errorf("arguments %s", got)
		}
		if call.Text != `"shop" "ACME"` || call.Timeout != 5*time.Second || call.Delay != 2*time.Second {
			t.Errorf("%+v", call)
		}
	})
}

// TestErrors shows what a caller finds in the error of a call.
func TestErrors(t *testing.T) {
	worker := failing(&statusError{404, retry.Permanent(errors.New("no such symbol"))})
	ctx := remote.With(context.Background(), register(worker.FetchTask()), "")
	_, err := (&shop{}).FetchWithRetry(ctx, "ACME")
	var status *statusError
	if !errors.As(err, &status) || status.Code != 404 || err.Error() != "status 404: no such symbol" || errors.Is(err, errBusy) {
		t.Errorf("%v is %v", err, status)
	}
}

// TestFlow makes a flow whose second task fails for good in the first attempt: the first task is not made again.
func TestFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		worker := failing(nil, errors.New("not named by on="))
		engine := register(worker.FetchTask(), worker.TotalTask())
		total, err := (&shop{}).TotalWithRetry(remote.With(context.Background(), engine, "night"), []string{"A", "B", "A"})
		if total != 14 || err != nil {
			t.Errorf("%d, %v; want 14", total, err)
		}
		if want := []string{"A", "B", "B", "A"}; !reflect.DeepEqual(worker.calls, want) {
			t.Errorf("calls %v, want %v", worker.calls, want)
		}
	})
}

// TestAgain makes the same calls below the same run again.
func TestAgain(t *testing.T) {
	worker := failing()
	engine := register(worker.FetchTask())
	for range 2 {
		ctx := remote.With(context.Background(), engine, "order")
		for range 3 {
			if price, err := (&shop{}).FetchWithRetry(ctx, "ACME"); price != 7 || err != nil {
				t.Errorf("%d, %v; want 7", price, err)
			}
		}
	}
	if n := len(worker.calls); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}
