package loophttp_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// patience is how long a test waits for what takes 50 ms: a server that stalls does so for ever.
const patience = 20 * time.Second

// stalling is a server whose first answer is a 503 that never ends, in one of several ways, and whose others are "ok".
func stalling(t *testing.T, http2 bool, first http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			first(w, r)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	server.EnableHTTP2 = http2
	if http2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, &requests
}

// until writes what a 503 begins with and waits for the client to go away.
func until(w http.ResponseWriter, r *http.Request, each func(io.Writer) bool) {
	w.WriteHeader(http.StatusServiceUnavailable)
	for each(w) {
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(30 * time.Millisecond):
		}
	}
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

var stalls = map[string]http.HandlerFunc{
	"length": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "65536")
		until(w, r, func(io.Writer) bool { return false })
	},
	"chunked": func(w http.ResponseWriter, r *http.Request) {
		until(w, r, func(w io.Writer) bool { _, _ = io.WriteString(w, "overloaded"); return false })
	},
	"trickle": func(w http.ResponseWriter, r *http.Request) {
		until(w, r, func(w io.Writer) bool { _, err := io.WriteString(w, "."); return err == nil })
	},
	"compressed": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		until(w, r, func(w io.Writer) bool { _, _ = io.WriteString(w, "\x1f\x8b\x08\x00"); return false })
	},
	"endless": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		block := make([]byte, 32<<10)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	},
}

// TestStall retries after an answer that never ends.
func TestStall(t *testing.T) {
	for name, first := range stalls {
		for _, http2 := range []bool{false, true} {
			t.Run(name+map[bool]string{false: "/1", true: "/2"}[http2], func(t *testing.T) {
				server, requests := stalling(t, http2, first)
				w := wrapper{send: server.Client().Do, retries: 2, delay: time.Millisecond}
				resp := inTime(t, w, request(t, http.MethodGet, server.URL, nil))
				if body := read(t, resp); body != "ok" || requests.Load() != 2 {
					t.Errorf("body %q after %d requests, want ok after 2", body, requests.Load())
				}
			})
		}
	}
}

// inTime calls a wrapper that must not wait for the server.
func inTime(t *testing.T, w wrapper, req *http.Request) *http.Response {
	t.Helper()
	type result struct {
		resp *http.Response
		err  error
	}
	done := make(chan result, 1)
	go func() {
		resp, err := w.do(req)
		done <- result{resp, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			t.Fatal(r.err)
		}
		return r.resp
	case <-time.After(patience):
		t.Fatal("a response that never ends held the retry")
	}
	return nil
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	resp.Body.Close()
	return string(body)
}

// TestStallBudget returns an error, not a response that never ends.
func TestStallBudget(t *testing.T) {
	server, _ := stalling(t, false, stalls["length"])
	w := wrapper{send: server.Client().Do, retries: 2, budget: retry.NewBudget(0, 0, 0)}
	done := make(chan error, 1)
	go func() {
		_, err := w.do(request(t, http.MethodGet, server.URL, nil))
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, retry.ReasonBudget) {
			t.Errorf("error %v, want %v", err, retry.ReasonBudget)
		}
	case <-time.After(patience):
		t.Fatal("a response that never ends held the refusal")
	}
}

// TestReuse reads short answers to their end, so that all attempts share one connection.
func TestReuse(t *testing.T) {
	for _, body := range []string{"", "busy", strings.Repeat("x", 60<<10)} {
		var connections sync.Map
		var requests, opened atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, seen := connections.LoadOrStore(r.RemoteAddr, true); !seen {
				opened.Add(1)
			}
			if requests.Add(1) < 4 {
				w.WriteHeader(http.StatusBadGateway)
				_, _ = io.WriteString(w, body)
			}
		}))
		w := wrapper{send: server.Client().Do, retries: 5}
		resp, err := w.do(request(t, http.MethodGet, server.URL, nil))
		if err != nil {
			t.Fatal(err)
		}
		read(t, resp)
		if opened.Load() != 1 || requests.Load() != 4 {
			t.Errorf("body of %d bytes: %d connections for %d requests, want 1 for 4", len(body), opened.Load(), requests.Load())
		}
		server.Close() // hangs if a connection is still in use
	}
}

// TestSwitch closes a connection that has switched protocols at once.
func TestSwitch(t *testing.T) {
	closed := 0
	resp := &http.Response{StatusCode: http.StatusSwitchingProtocols, ContentLength: -1, Body: body{
		read:  func([]byte) (int, error) { t.Error("read from a connection"); return 0, io.EOF },
		close: func() error { closed++; return nil },
	}}
	discard(resp)
	if closed != 1 {
		t.Errorf("closed %d times, want once", closed)
	}
}

// TestPanic drains a body that panics.
func TestPanic(t *testing.T) {
	discard(&http.Response{ContentLength: -1, Body: body{
		read:  func([]byte) (int, error) { panic("read") },
		close: func() error { panic("close") },
	}})
}

// TestManyStalls has 1,000 callers at once, a tenth of whose answers stall.
func TestManyStalls(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) != "payload" || len(r.Header["Attempt"]) != 1 {
			http.Error(w, "not the request of one attempt", http.StatusBadRequest)
			return
		}
		switch n := requests.Add(1); {
		case n%10 == 0:
			until(w, r, func(io.Writer) bool { return false })
		case n%3 == 0:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	send := func(req *http.Request) (*http.Response, error) {
		req.Header.Add("Attempt", "this")
		return server.Client().Do(req)
	}
	server.Client().Transport.(*http.Transport).MaxConnsPerHost = 100
	var callers sync.WaitGroup
	for range 1000 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			req := request(t, http.MethodPost, server.URL, strings.NewReader("payload"))
			resp, err := wrapper{send: send, retries: 50}.do(req)
			if err != nil {
				t.Error(err)
				return
			}
			if resp.StatusCode != http.StatusOK || len(req.Header) != 0 {
				t.Errorf("status %d, header of the caller's request %v", resp.StatusCode, req.Header)
			}
			resp.Body.Close()
		}()
	}
	callers.Wait()
}
