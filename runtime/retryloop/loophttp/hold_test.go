package loophttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// attempt makes one attempt with a timeout, as it is generated.
func attempt(ctx context.Context, client *http.Client, url string, timeout time.Duration) (*http.Response, error) {
	attempt := retryloop.WithTimeout(ctx, timeout)
	defer attempt.Release()
	req, err := http.NewRequestWithContext(attempt, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	loophttp.Hold(attempt, resp)
	return resp, err
}

// servers starts a server for HTTP/1 and one for HTTP/2.
func servers(t *testing.T, handler http.HandlerFunc) map[string]*httptest.Server {
	t.Helper()
	one, two := httptest.NewServer(handler), httptest.NewUnstartedServer(handler)
	two.EnableHTTP2 = true
	two.StartTLS()
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	return map[string]*httptest.Server{"HTTP/1": one, "HTTP/2": two}
}

// TestHoldSlow reads a body for longer than the timeout.
func TestHoldSlow(t *testing.T) {
	const timeout = 300 * time.Millisecond
	for name, server := range servers(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		for range 5 {
			_, _ = io.WriteString(w, "0123456789")
			w.(http.Flusher).Flush()
			time.Sleep(timeout / 3)
		}
	}) {
		t.Run(name, func(t *testing.T) {
			resp, err := attempt(context.Background(), server.Client(), server.URL, timeout)
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, resp); len(got) != 50 {
				t.Errorf("read %d of 50 bytes", len(got))
			}
		})
	}
}

// TestHoldStall has no answer in time.
func TestHoldStall(t *testing.T) {
	for name, server := range servers(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) {
		t.Run(name, func(t *testing.T) {
			resp, err := attempt(context.Background(), server.Client(), server.URL, 20*time.Millisecond)
			if resp != nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("response %v, error %v; want none and %v", resp, err, context.DeadlineExceeded)
			}
		})
	}
}

// TestHoldCanceled cancels the caller's context while the body is read.
func TestHoldCanceled(t *testing.T) {
	for name, server := range servers(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			resp, err := attempt(ctx, server.Client(), server.URL, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
				t.Errorf("reading ended with %v, want %v", err, context.Canceled)
			}
			resp.Body.Close()
		})
	}
}

// TestHoldEnds checks what ends the context of a response, and that the caller's context is not asked to keep it.
func TestHoldEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		ends func(*http.Response)
		resp bool // the function returns a response with a body
	}{
		{"closed", func(resp *http.Response) { resp.Body.Close(); resp.Body.Close() }, true},
		{"read and closed", func(resp *http.Response) { _, _ = io.Copy(io.Discard, resp.Body); resp.Body.Close() }, true},
		{"dropped", func(*http.Response) {}, true},
		{"none", func(*http.Response) {}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent, cancel := context.WithCancel(context.Background())
			defer cancel()
			var ended <-chan struct{}
			func() {
				attempt := retryloop.WithTimeout(parent, time.Hour)
				ended = attempt.Done()
				var resp *http.Response
				if c.resp {
					resp = &http.Response{Body: io.NopCloser(strings.NewReader("body"))}
				}
				loophttp.Hold(attempt, resp)
				attempt.Release()
				if c.resp && attempt.Err() != nil {
					t.Error("the context ended before the body was closed")
				}
				c.ends(resp)
			}()
			for c.name == "dropped" { // hangs if the context does not end with the garbage
				select {
				case <-ended:
					return
				default:
					runtime.GC()
				}
			}
			<-ended
		})
	}
}

// TestHoldConn writes to a connection that has switched protocols.
func TestHoldConn(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := buffered.ReadString('\n')
		_, _ = io.WriteString(conn, line)
	}))
	defer server.Close()
	send := func(req *http.Request) (*http.Response, error) {
		attempt := retryloop.WithTimeout(req.Context(), time.Hour)
		defer attempt.Release()
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		resp, err := server.Client().Do(loophttp.WithContext(attempt, req))
		loophttp.Hold(attempt, resp)
		return resp, err
	}
	resp, err := wrapper{send: send}.do(request(t, http.MethodGet, server.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(resp.Body.(io.Writer), "hello\n"); err != nil {
		t.Error(err)
	}
	if got := read(t, resp); got != "hello\n" {
		t.Errorf("read %q, want what was written", got)
	}
}
