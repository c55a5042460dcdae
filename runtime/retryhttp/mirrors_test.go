package retryhttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/retrygen/retrygen/runtime/retry"
)

// mirrors is an http.RoundTripper that asks another mirror in each attempt. Its method RoundTrip is generated.
type mirrors struct {
	hosts []string
	base  http.RoundTripper
}

//retry:task retries=3 delay=50ms jitter=full as=RoundTrip
//retry:task if=github.com/retrygen/retrygen/runtime/retryhttp.IdempotentRequest(req,result,err)
func (m mirrors) send(attempt retry.Attempt, req *http.Request) (*http.Response, error) {
	req.URL.Host = m.hosts[(attempt.Number-1)%len(m.hosts)]
	return m.base.RoundTrip(req)
}

// A transport of one's own has a directive above the method that makes an attempt, with as=RoundTrip:
//
//	//retry:task retries=3 delay=50ms jitter=full as=RoundTrip
//	//retry:task if=github.com/retrygen/retrygen/runtime/retryhttp.IdempotentRequest(req,result,err)
//	func (m mirrors) send(attempt retry.Attempt, req *http.Request) (*http.Response, error) {
//		req.URL.Host = m.hosts[(attempt.Number-1)%len(m.hosts)]
//		return m.base.RoundTrip(req)
//	}
//
// Each attempt has a request of its own, which it may change.
func Example_roundTripper() {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("asked for", r.URL.Path)
	}))
	defer up.Close()

	client := &http.Client{Transport: mirrors{
		hosts: []string{strings.TrimPrefix(down.URL, "http://"), strings.TrimPrefix(up.URL, "http://")},
		base:  http.DefaultTransport,
	}}
	ctx := retry.With(context.Background(), retry.NoDelay())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://mirrors.example/list", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	fmt.Println(resp.Status)
	// Output:
	// asked for /list
	// 200 OK
}
