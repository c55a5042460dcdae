package loophttp

import (
	"io"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// Keep prepares a response for a condition that may read its body. The response may be nil. A response that switches
// protocols is not touched.
func Keep(resp *http.Response) retryloop.Kept[io.ReadCloser] {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return retryloop.Kept[io.ReadCloser]{}
	}
	if _, ok := resp.Body.(io.Writer); ok {
		return retryloop.Kept[io.ReadCloser]{}
	}
	return retryloop.Keep(&resp.Body)
}
