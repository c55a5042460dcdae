package loophttp

import (
	"io"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// Hold makes the context of an attempt end when the response's body is closed, rather than when the function returns.
func Hold(attempt *retryloop.Timeout, resp *http.Response) {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return
	}
	held := attempt.Reader(resp.Body)
	if w, ok := resp.Body.(io.Writer); ok { // 101 Switching Protocols
		held = &heldConn{held, w}
	}
	resp.Body = held
}

// heldConn is a body that can be written to.
type heldConn struct {
	io.ReadCloser
	io.Writer
}
