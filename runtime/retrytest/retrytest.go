// Package retrytest helps to test code that retries: it makes the first attempts fail, and records what a wrapper did
// about it.
//
// A wrapper cannot be told to fail: its first attempt is a plain call of the function, with nothing around it. So the
// failures come from what the function calls. [FailFirst] is for a fake:
//
//	func TestFetchPrice(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			fails := retrytest.FailFirst(2, ErrBusy)
//			shop := Shop{exchange: func(string) (Price, error) { return 100, fails.Next() }}
//			ctx, calls := retrytest.Record(t, retry.With(t.Context(), retry.NoJitter()), "shop.Shop.FetchPrice")
//			price, err := shop.FetchPriceWithRetry(ctx, "GOLD")
//			if price != 100 || err != nil {
//				t.Errorf("price %v, error %v", price, err)
//			}
//			calls.WantAttempts(3)
//			calls.WantWaits(2*time.Second, 4*time.Second)
//		})
//	}
//
// [Failures.RoundTripper] and [Failures.Handler] are for clients and servers of HTTP. Inside a bubble of testing/synctest
// the waits pass at once, and with retry.NoJitter they are exactly the schedule's.
//
// Nothing here changes the process: failures belong to a fake, and a recorder to a context. So tests may run in parallel.
package retrytest
