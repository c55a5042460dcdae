package behavior

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// protocols are the servers of a test: of HTTP/1 and HTTP/2.
func protocols(t *testing.T, test func(t *testing.T, serve func(http.HandlerFunc) (*Web, string))) {
	for _, http2 := range []bool{false, true} {
		t.Run(map[bool]string{false: "HTTP1", true: "HTTP2"}[http2], func(t *testing.T) {
			test(t, func(handler http.HandlerFunc) (*Web, string) {
				server := httptest.NewUnstartedServer(handler)
				server.EnableHTTP2 = http2
				if http2 {
					server.StartTLS()
				} else {
					server.Start()
				}
				t.Cleanup(server.Close)
				return &Web{client: server.Client()}, server.URL
			})
		})
	}
}

// record is what a server saw.
type record struct {
	lock  sync.Mutex
	lines []string
}

// add adds a line and returns the number of lines.
func (r *record) add(line ...any) int {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.lines = append(r.lines, fmt.Sprint(line...))
	return len(r.lines)
}

// all returns the lines so far.
func (r *record) all() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.lines)
}

// readAll reads and closes a body.
func readAll(t *testing.T, body io.ReadCloser) string {
	t.Helper()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Errorf("after %d bytes: %v", len(text), err)
	}
	body.Close()
	return string(text)
}

// soon fails a test that a server holds. What it runs takes less than a second; such a server never ends.
func soon(t *testing.T, run func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		t.Fatal("a response that does not end held the call")
	}
}

// stalls answers 503 with a body that does not end, and "ok" after the first time.
func stalls(times int) http.HandlerFunc {
	var calls record
	return func(w http.ResponseWriter, r *http.Request) {
		if calls.add() > times {
			_, _ = io.WriteString(w, "ok")
			return
		}
		w.Header().Set("Content-Length", "65536")
		w.WriteHeader(http.StatusServiceUnavailable)
		for {
			if _, err := io.WriteString(w, "."); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(300 * time.Millisecond):
			}
		}
	}
}

// TestStalled is not held by a response that does not end.
func TestStalled(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		soon(t, func() {
			web, url := serve(stalls(2))
			resp, err := web.PatientWithRetry(context.Background(), url)
			if err != nil {
				t.Error(err)
				return
			}
			if got := readAll(t, resp.Body); got != "ok" {
				t.Errorf("read %q, want ok", got)
			}
		})
		soon(t, func() {
			web, url := serve(stalls(1))
			resp, err := web.RefusedWithRetry(context.Background(), url)
			if !errors.Is(err, retry.ReasonBudget) || resp != nil {
				t.Errorf("response %v, error %v; want none and %v", resp, err, retry.ReasonBudget)
			}
		})
	})
}

// TestOwnRequest checks that each attempt gets a request of its own.
func TestOwnRequest(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		var saw record
		web, url := serve(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if saw.add(r.URL.RawQuery, " ", r.Header["Authorization"], " ", string(body)) < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		req, err := http.NewRequest(http.MethodPost, url, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := web.DoWithRetry(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got, want := strings.Join(saw.all(), ", "), "nonce=1 [t1] x, nonce=2 [t2] x, nonce=3 [t3] x"; got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
		if len(req.Header) != 0 || req.URL.RawQuery != "" {
			t.Errorf("the caller's request has become %v %v", req.URL, req.Header)
		}
	})
}

// TestPair has two requests, and responses of which one comes with an error.
func TestPair(t *testing.T) {
	var calls record
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := calls.add()
		if n == 2 {
			w.WriteHeader(http.StatusBadGateway)
		}
		fmt.Fprintf(w, "%d %s %d", n, body, len(r.Header["Authorization"]))
	}))
	defer server.Close()
	web := &Web{client: server.Client()}
	first, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("first"))
	second, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("second"))
	one, two, err := web.PairWithRetry(context.Background(), first, second)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := readAll(t, one.Body)+", "+readAll(t, two.Body), "3 first 1, 4 second 1"; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

// TestNilRequest passes nil on.
func TestNilRequest(t *testing.T) {
	web := &Web{client: http.DefaultClient}
	defer func() {
		if recover() == nil {
			t.Error("no panic of the function's own")
		}
	}()
	_, _ = web.ResponseWithRetry(nil)
}

// TestConditionReads has a condition that reads and closes the body.
func TestConditionReads(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		var calls record
		long := strings.Repeat("0123456789", 50_000)
		web, url := serve(func(w http.ResponseWriter, r *http.Request) {
			if calls.add() < 3 {
				_, _ = io.WriteString(w, "retry")
			}
			_, _ = io.WriteString(w, long)
		})
		resp, err := web.GetWithRetry(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, resp.Body); got != long || len(calls.all()) != 3 {
			t.Errorf("%d calls, the caller reads %d bytes, want 3 and %d", len(calls.all()), len(got), len(long))
		}
	})
}

// TestTransport retries below an http.Client, with redirects and a body.
func TestTransport(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		var saw record
		web, url := serve(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch n := saw.add(r.URL.Path, " ", string(body)); {
			case n%2 == 1:
				w.WriteHeader(http.StatusServiceUnavailable)
			case r.URL.Path == "/":
				http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
			}
		})
		client := &http.Client{Transport: TransportWithRetry{web.client.Transport}}
		resp, err := client.Post(url, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got, want := strings.Join(saw.all(), ", "), "/ x, / x, /there x, /there x"; got != want || resp.StatusCode != http.StatusOK {
			t.Errorf("status %d, the server saw %q, want %q", resp.StatusCode, got, want)
		}
	})
}

// TestManyRequests has 1,000 callers at once, with servers that are busy, stall, and answer slowly.
func TestManyRequests(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		var calls record
		web, url := serve(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch n := calls.add(); {
			case n%20 == 0:
				w.WriteHeader(http.StatusServiceUnavailable)
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			case n%7 == 0:
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				_, _ = w.Write(body)
			}
		})
		if transport := web.client.Transport.(*http.Transport); transport.MaxConnsPerHost == 0 {
			transport.MaxConnsPerHost = 100
		}
		var callers sync.WaitGroup
		for i := range 1000 {
			callers.Add(1)
			go func() {
				defer callers.Done()
				want := fmt.Sprint("caller ", i)
				req, _ := http.NewRequest(http.MethodPut, url, strings.NewReader(want))
				resp, err := web.SendWithRetry(req)
				if err != nil {
					t.Error(err)
					return
				}
				if resp.StatusCode == http.StatusOK {
					if got := readAll(t, resp.Body); got != want {
						t.Errorf("read %q, want %q", got, want)
					}
				}
				resp.Body.Close()
			}()
		}
		callers.Wait()
	})
}
