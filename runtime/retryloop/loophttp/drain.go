package loophttp

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// A response that is not wanted is read to its end, so that its connection can be used again, within these limits. A
// response that is longer or slower costs a new connection.
const (
	drainLimit = 64 << 10
	drainTime  = 50 * time.Millisecond
)

// Discard reads the rest of a response, up to 64 KiB and for at most 50 ms, and closes it. The time counts as part of the
// planned wait. The response may be nil.
func Discard(loop *retryloop.Loop, resp *http.Response) {
	if resp == nil || resp.Body == nil {
		return
	}
	start := time.Now()
	release(resp)
	loop.Spend(time.Since(start))
}

// release is Discard without a loop.
func release(resp *http.Response) {
	switch {
	case resp == nil || resp.Body == nil || resp.Body == http.NoBody:
	case drainable(resp):
		drain(resp.Body, drainLimit)
	default:
		drain(resp.Body, 0)
	}
}

// drainable reports whether a response may end within the limits, and can be closed while it is read. A response that
// switches protocols is a connection, which does not end. A response that the transport uncompresses cannot be closed while
// its first bytes are read.
func drainable(resp *http.Response) bool {
	return resp.ContentLength <= drainLimit && !resp.Uncompressed && resp.StatusCode != http.StatusSwitchingProtocols
}

// drain reads a body up to a limit and closes it, in a goroutine, since neither has to return in time. After the time it
// closes the body under the read, which ends it. The body is closed once.
func drain(body io.ReadCloser, limit int64) {
	var closed atomic.Bool
	closeBody := func() {
		defer func() { _ = recover() }() // The rest is not wanted, so neither an error nor a panic matters.
		if closed.CompareAndSwap(false, true) {
			_ = body.Close()
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer closeBody()
		defer func() { _ = recover() }()
		_, _ = io.CopyN(io.Discard, body, limit)
	}()
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		go closeBody()
	}
}
