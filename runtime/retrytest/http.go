package retrytest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Status is an error that stands for an answer with this HTTP status. [Failures.RoundTripper] and [Failures.Handler] turn
// it into that answer. With retry.After(Status(503), time.Minute) the answer has a Retry-After header.
type Status int

// Error returns the number and the text of the status.
func (s Status) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", int(s), http.StatusText(int(s))))
}

// RoundTripper returns a transport for an http.Client. An attempt that is to fail reads and closes the request's body, as
// a server that fails late does. It then returns the failure's error, or an answer if the error is a [Status]. Other
// attempts are passed to next; nil means [http.DefaultTransport].
func (f *Failures) RoundTripper(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &roundTripper{f, next}
}

type roundTripper struct {
	fails *Failures
	next  http.RoundTripper
}

// RoundTrip fails, or passes the request on.
func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	err := t.fails.Next()
	if err == nil {
		return t.next.RoundTrip(req)
	}
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body) // The attempt fails anyway.
		req.Body.Close()
	}
	status, header, ok := answer(err)
	if !ok {
		return nil, err
	}
	text := err.Error()
	return &http.Response{
		Status: text, StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header,
		Body: io.NopCloser(strings.NewReader(text + "\n")), ContentLength: int64(len(text)) + 1, Request: req,
	}, nil
}

// Handler returns a handler for a server. A request that is to fail gets the answer of the failure's [Status]; with
// another error the connection is closed before any answer. Other requests are passed to next.
//
// [http.Transport] itself repeats an idempotent request if a connection that it has used before is closed. Count with
// that, or let requests fail with a Status.
func (f *Failures) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := f.Next()
		if err == nil {
			next.ServeHTTP(w, r)
			return
		}
		status, header, ok := answer(err)
		if !ok {
			panic(http.ErrAbortHandler)
		}
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		fmt.Fprintln(w, err)
	})
}

// answer returns the status and the header of the answer that an error stands for.
func answer(err error) (status int, header http.Header, ok bool) {
	var s Status
	if !errors.As(err, &s) {
		return 0, nil, false
	}
	header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	var asks interface{ RetryAfter() time.Duration }
	if errors.As(err, &asks) {
		seconds := (asks.RetryAfter() + time.Second - 1) / time.Second
		header.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	return int(s), header, true
}
