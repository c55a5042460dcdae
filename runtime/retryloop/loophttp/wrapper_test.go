package loophttp_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryhttp"
	"github.com/retrygen/retrygen/runtime/retryloop"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// wrapper makes wrappers as they are generated, with values for what would be constants.
type wrapper struct {
	send    func(*http.Request) (*http.Response, error)
	retries int
	delay   time.Duration
	within  time.Duration
	budget  *retry.Budget
}

func (w wrapper) do(req *http.Request) (*http.Response, error) {
	start := time.Now()
	given := req
	req = loophttp.Own(given)
	resp, err := w.send(req)
	loop := retryloop.Loop{
		Context: loophttp.Context(given),
		Task:    "test.Do",
		Retries: w.retries,
		Within:  w.within,
		Started: start,
		Budget:  w.budget,
	}
	for loop.Left(err) {
		kept := loophttp.Keep(resp)
		wait, again := retryhttp.Transient(resp, err)
		kept.GiveBack()
		if !again {
			break
		}
		loop.Ask(wait)
		if !loop.Fits(w.delay) || !loophttp.Rewind(&loop, given, &req) || !loop.Take() {
			break
		}
		loophttp.Discard(&loop, resp)
		resp = nil
		if !loop.Sleep() {
			break
		}
		resp, err = w.send(req)
	}
	return loophttp.Settle(&loop, resp, err), loop.End(err)
}

// request makes a request that must be valid.
func request(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}
