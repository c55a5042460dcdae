package retryhttp_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryhttp"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

func ExampleTransport() {
	fails := retrytest.FailFirst(2, retrytest.Status(http.StatusServiceUnavailable))
	server := httptest.NewServer(fails.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "in stock")
	})))
	defer server.Close()

	client := &http.Client{Transport: &retryhttp.Transport{}, Timeout: time.Minute}
	resp, err := client.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body), err, fails.Calls())
	// Output: 200 OK in stock <nil> 3
}

// signing is a transport that breaks the rules: it changes the request that it is given.
type signing struct{ base http.RoundTripper }

func (s signing) RoundTrip(req *http.Request) (*http.Response, error) {
	req.Header.Add("Authorization", "token")
	return s.base.RoundTrip(req)
}

// TestTransportServer sends requests to a server that answers 503 twice: each attempt is the same request, on the same
// connection, and the caller's does not change.
func TestTransportServer(t *testing.T) {
	var connections atomic.Int32
	fails := retrytest.FailFirst(2, retrytest.Status(http.StatusServiceUnavailable))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if len(r.Header["Authorization"]) != 1 || string(body) != "payload" {
			t.Errorf("header %v, body %q", r.Header, body)
		}
		fails.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	base := server.Client().Transport
	client := &http.Client{Transport: &retryhttp.Transport{Base: signing{base}}}

	ctx := retry.With(context.Background(), retry.NoDelay())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader("payload"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header["Idempotency-Key"] = nil
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound || fails.Calls() != 3 || connections.Load() != 1 || len(req.Header) != 1 {
		t.Errorf("status %d after %d attempts on %d connections, header of the request %v",
			resp.StatusCode, fails.Calls(), connections.Load(), req.Header)
	}
}

// TestTransportIf has a condition of the caller's own read the body of a success.
func TestTransportIf(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "state %d", requests.Add(1))
	}))
	defer server.Close()
	client := &http.Client{Transport: &retryhttp.Transport{
		If: func(req *http.Request, resp *http.Response, err error) (time.Duration, bool) {
			body, _ := io.ReadAll(resp.Body)
			return retry.Immediately, req.Method == http.MethodGet && string(body) != "state 3"
		},
	}}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "state 3" || err != nil {
		t.Errorf("body %q, error %v", body, err)
	}
}

// idle counts calls.
type idle struct {
	http.RoundTripper
	closed int
}

func (i *idle) CloseIdleConnections() { i.closed++ }

// TestTransportIdle closes idle connections of the base, if it has any.
func TestTransportIdle(t *testing.T) {
	base := &idle{}
	(&http.Client{Transport: &retryhttp.Transport{Base: base}}).CloseIdleConnections()
	(&http.Client{Transport: &retryhttp.Transport{Base: struct{ http.RoundTripper }{base}}}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("closed %d times, want once", base.closed)
	}
}
