package registry

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var (
	errReset = errors.New("connection reset")
	overload = shapes.Answer{Status: 503}
	usual    = Options{Retries: 3, First: time.Second, Factor: 3, Jitter: 0.1, Most: 30 * time.Second}
)

type transport func(Transport) http.RoundTripper

func byHand(t Transport) http.RoundTripper { return (*ByHand)(&t) }
func after(t Transport) http.RoundTripper  { return &t }

// run pushes a manifest. A status that is not 200 is the error.
func run(options Options, body io.Reader, transport transport) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		client := http.Client{Transport: transport(Transport{shapes.Transport{Service: s}, options, rand.New(s.Random).Float64})}
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, "https://registry.example/v2/app/manifests/1", body)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		switch {
		case err != nil:
			return err
		case resp.StatusCode != http.StatusOK:
			err = shapes.Answer{Status: resp.StatusCode}
		}
		return errors.Join(err, resp.Body.Close())
	}
}

// sent are the bodies of so many requests.
func sent(requests int) (notes []string) {
	for range requests {
		notes = append(notes, "manifest")
	}
	return notes
}

func TestRoundTrip(t *testing.T) {
	for _, test := range []struct {
		name string
		shapes.Case
	}{
		{"success", shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"recovers", shapes.Case{Answers: []error{overload, errReset, nil}, Attempts: shapes.Seconds(0, 0.9, 3.6)}},
		{"retries run out", shapes.Case{
			Answers: []error{overload}, Attempts: shapes.Seconds(0, 0.9, 3.6, 11.7), Err: overload}},
		{"connection stays lost", shapes.Case{
			Answers: []error{errReset}, Attempts: shapes.Seconds(0, 0.9, 3.6, 11.7), Err: errReset}},
		{"asks for a wait", shapes.Case{
			Answers: []error{shapes.Answer{Status: 429, After: 7}, overload, nil}, Attempts: shapes.Seconds(0, 7, 9.7)}},
		{"asks for too long a wait", shapes.Case{
			Answers: []error{shapes.Answer{Status: 429, After: 600}, nil}, Attempts: shapes.Seconds(0, 30)}},
		{"only 429 may ask", shapes.Case{
			Answers: []error{shapes.Answer{Status: 503, After: 7}, nil}, Attempts: shapes.Seconds(0, 0.9)}},
		{"refused", shapes.Case{
			Answers: []error{shapes.Answer{Status: 401}}, Attempts: shapes.Seconds(0), Err: shapes.Answer{Status: 401}}},
		{"cancelled", shapes.Case{
			Answers: []error{overload}, Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 0.9), Ends: 2 * time.Second,
			Err: context.Canceled, Cut: retry.ReasonCanceled}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Notes = sent(len(test.Attempts))
			body := func() io.Reader { return strings.NewReader("manifest") }
			test.Check(t, run(usual, body(), byHand), run(usual, body(), after))
		})
	}
}

func TestBodyOfOneUse(t *testing.T) {
	test := shapes.Case{Answers: []error{overload}, Attempts: shapes.Seconds(0), Err: overload, Notes: sent(1)}
	body := func() io.Reader { return io.MultiReader(strings.NewReader("manifest")) }
	test.Check(t, run(usual, body(), byHand), run(usual, body(), after))
}

// TestLongestWait shows a difference: by hand a wait is limited after jitter has changed it, so that the longest waits are
// all alike.
func TestLongestWait(t *testing.T) {
	options := usual
	options.Most = 2 * time.Second
	for _, test := range []struct {
		name      string
		transport transport
		attempts  []time.Duration
	}{
		{"before", byHand, shapes.Seconds(0, 0.9, 2.9, 4.9)},
		{"after", after, shapes.Seconds(0, 0.9, 2.7, 4.5)},
	} {
		c := shapes.Case{Answers: []error{overload}, Attempts: test.attempts, Err: overload, Notes: sent(4)}
		_ = c.CheckOne(t, test.name, run(options, strings.NewReader("manifest"), test.transport))
	}
}
