// Package loophttp is what generated code with *http.Request and *http.Response calls. It stands apart from package
// retryloop so that a program without net/http does not link it. What that package says of compatibility holds here too.
//
// A wrapper of a function with a request and a response looks like this:
//
//	given := req
//	req = loophttp.Own(given)
//	resp, err := Send(req)
//	if err == nil {
//		return resp, nil
//	}
//	loop := retryloop.Loop{Context: loophttp.Context(given), Task: "api.Send", Retries: 2}
//	for loop.Again(err) && loop.Fits(time.Second) && loophttp.Rewind(&loop, given, &req) && loop.Take() {
//		loophttp.Discard(&loop, resp)
//		resp = nil
//		if !loop.Sleep() {
//			break
//		}
//		resp, err = Send(req)
//	}
//	return resp, loop.End(err)
package loophttp

import (
	"context"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// Context returns the context of a request, context.Background for nil.
func Context(req *http.Request) context.Context {
	if req == nil {
		return context.Background()
	}
	return req.Context()
}

// WithContext returns a shallow copy of a request with another context, nil for nil.
func WithContext(ctx context.Context, req *http.Request) *http.Request {
	if req == nil {
		return nil
	}
	return req.WithContext(ctx)
}

// Settle returns the response for the caller of a wrapper. If the loop was cut short after an attempt without an error,
// the caller sees the loop's error and will not look at the response: it is discarded, and Settle returns nil.
func Settle(loop *retryloop.Loop, resp *http.Response, err error) *http.Response {
	if err != nil || !loop.Cut() {
		return resp
	}
	release(resp)
	return nil
}
