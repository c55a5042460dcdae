package loophttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryhttp"
	"github.com/retrygen/retrygen/runtime/retryloop"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// do is a wrapper of client.Do as it is generated.
func do(client *http.Client, req *http.Request, retries int) (*http.Response, error) {
	resp, err := client.Do(req)
	loop := retryloop.Loop{Context: loophttp.Context(req), Task: "test.Do", Retries: retries}
	for loop.Left(err) {
		wait, again := retryhttp.Transient(resp, err)
		if !again {
			break
		}
		loop.Ask(wait)
		if !loophttp.CanRewind(&loop, req) || !loop.Plan(0) {
			break
		}
		loophttp.Discard(resp)
		resp = nil
		if !loop.Sleep() || !loophttp.Rewind(&loop, &req) {
			break
		}
		resp, err = client.Do(req)
	}
	return loophttp.Settle(&loop, resp, err), loop.End(err)
}

// TestRewind sends a body three times, over one connection and over fresh ones.
func TestRewind(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		var bodies []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies = append(bodies, string(body))
			if fresh {
				w.Header().Set("Connection", "close")
			}
			if len(bodies) < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		req, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := do(server.Client(), req, 5)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("response %v, error %v", resp, err)
		}
		resp.Body.Close()
		if got := strings.Join(bodies, " "); got != "hello hello hello" {
			t.Errorf("bodies %q, want hello three times", got)
		}
		server.Close() // hangs if a connection is still in use
	}
}

func TestCannotRewind(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()
	req, err := http.NewRequest(http.MethodPost, server.URL, io.NopCloser(strings.NewReader("once")))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := do(server.Client(), req, 5)
	var stopped *retry.Error
	if !errors.As(err, &stopped) || stopped.Reason != retry.ReasonBody || stopped.Attempts != 1 || resp != nil {
		t.Errorf("response %v, error %v; want none, and an error that names the body", resp, err)
	}
}

// TestHold reads a response to its end after the attempt has returned.
func TestHold(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	get := func() (*http.Response, error) {
		hold := loophttp.Hold(cancel)
		defer hold.Release()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			return nil, err
		}
		resp, err := server.Client().Do(req)
		hold.Until(resp)
		return resp, err
	}
	resp, err := get()
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 1<<20 {
		t.Errorf("read %d bytes, error %v; want the whole body", len(body), err)
	}
	if ctx.Err() != nil {
		t.Error("the context ended before the body was closed")
	}
	if resp.Body.Close(); ctx.Err() == nil {
		t.Error("the context did not end with the body")
	}
}
