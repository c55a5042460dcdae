package behavior

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestIdempotent counts the requests that reach a server which fails once.
func TestIdempotent(t *testing.T) {
	unavailable := func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }
	tooMany := func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }
	lost := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	for _, test := range []struct {
		name, method, key string
		fail              func(http.ResponseWriter)
		requests          int
	}{
		{"GET, 503", http.MethodGet, "", unavailable, 2},
		{"GET, connection lost", http.MethodGet, "", lost, 2},
		{"POST, 503", http.MethodPost, "", unavailable, 1},
		{"POST, 429", http.MethodPost, "", tooMany, 2},
		{"POST, connection lost", http.MethodPost, "", lost, 1},
		{"POST with a key, 503", http.MethodPost, "Idempotency-Key", unavailable, 2},
		{"PUT, 503", http.MethodPut, "", unavailable, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if requests.Add(1) == 1 {
					test.fail(w)
				}
			}))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), test.method, server.URL, strings.NewReader("one book"))
			if err != nil {
				t.Fatal(err)
			}
			if test.key != "" {
				req.Header.Set(test.key, "order-7")
			}
			resp, err := Orders{server.Client()}.SendWithRetry(req)
			if err == nil {
				resp.Body.Close()
			}
			if got := int(requests.Load()); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
			if succeeded := err == nil && resp.StatusCode == http.StatusOK; succeeded != (test.requests > 1) {
				t.Errorf("response %v, error %v", resp, err)
			}
		})
	}
}
