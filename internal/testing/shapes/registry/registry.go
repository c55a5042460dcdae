// Package registry has a transport for clients of an image registry. It repeats requests by options of its own, and waits as
// long as the registry asks.
package registry

import (
	"net/http"
	"strconv"
	"time"
)

//go:generate go tool retrygen

// Options say how often a request is repeated and how long the transport waits.
type Options struct {
	Retries int
	First   time.Duration
	Factor  float64
	Jitter  float64       // a part of the wait, such as 0.1, which it varies by in both directions
	Most    time.Duration // the longest wait, also of those that the registry asks for
}

// Transport is a http.RoundTripper with retries.
type Transport struct {
	base    http.RoundTripper
	options Options
	random  func() float64 // from 0 to 1
}

// worthRetrying reports whether a request should be sent again.
func worthRetrying(req *http.Request, resp *http.Response, err error) bool {
	switch {
	case req.Body != nil && req.Body != http.NoBody && req.GetBody == nil: // it cannot be sent again
		return false
	case err != nil:
		return req.Context().Err() == nil
	}
	return resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
}

// asked returns the wait that a response asks for, or 0.
func asked(resp *http.Response) time.Duration {
	if resp == nil || resp.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
