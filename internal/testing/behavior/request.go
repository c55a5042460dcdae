package behavior

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Do adds to its request what no other attempt may see.
//
//retry:task retries=3 delay=10ms if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func (w *Web) Do(req *http.Request) (*http.Response, error) {
	w.attempts++
	req.Header.Add("Authorization", fmt.Sprint("t", w.attempts))
	query := req.URL.Query()
	query.Add("nonce", fmt.Sprint(w.attempts))
	req.URL.RawQuery = query.Encode()
	return w.client.Do(req)
}

// refusing has no token.
var refusing = retry.NewBudget(0, 0, 0)

// Refused is not retried, however long the response.
//
//retry:task retries=3 delay=10ms budget=refusing if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func (w *Web) Refused(ctx context.Context, url string) (*http.Response, error) {
	return w.Get(ctx, url)
}

// Patient has little time for retries.
//
//retry:task retries=3 delay=10ms within=20s if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func (w *Web) Patient(ctx context.Context, url string) (*http.Response, error) {
	return w.Get(ctx, url)
}

// Get asks for what a URL names.
//
//retry:ignore RL205 the test shows that the caller gets what the condition has read
//retry:task retries=3 delay=10ms if=said
func (w *Web) Get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return w.client.Do(req)
}

// said reports whether the server asks for a retry, in the body of its response.
func said(resp *http.Response, err error) bool {
	if err != nil {
		return true
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return strings.HasPrefix(string(body), "retry")
}

// Pair sends two requests, with a context of its own.
//
//retry:task retries=1 delay=1ms jitter=full
func (w *Web) Pair(ctx context.Context, first, second *http.Request) (one, two *http.Response, err error) {
	one, err = w.Do(first.WithContext(ctx))
	if err != nil {
		return nil, nil, err
	}
	two, err = w.Do(second.WithContext(ctx))
	if err == nil && two.StatusCode != http.StatusOK {
		err = errOutage
	}
	return one, two, err
}

// Transport is a decorator for transports.
//
//retry:task retries=3 delay=10ms if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
type Transport interface {
	RoundTrip(*http.Request) (*http.Response, error)
}
