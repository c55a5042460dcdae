package behavior

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestWeb sends a body to a server that fails twice, reads a large response over a single connection: a body
// that is neither read nor closed would keep it.
func TestWeb(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "hello" {
			t.Errorf("call %d got the body %q (%v)", calls.Load(), body, err)
		}
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000)) // the client may have closed
	}))
	transport := &http.Transport{MaxConnsPerHost: 1} // a leaked response would block the next attempt
	web := &Web{client: &http.Client{Transport: transport}}
	req, err := http.NewRequest(http.MethodPut, server.URL, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := web.SendWithRetry(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("response %v, error %v", resp, err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 100_000 {
		t.Errorf("read %d bytes (%v) of the response, want all", len(body), err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if calls.Load() != 3 {
		t.Errorf("%d calls, want 3", calls.Load())
	}
	transport.CloseIdleConnections()
	server.Close() // hangs if a connection is still in use
}
