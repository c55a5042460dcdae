package behavior

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

var errTripped = errors.New("tripped")

// newGate returns a gate whose first n attempts fail, and whose breaker refuses some questions.
func newGate(n int, refused ...int) *Gate {
	g := &Gate{breaker: &Breaker{refuse: map[int]error{}}, act: func(_ context.Context, attempt int) (int, error) {
		if attempt <= n {
			return -attempt, errOutage
		}
		return attempt, nil
	}}
	for _, question := range refused {
		g.breaker.refuse[question] = errTripped
	}
	return g
}

// TestGuard passes a gate in several ways.
func TestGuard(t *testing.T) {
	pass := func(g *Gate, ctx context.Context) (int, error) { return g.PassWithRetry(ctx) }
	last := func(g *Gate, ctx context.Context) (int, error) { return g.PassLastWithRetry(ctx) }
	watched := func(g *Gate, ctx context.Context) (int, error) { return g.PassWatchedWithRetry(ctx) }
	for _, test := range []struct {
		name   string
		gate   *Gate
		call   func(*Gate, context.Context) (int, error)
		result int
		err    string // "" for none
		told   string
		events string
	}{
		{"succeeds", newGate(0), pass, 1, "", "[<nil>]", ""},
		{"succeeds, watched", newGate(0), watched, 1, "", "[<nil>]", "succeeded 1"},
		{"recovers", newGate(1), pass, 2, "", "[outage <nil>]", "retry 1, recovered 2"},
		{
			"first refused", newGate(0, 1), pass, 0,
			"behavior.Gate.Pass: stopped after 0 attempts: the guard refused the attempt (tripped)", "[]", "gave up 0",
		},
		{
			"first refused, watched", newGate(0, 1), watched, 0,
			"behavior.Gate.PassWatched: stopped after 0 attempts: the guard refused the attempt (tripped)", "[]", "gave up 0",
		},
		{
			"first refused, with the last error", newGate(0, 1), last, 0,
			"behavior.Gate.PassLast: stopped after 0 attempts: the guard refused the attempt (tripped)", "[]", "gave up 0",
		},
		{
			"second refused", newGate(9, 2), pass, -1,
			"behavior.Gate.Pass: stopped after 1 attempt: the guard refused the attempt (tripped); last error: outage",
			"[outage]", "retry 1, gave up 1",
		},
		{"second refused, with the last error", newGate(9, 2), last, -1, "outage", "[outage]", "retry 1, gave up 1"},
		{"no guard", &Gate{act: newGate(1).act}, pass, 2, "", "", "retry 1, recovered 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var events []string
				ctx := retry.With(t.Context(), retry.Observer(func(_ context.Context, e retry.Event) {
					events = append(events, fmt.Sprint(e.Decision, " ", e.Attempt))
				}))
				result, err := test.call(test.gate, ctx)
				if result != test.result || err == nil && test.err != "" || err != nil && err.Error() != test.err {
					t.Errorf("%d, %v; want %d, %s", result, err, test.result, test.err)
				}
				if b := test.gate.breaker; b != nil && fmt.Sprint(b.told) != test.told {
					t.Errorf("told %v, want %s", b.told, test.told)
				}
				if got := strings.Join(events, ", "); got != test.events {
					t.Errorf("events %s, want %s", got, test.events)
				}
			})
		})
	}
}

// TestGuardTimeout has an attempt run into its timeout: that is what the breaker is told.
func TestGuardTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0)
		g.act = func(ctx context.Context, attempt int) (int, error) {
			if attempt == 1 {
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return attempt, nil
		}
		n, err := g.PassWithRetry(t.Context())
		if n != 2 || err != nil || !slices.Equal(g.breaker.told, []error{context.DeadlineExceeded, nil}) {
			t.Errorf("%d, %v; told %v", n, err, g.breaker.told)
		}
	})
}

// closer counts how often it is closed.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

// TestGuardRequest closes the body of a request that is not sent.
func TestGuardRequest(t *testing.T) {
	body := &closer{Reader: strings.NewReader("payload")}
	//retry:ignore RL203 no attempt sends the request
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://example.com", body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := newGate(-1, 1).PostWithRetry(req)
	if resp != nil || !errors.Is(err, retry.ReasonGuard) || body.closed != 1 {
		t.Errorf("%v, %v; closed %d times", resp, err, body.closed)
	}
}

// TestGuardRemembered does not ask for a task whose results a flow has recorded.
func TestGuardRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(-1, 2)
		err := CountWithRetry(t.Context(), func(ctx context.Context, a retry.Attempt) error {
			if _, err := g.PassRememberedWithRetry(ctx, "key"); err != nil || a.Number == 3 {
				return err
			}
			return errOutage
		})
		if err != nil || g.breaker.asked != 1 {
			t.Errorf("error %v, asked %d times, want once", err, g.breaker.asked)
		}
	})
}

// TestGuardProgress calls a flow in several processes, of which the store keeps the count: an attempt that was refused
// does not count, and one that was waited for is made by the next process.
func TestGuardProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, g := &ledger{}, newGate(2, 1, 3, 4)
		begin := func() (n int, took time.Duration, err error) {
			start := time.Now()
			n, err = g.BeginWithRetry(retry.WithRun(t.Context(), store, "nightly"))
			return n, time.Since(start), err
		}
		for i, want := range []struct {
			attempts int
			took     time.Duration
		}{
			{0, 0},                // the first is refused
			{1, 10 * time.Second}, // the first fails, the second is refused after its wait
			{1, 0},                // the second is refused again
		} {
			_, took, err := begin()
			var stopped *retry.Error
			if !errors.As(err, &stopped) || stopped.Reason != retry.ReasonGuard || stopped.Attempts != want.attempts || took != want.took {
				t.Errorf("call %d: %v after %v, want %+v", i+1, err, took, want)
			}
		}
		if n, took, err := begin(); n != 3 || err != nil || took != 10*time.Second {
			t.Errorf("the last call: %d, %v after %v; want 3 after 10s", n, err, took)
		}
	})
}

// TestGuardFlow refuses a flow that has no store.
func TestGuardFlow(t *testing.T) {
	if n, err := newGate(0, 1).BeginWithRetry(t.Context()); n != 0 || !errors.Is(err, retry.ReasonGuard) || !errors.Is(err, errTripped) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestGuardStore has the store fail when a retry has been allowed. The breaker is told why that attempt was not made.
func TestGuardStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errFull := errors.New("the disk is full")
		store, g := &ledger{failed: map[string]error{}}, newGate(0)
		g.act = func(context.Context, int) (int, error) {
			store.failed["begin"] = errFull
			return 0, errOutage
		}
		_, err := g.BeginWithRetry(retry.WithRun(t.Context(), store, "nightly"))
		if told := g.breaker.told; !errors.Is(err, retry.ReasonCheckpoint) || len(told) != 2 || told[0] != errOutage || !errors.Is(told[1], errFull) {
			t.Errorf("error %v, told %v", err, told)
		}
	})
}
