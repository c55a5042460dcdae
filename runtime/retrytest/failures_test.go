package retrytest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

// TestNext asks for four calls.
func TestNext(t *testing.T) {
	errGone := errors.New("gone")
	for _, test := range []struct {
		name  string
		fails *retrytest.Failures
		want  []error
	}{
		{"none", retrytest.FailFirst(0, errBusy), []error{nil, nil, nil, nil}},
		{"fewer than none", retrytest.FailFirst(-1, errBusy), []error{nil, nil, nil, nil}},
		{"the first two", retrytest.FailFirst(2, errBusy), []error{errBusy, errBusy, nil, nil}},
		{"by a list", retrytest.FailWith(errBusy, nil, errGone), []error{errBusy, nil, errGone, nil}},
		{"by an empty list", retrytest.FailWith(), []error{nil, nil, nil, nil}},
		{"always", retrytest.FailAlways(errGone), []error{errGone, errGone, errGone, errGone}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, want := range test.want {
				if got := test.fails.Next(); got != want || test.fails.Calls() != i+1 {
					t.Errorf("call %d of %d: %v, want %v", i+1, test.fails.Calls(), got, want)
				}
			}
		})
	}
}

// TestNextTogether has many goroutines share failures: as many fail as are to fail.
func TestNextTogether(t *testing.T) {
	fails := retrytest.FailFirst(30, errBusy)
	var calls sync.WaitGroup
	failed := make(chan bool, 100)
	for range 100 {
		calls.Add(1)
		go func() {
			defer calls.Done()
			failed <- fails.Next() != nil
		}()
	}
	calls.Wait()
	close(failed)
	n := 0
	for f := range failed {
		if f {
			n++
		}
	}
	if n != 30 || fails.Calls() != 100 {
		t.Errorf("%d of %d calls failed, want 30 of 100", n, fails.Calls())
	}
}

// body is a request's body that knows whether it was read to its end and closed.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error { b.closed = true; return nil }

// TestRoundTripper keeps the rules of a transport: it closes the body, and returns either a response or an error.
func TestRoundTripper(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		status int
		after  string
	}{
		{"error", errBusy, 0, ""},
		{"status", retrytest.Status(503), 503, ""},
		{"status without a name", retrytest.Status(599), 599, ""},
		{"asks for a wait", retry.After(retrytest.Status(429), time.Minute), 429, "60"},
		{"asks for half a second", retry.After(retrytest.Status(429), 500*time.Millisecond), 429, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sent := &body{Reader: strings.NewReader("payload")}
			req := httptest.NewRequest(http.MethodPut, "http://example.com", sent)
			resp, err := retrytest.FailAlways(test.err).RoundTripper(nil).RoundTrip(req)
			rest, _ := io.ReadAll(sent)
			if !sent.closed || len(rest) > 0 {
				t.Errorf("closed %t, %q not read", sent.closed, rest)
			}
			if test.status == 0 {
				if resp != nil || err != test.err {
					t.Errorf("response %v, error %v", resp, err)
				}
				return
			}
			if err != nil || resp.StatusCode != test.status || resp.Header.Get("Retry-After") != test.after || resp.Request != req {
				t.Errorf("response %+v, error %v", resp, err)
			}
			if text, _ := io.ReadAll(resp.Body); int64(len(text)) != resp.ContentLength {
				t.Errorf("body %q of length %d", text, resp.ContentLength)
			}
		})
	}
}

// TestHandlerAborts closes the connection for an error that is no status.
func TestHandlerAborts(t *testing.T) {
	fails := retrytest.FailFirst(1, errBusy)
	server := httptest.NewServer(fails.Handler(http.NotFoundHandler()))
	defer server.Close()
	for _, want := range []string{"EOF", ""} {
		resp, err := http.Post(server.URL, "text/plain", strings.NewReader("x"))
		if want == "" && err == nil {
			resp.Body.Close()
			continue
		}
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
