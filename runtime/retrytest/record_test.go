package retrytest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

// test is a test that keeps what is reported and logged.
type test struct {
	testing.TB
	failed  bool
	cleanup []func()
	text    strings.Builder
}

func (t *test) Helper()                         {}
func (t *test) Cleanup(f func())                { t.cleanup = append(t.cleanup, f) }
func (t *test) Failed() bool                    { return t.failed }
func (t *test) Logf(format string, args ...any) { fmt.Fprintf(&t.text, format+"\n", args...) }

func (t *test) Errorf(format string, args ...any) {
	t.failed = true
	t.Logf(format, args...)
}

// end ends the test and returns what it printed.
func (t *test) end() string {
	for _, f := range t.cleanup {
		f()
	}
	return t.text.String()
}

// fetch calls the wrapper without waits; the fails are its exchange's.
func fetch(ctx context.Context, fails *retrytest.Failures) error {
	shop := Shop{exchange: func(string) (Price, error) { return 0, fails.Next() }}
	_, err := shop.FetchPriceWithRetry(retry.With(ctx, retry.NoDelay()), "GOLD")
	return err
}

// TestReport reads what a test prints if its expectations do not hold, and that it prints nothing if they do.
func TestReport(t *testing.T) {
	const task = "retrytest_test.Shop.FetchPrice"
	const events = `level=WARN msg="retry: retry" task=retrytest_test.Shop.FetchPrice attempt=1 retries=4 wait=0s error=busy
level=INFO msg="retry: recovered" task=retrytest_test.Shop.FetchPrice attempt=2 retries=4

`
	for _, test := range []struct {
		name, task, want string
		expect           func(*retrytest.Recorder)
	}{
		{"as expected", task, "", func(r *retrytest.Recorder) { r.WantAttempts(2); r.WantWaits(0) }},
		{
			"attempts", task, task + ": 2 attempts, want 3\n" + task + ": 2 events\n" + events,
			func(r *retrytest.Recorder) { r.WantAttempts(3) },
		},
		{
			"waits", task, task + ": waits [0s], want [1ns]\n" + task + ": 2 events\n" + events,
			func(r *retrytest.Recorder) { r.WantWaits(1) },
		},
		{
			"all tasks", "", "all tasks: waits [0s], want []\nall tasks: 2 events\n" + events,
			func(r *retrytest.Recorder) { r.WantWaits() },
		},
		{
			"another task", "shop.Sell", "shop.Sell: 0 attempts, want 1\nshop.Sell: 0 events\n\n",
			func(r *retrytest.Recorder) { r.WantWaits(); r.WantAttempts(1) },
		},
	} {
		t.Run(test.name, func(t *testing.T) { checkReport(t, test.task, test.want, test.expect) })
	}
}

func checkReport(t *testing.T, task, want string, expect func(*retrytest.Recorder)) {
	t.Helper()
	inner := &test{}
	ctx, calls := retrytest.Record(inner, context.Background(), task)
	if err := fetch(ctx, retrytest.FailFirst(1, errBusy)); err != nil {
		t.Error(err)
	}
	expect(calls)
	if got := inner.end(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

// TestParallel runs tests at the same time, each with failures and a recorder of its own.
func TestParallel(t *testing.T) {
	for n := range 8 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			ctx, calls := retrytest.Record(t, context.Background(), "retrytest_test.Shop.FetchPrice")
			for range 100 {
				fails := retrytest.FailFirst(n, errBusy)
				if err := fetch(ctx, fails); (err == nil) != (n < 5) || fails.Calls() != min(n+1, 5) {
					t.Errorf("error %v after %d calls", err, fails.Calls())
				}
			}
			if n > 0 { // a call that succeeds at once leaves no event
				calls.WantAttempts(100 * min(n+1, 5))
			}
			if got, want := len(calls.Waits()), 100*min(n, 4); got != want {
				t.Errorf("%d waits, want %d", got, want)
			}
		})
	}
}
