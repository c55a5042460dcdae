package behavior

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestPanicBeforeTheFlow has an observer that panics before the first attempt of a later process: the run is not left open.
func TestPanicBeforeTheFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &ledger{}
		die(func() { work(t.Context(), store, dying) })
		remove := retry.Observe(func(context.Context, retry.Event) { panic("observer") })
		func() {
			defer func() {
				if p := recover(); p != "observer" {
					t.Errorf("panic %v, want the observer's", p)
				}
			}()
			work(t.Context(), store, succeeding)
		}()
		remove()
		if s := work(t.Context(), store, succeeding); s.err != nil || !slices.Equal(s.numbers, []int{2}) {
			t.Errorf("attempts %v, error %v; want attempt 2", s.numbers, s.err)
		}
	})
}
