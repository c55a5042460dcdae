package retryhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Context gives the context of a request, context.Background for nil.
func Context(req *http.Request) context.Context {
	if req == nil {
		return context.Background()
	}
	return req.Context()
}

// CanRewind reports whether a request can be sent again: it has no body, or GetBody gives it anew. If it cannot it
// stops the loop, with an error that says what would help.
func CanRewind(loop *retry.Loop, req *http.Request) bool {
	if !hasBody(req) || req.GetBody != nil {
		return true
	}
	loop.Stop(errNoGetBody)
	return false
}

var errNoGetBody = errors.New("its GetBody is nil; make the request with http.NewRequest from a *bytes.Buffer, *bytes.Reader or *strings.Reader, or set GetBody")

func hasBody(req *http.Request) bool {
	return req != nil && req.Body != nil && req.Body != http.NoBody
}

// Rewind replaces a request by a shallow copy with a fresh body; one without a body is left as it is. The caller's
// own request is not changed. If GetBody fails it stops the loop and reports false.
func Rewind(loop *retry.Loop, req **http.Request) bool {
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

// drainLimit bounds what is read of a response that nobody wants: to read a little lets the connection be used
// again, to read much costs more than a new one.
const drainLimit = 64 << 10

// Discard reads what is left of a response, up to 64 KiB, and closes it. A nil response is nothing to do. How long
// the reading takes is bounded by the context of the request.
func Discard(resp *http.Response) {
	if resp == nil || resp.Body == nil {
		return
	}
	// Nobody wants the rest, so nobody wants to know why it could not be read.
	_, _ = io.CopyN(io.Discard, resp.Body, drainLimit)
	_ = resp.Body.Close()
}

// Settle gives the response that a wrapper gives back. Where the loop was cut short after an attempt without an
// error, the caller sees the loop's error and will not look at a response: it is discarded, and nil takes its place.
func Settle(loop *retry.Loop, resp *http.Response, err error) *http.Response {
	if err != nil || !loop.Cut() {
		return resp
	}
	Discard(resp)
	return nil
}

// Holder keeps the context of an attempt alive for as long as a response's body is read.
type Holder struct {
	cancel context.CancelFunc
	held   bool
}

// Hold takes charge of the cancel function of an attempt's context. Release is to be deferred at once.
func Hold(cancel context.CancelFunc) *Holder { return &Holder{cancel: cancel} }

// Until has the context end when the response's body is closed, rather than when the attempt returns.
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
