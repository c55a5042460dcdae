//go:build go1.25

package retryhttp_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retryhttp"
)

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for text, want := range map[string]time.Duration{
			"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "99999999999999999999": 1<<63 - 1,
			time.Now().Add(time.Minute).UTC().Format(http.TimeFormat): time.Minute,
			time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):  0,
		} {
			resp := &http.Response{Header: http.Header{"Retry-After": {text}}}
			if got := retryhttp.RetryAfter(resp); got != want {
				t.Errorf("Retry-After %q: %v, want %v", text, got, want)
			}
		}
	})
}
