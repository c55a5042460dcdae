package cloud

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var errReset = errors.New("connection reset")

type get = func(c *Client, ctx context.Context, path string) (*http.Response, error)

// run makes a request. A status that is not 200 is its error.
func run(config Config, get get) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		config.HTTPClient = &http.Client{Transport: shapes.Transport{Service: s}}
		resp, err := get(New(&config), ctx, "/v1/things")
		switch {
		case err != nil:
			return err
		case resp.StatusCode != http.StatusOK:
			err = shapes.Answer{Status: resp.StatusCode}
		}
		return errors.Join(err, resp.Body.Close())
	}
}

func TestGet(t *testing.T) {
	status := func(codes ...int) (answers []error) {
		for _, code := range codes {
			answers = append(answers, shapes.Answer{Status: code})
		}
		return answers
	}
	usual := Config{MaxRetries: 4, MinRetryWait: time.Second, MaxRetryWait: 5 * time.Second}
	for _, test := range []struct {
		name   string
		config Config
		shapes.Case
	}{
		{"success", usual, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"recovers", usual, shapes.Case{Answers: append(status(429, 503), nil), Attempts: shapes.Seconds(0, 1, 3)}},
		{"connection", usual, shapes.Case{Answers: []error{errReset, nil}, Attempts: shapes.Seconds(0, 1)}},
		{"retries run out", usual, shapes.Case{
			Answers: status(500), Attempts: shapes.Seconds(0, 1, 3, 7, 12), Err: shapes.Answer{Status: 500}}},
		{"connection stays lost", usual, shapes.Case{
			Answers: []error{errReset}, Attempts: shapes.Seconds(0, 1, 3, 7, 12), Err: errReset}},
		{"not worth it", usual, shapes.Case{Answers: status(404), Attempts: shapes.Seconds(0), Err: shapes.Answer{Status: 404}}},
		{"not implemented", usual, shapes.Case{Answers: status(501), Attempts: shapes.Seconds(0), Err: shapes.Answer{Status: 501}}},
		{"no retries", Config{MinRetryWait: time.Second}, shapes.Case{
			Answers: status(500), Attempts: shapes.Seconds(0), Err: shapes.Answer{Status: 500}}},
		{"cap below the first wait", Config{MaxRetries: 2, MinRetryWait: 3 * time.Second, MaxRetryWait: time.Second}, shapes.Case{
			Answers: status(500), Attempts: shapes.Seconds(0, 1, 2), Err: shapes.Answer{Status: 500}}},
		{"cancelled", usual, shapes.Case{
			Answers: status(500), Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 1), Ends: 2 * time.Second,
			Err: context.Canceled, Cut: retry.ReasonCanceled}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, run(test.config, (*Client).GetByHand), run(test.config, (*Client).GetWithRetry))
		})
	}
}

// TestNoMaximum shows a difference: by hand, a maximum of 0 means no wait at all, and a cap of 0 is no cap.
func TestNoMaximum(t *testing.T) {
	config := Config{MaxRetries: 2, MinRetryWait: time.Second}
	before := shapes.Case{Answers: []error{errReset}, Attempts: shapes.Seconds(0, 0, 0), Err: errReset}
	_ = before.CheckOne(t, "before", run(config, (*Client).GetByHand))
	after := shapes.Case{Answers: []error{errReset}, Attempts: shapes.Seconds(0, 1, 3), Err: errReset}
	_ = after.CheckOne(t, "after", run(config, (*Client).GetWithRetry))
}
