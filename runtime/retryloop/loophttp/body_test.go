package loophttp_test

import (
	"context"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retryloop"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// body is a body made of functions.
type body struct {
	read  func([]byte) (int, error)
	close func() error
}

func (b body) Read(p []byte) (int, error) { return b.read(p) }
func (b body) Close() error               { return b.close() }

func discard(resp *http.Response) {
	loophttp.Discard(&retryloop.Loop{Context: context.Background()}, resp)
}
