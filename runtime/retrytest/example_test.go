package retrytest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

func ExampleFailFirst() {
	fails := retrytest.FailFirst(2, errBusy)
	shop := Shop{exchange: func(string) (Price, error) { return 100, fails.Next() }}

	price, err := shop.FetchPriceWithRetry(retry.With(context.Background(), retry.NoDelay()), "GOLD")
	fmt.Println(price, err, fails.Calls())
	// Output: 100 <nil> 3
}

func ExampleFailures_RoundTripper() {
	fails := retrytest.FailWith(io.ErrUnexpectedEOF, retrytest.Status(http.StatusServiceUnavailable))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer server.Close()
	client := &http.Client{Transport: fails.RoundTripper(nil)}

	ctx := retry.With(context.Background(), retry.NoDelay())
	req, _ := http.NewRequestWithContext(ctx, http.MethodPut, server.URL, strings.NewReader("the whole body again"))
	resp, err := getWithRetry(client, req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body), fails.Calls())
	// Output: 200 OK the whole body again 3
}

func ExampleFailures_Handler() {
	fails := retrytest.FailFirst(1, retry.After(retrytest.Status(http.StatusTooManyRequests), 30*time.Second))
	server := httptest.NewServer(fails.Handler(http.NotFoundHandler()))
	defer server.Close()

	for range 2 {
		resp, err := http.Get(server.URL)
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
		fmt.Println(resp.Status, resp.Header.Get("Retry-After"))
	}
	// Output:
	// 429 Too Many Requests 30
	// 404 Not Found
}

// t is the test in the examples.
var t testing.TB = &test{}

func ExampleRecord() {
	shop := Shop{exchange: func(string) (Price, error) { return 0, errBusy }}
	ctx := retry.With(context.Background(), retry.NoDelay(), retry.Retries(2))

	ctx, calls := retrytest.Record(t, ctx, "retrytest_test.Shop.FetchPrice")
	_, err := shop.FetchPriceWithRetry(ctx, "GOLD")

	fmt.Println(err)
	fmt.Println(calls.Attempts(), calls.Waits())
	fmt.Println(calls.Events()[2].Decision)
	// Output:
	// busy
	// 3 [0s 0s]
	// gave up
}
