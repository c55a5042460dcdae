//go:build go1.25

package retryloop_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestOverlayNoDelay turns delays off, which holds for policies too.
func TestOverlayNoDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := retryloop.Loop{
			Context: retry.With(t.Context(), retry.NoDelay()), Task: fetch,
			Policy: retry.MustParsePolicy("retries=9 delay=5 jitter=decorrelated"),
		}
		start := time.Now()
		_ = call(loop, second, func() error { return errOutage })
		if took := time.Since(start); took != 0 {
			t.Errorf("waits of %v in all", took)
		}
	})
}

// TestOverlayReset begins the schedule of a policy anew after an attempt that ran long.
func TestOverlayReset(t *testing.T) {
	for _, jitter := range []string{"jitter=none", "jitter=decorrelated"} {
		synctest.Test(t, func(t *testing.T) {
			got := sessions{lengths: []time.Duration{0, 0, 0, 0, time.Hour, 0}}
			loop := retryloop.Loop{Context: t.Context(), Retries: 9, Reset: time.Minute}
			loop.Policy = retry.MustParsePolicy("delay=exponential(1,base=10) " + jitter)
			_ = got.run(loop, func(*retryloop.Loop) time.Duration { return 0 })
			if list := got.waits(); list[4] > 3*second || list[0] > 3*second {
				t.Errorf("%s: waits %v, want the first and the fifth to be those of a first retry", jitter, list)
			}
			if want := []int{1, 2, 3, 4, 1, 2}; !slices.Equal(got.retries, want) {
				t.Errorf("retries %v, want %v", got.retries, want)
			}
		})
	}
}

// TestUntimed reports the timeout of a policy once for each task that cannot have one.
func TestUntimed(t *testing.T) {
	var log bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	timed, other := retry.MustParsePolicy("retries=1 timeout=5s"), retry.MustParsePolicy("retries=1 timeout=none")
	for i, loop := range []retryloop.Loop{
		{Task: "shop.A", Policy: timed, Says: retryloop.Untimed},
		{Task: "shop.A", Policy: timed, Says: retryloop.Untimed},
		{Task: "shop.B", Policy: timed},
		{Task: "shop.C", Policy: other, Says: retryloop.Untimed},
		{Task: "shop.D", Policy: timed, Says: retryloop.Untimed | retryloop.SaysRetries},
	} {
		log.Reset()
		loop.Context = t.Context()
		_ = call(loop, 0, func() error { return errOutage })
		reported := strings.Count(log.String(), fmt.Sprintf("task=%s timeout=5s", loop.Task))
		if want := map[int]int{0: 1, 4: 1}[i]; reported != want {
			t.Errorf("%d: %s is reported %d times, want %d:\n%s", i, loop.Task, reported, want, log.String())
		}
	}
}
