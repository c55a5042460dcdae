// Package loophttp is what generated code with *http.Request and *http.Response calls. It stands apart from package
// retryloop so that a program without net/http does not link it. What that package says of compatibility holds here too.
//
// A wrapper of a function with a request and a response looks like this:
//
//	resp, err := Send(req)
//	if err == nil {
//		return resp, nil
//	}
//	loop := retryloop.Loop{Context: loophttp.Context(req), Task: "api.Send", Retries: 2}
//	for loop.Again(err) && loophttp.CanRewind(&loop, req) {
//		if !loop.Plan(time.Second) {
//			break
//		}
//		loophttp.Discard(resp)
//		resp = nil
//		if !loop.Sleep() || !loophttp.Rewind(&loop, &req) {
//			break
//		}
//		resp, err = Send(req)
//	}
//	return resp, loop.End(err)
package loophttp

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// CanRewind reports whether a request can be sent again: it has no body, or GetBody returns a new one. If it cannot,
// CanRewind stops the loop with an error that says what would help.
func CanRewind(loop *retryloop.Loop, req *http.Request) bool {
	if !hasBody(req) || req.GetBody != nil {
		return true
	}
	loop.Stop(errNoGetBody)
	return false
}

var errNoGetBody = errors.New("its GetBody is nil; make the request with http.NewRequest from a *bytes.Buffer, " +
	"*bytes.Reader or *strings.Reader, or set GetBody")

func hasBody(req *http.Request) bool {
	return req != nil && req.Body != nil && req.Body != http.NoBody
}

// Rewind replaces a request by a shallow copy with a new body. A request without a body stays as it is. The caller's
// request does not change. If GetBody fails, Rewind stops the loop and reports false.
func Rewind(loop *retryloop.Loop, req **http.Request) bool {
	if !hasBody(*req) {
		return true
	}
	body, err := (*req).GetBody()
	if err != nil {
		loop.Stop(fmt.Errorf("its GetBody failed: %w", err))
		return false
	}
	fresh := (*req).WithContext((*req).Context())
	fresh.Body = body
	*req = fresh
	return true
}

// drainLimit is how much is read of a response that is not wanted: to read a little allows the connection to be used
// again, to read much costs more than a new one.
const drainLimit = 64 << 10

// Discard reads the rest of a response, up to 64 KiB, and closes it. The response may be nil. The context of the request
// limits how long the reading takes.
func Discard(resp *http.Response) {
	if resp == nil || resp.Body == nil {
		return
	}
	// The rest is not wanted, so an error does not matter.
	_, _ = io.CopyN(io.Discard, resp.Body, drainLimit)
	_ = resp.Body.Close()
}

// Settle returns the response for the caller of a wrapper. If the loop was cut short after an attempt without an error,
// the caller sees the loop's error and will not look at the response: it is discarded, and Settle returns nil.
func Settle(loop *retryloop.Loop, resp *http.Response, err error) *http.Response {
	if err != nil || !loop.Cut() {
		return resp
	}
	Discard(resp)
	return nil
}

// Holder keeps the context of an attempt alive while a response's body is read.
type Holder struct {
	cancel context.CancelFunc
	held   bool
}

// Hold returns a Holder for the cancel function of an attempt's context. The caller defers Release at once.
func Hold(cancel context.CancelFunc) *Holder { return &Holder{cancel: cancel} }

// Until makes the context end when the response's body is closed, rather than when the attempt returns.
func (h *Holder) Until(resp *http.Response) {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return
	}
	h.held = true
	held := &heldBody{ReadCloser: resp.Body, cancel: h.cancel}
	if w, ok := resp.Body.(io.Writer); ok { // 101 Switching Protocols
		resp.Body = &heldConn{held, w}
		return
	}
	resp.Body = held
}

// Release ends the context, unless a response holds it.
func (h *Holder) Release() {
	if !h.held {
		h.cancel()
	}
}

// heldBody is a body that ends a context when it is closed.
type heldBody struct {
	io.ReadCloser
	cancel context.CancelFunc // may be called again, as Close may
}

// Close closes the body and ends the context.
func (b *heldBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	return err
}

// heldConn is a heldBody that can be written to.
type heldConn struct {
	*heldBody
	io.Writer
}
