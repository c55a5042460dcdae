//go:build go1.25

package retrytest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

// TestFetchPrice is the test in the documentation of the package.
func TestFetchPrice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := retrytest.FailFirst(2, errBusy)
		shop := Shop{exchange: func(string) (Price, error) { return 100, fails.Next() }}
		ctx, calls := retrytest.Record(t, retry.With(t.Context(), retry.NoJitter()), "retrytest_test.Shop.FetchPrice")
		start := time.Now()
		price, err := shop.FetchPriceWithRetry(ctx, "GOLD")
		if price != 100 || err != nil {
			t.Errorf("price %v, error %v", price, err)
		}
		calls.WantAttempts(3)
		calls.WantWaits(2*time.Second, 4*time.Second)
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("the call took %v, want 6s", took)
		}
	})
}
