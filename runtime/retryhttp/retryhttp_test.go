package retryhttp_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/retrygen/retrygen/runtime/retryhttp"
)

func TestRetryable(t *testing.T) {
	loop := httptest.NewServer(http.RedirectHandler("/", http.StatusFound))
	defer loop.Close()
	_, unsupported := http.Get("gopher://example.com")
	_, noHost := http.Get("http:///path")
	_, redirects := http.Get(loop.URL)
	_, unparsed := http.Get("http://[::1")
	badHeader, err := http.NewRequest(http.MethodGet, loop.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	badHeader.Header["bad name"] = []string{"x"}
	_, header := http.DefaultClient.Do(badHeader)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the server logs the handshake that is to fail
	_, untrusted := http.Get(secure.URL)
	for err, want := range map[error]bool{
		errors.New("connection reset"): true,
		context.Canceled:               false,
		unsupported:                    false,
		noHost:                         false,
		redirects:                      false,
		unparsed:                       false,
		header:                         false,
		untrusted:                      false,
		io.ErrUnexpectedEOF:            true,
	} {
		if retryhttp.Retryable(err) != want {
			t.Errorf("Retryable(%v) is %v", err, !want)
		}
	}
}
