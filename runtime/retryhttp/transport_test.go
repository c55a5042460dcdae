//go:build go1.25

package retryhttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryhttp"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

// echo answers with the request's body.
type echo struct{}

func (echo) RoundTrip(req *http.Request) (*http.Response, error) {
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: req}, nil
}

const (
	unavailable = retrytest.Status(http.StatusServiceUnavailable)
	tooMany     = retrytest.Status(http.StatusTooManyRequests)
)

// errLost is an error after which nobody knows what the server has done.
var errLost = io.ErrUnexpectedEOF

// trips are calls of a client, with the errors of the first attempts. The body of a put is not rewindable.
var trips = []struct {
	name    string
	request func(context.Context) *http.Request
	fails   []error
	budget  *retry.Budget

	status int            // of the response, 0 for none
	err    error          // otherwise
	waits  string         // before the retries
	cut    retry.Decision // what the last event says, with
	reason retry.Reason
}{
	{name: "at once", request: plain, status: 200},
	{
		name: "recovers", request: plain, fails: []error{errLost, unavailable}, status: 200, waits: "200ms 400ms",
		cut: retry.DecisionRecovered,
	},
	{
		name: "gives up", request: plain, fails: times(unavailable, 9), status: 503, waits: "200ms 400ms 800ms 1.6s",
		cut: retry.DecisionGaveUp,
	},
	{
		name: "gives up with an error", request: plain, fails: times(errLost, 9), err: errLost, waits: "200ms 400ms 800ms 1.6s",
		cut: retry.DecisionGaveUp,
	},
	{name: "not found", request: plain, fails: []error{retrytest.Status(404)}, status: 404},
	{name: "post", request: post, fails: []error{unavailable}, status: 503},
	{name: "post that is lost", request: post, fails: []error{errLost}, err: errLost, cut: retry.DecisionRefused},
	{name: "post, not processed", request: post, fails: []error{tooMany}, status: 200, waits: "200ms", cut: retry.DecisionRecovered},
	{
		name: "post with a key", request: keyed, fails: []error{errLost, unavailable}, status: 200, waits: "200ms 400ms",
		cut: retry.DecisionRecovered,
	},
	{
		name: "asks for a wait", request: plain, fails: []error{retry.After(unavailable, 30*time.Second)}, status: 200, waits: "30s",
		cut: retry.DecisionRecovered,
	},
	{
		name: "asks for too long a wait", request: plain, fails: []error{retry.After(unavailable, 31*time.Second)}, status: 503,
		cut: retry.DecisionRefused, reason: retry.ReasonWait,
	},
	{
		name: "body that cannot be sent again", request: once, fails: []error{tooMany}, status: 429,
		cut: retry.DecisionGaveUp, reason: retry.ReasonBody,
	},
	{
		name: "body that cannot be sent again, and no response", request: onceKeyed, fails: []error{errLost}, err: retry.ReasonBody,
		cut: retry.DecisionGaveUp, reason: retry.ReasonBody,
	},
	{
		name: "deadline, with a response", request: until(time.Second), fails: times(unavailable, 9), status: 503,
		waits: "200ms 400ms", cut: retry.DecisionGaveUp, reason: retry.ReasonDeadline,
	},
	{
		name: "deadline, with an error", request: until(time.Second), fails: times(errLost, 9), err: context.DeadlineExceeded,
		waits: "200ms 400ms", cut: retry.DecisionGaveUp, reason: retry.ReasonDeadline,
	},
	{
		name: "cancelled in a wait", request: cancelled(300 * time.Millisecond), fails: times(unavailable, 9), err: context.Canceled,
		waits: "200ms 400ms", cut: retry.DecisionGaveUp, reason: retry.ReasonCanceled,
	},
	{
		name: "budget", request: plain, fails: times(unavailable, 9), budget: retry.NewBudget(0, 0, 1), status: 503,
		waits: "200ms", cut: retry.DecisionGaveUp, reason: retry.ReasonBudget,
	},
}

func times(err error, n int) []error {
	list := make([]error, n)
	for i := range list {
		list[i] = err
	}
	return list
}

func makeRequest(ctx context.Context, method string, body io.Reader) *http.Request {
	req, err := http.NewRequestWithContext(ctx, method, "http://example.com", body)
	if err != nil {
		panic(err)
	}
	return req
}

func plain(ctx context.Context) *http.Request { return makeRequest(ctx, http.MethodGet, nil) }

func post(ctx context.Context) *http.Request {
	return makeRequest(ctx, http.MethodPost, strings.NewReader("payload"))
}

func keyed(ctx context.Context) *http.Request {
	req := post(ctx)
	req.Header.Set("Idempotency-Key", "1")
	return req
}

func once(ctx context.Context) *http.Request {
	return makeRequest(ctx, http.MethodPost, io.MultiReader(strings.NewReader("payload")))
}

func onceKeyed(ctx context.Context) *http.Request {
	req := once(ctx)
	req.Header.Set("Idempotency-Key", "1")
	return req
}

func until(d time.Duration) func(context.Context) *http.Request {
	return func(ctx context.Context) *http.Request {
		ctx, cancel := context.WithTimeout(ctx, d)
		context.AfterFunc(ctx, cancel)
		return plain(ctx)
	}
}

func cancelled(d time.Duration) func(context.Context) *http.Request {
	return func(ctx context.Context) *http.Request {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(d, cancel)
		return plain(ctx)
	}
}

// TestTransport makes calls of an http.Client. A response comes without an error, and its body can be read.
func TestTransport(t *testing.T) {
	for _, test := range trips {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fails := retrytest.FailWith(test.fails...)
				ctx, calls := retrytest.Record(t, retry.With(t.Context(), retry.NoJitter()), "retryhttp.Transport.RoundTrip")
				client := &http.Client{Transport: &retryhttp.Transport{Base: fails.RoundTripper(echo{}), Budget: test.budget}}
				req := test.request(ctx)
				resp, err := client.Do(req)
				checkTrip(t, req, resp, err, test.status, test.err)
				calls.WantWaits(durations(t, test.waits)...)
				if events := calls.Events(); len(events) == 0 {
					if test.cut != 0 {
						t.Errorf("no events, want %v", test.cut)
					}
				} else if last := events[len(events)-1]; last.Decision != test.cut || last.Reason != test.reason {
					t.Errorf("the last event is %v for %v, want %v for %v", last.Decision, last.Reason, test.cut, test.reason)
				}
				time.Sleep(time.Hour) // until the contexts have ended
			})
		})
	}
}

func checkTrip(t *testing.T, req *http.Request, resp *http.Response, err error, status int, want error) {
	t.Helper()
	if status == 0 {
		if resp != nil || !errors.Is(err, want) {
			t.Errorf("response %v, error %v; want error %v", resp, err, want)
		}
		return
	}
	if err != nil || resp.StatusCode != status {
		t.Errorf("response %+v, error %v; want status %d", resp, err, status)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if sent := req.Body != nil && req.Body != http.NoBody; err != nil || status == 200 && sent && string(body) != "payload" {
		t.Errorf("body %q, error %v", body, err)
	}
}

func durations(t *testing.T, text string) []time.Duration {
	t.Helper()
	var list []time.Duration
	for _, word := range strings.Fields(text) {
		d, err := time.ParseDuration(word)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// TestTransportTimeout has the client's own timeout end the call in a wait: its error says that it was a timeout.
func TestTransportTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := retrytest.FailAlways(errLost)
		client := &http.Client{Transport: &retryhttp.Transport{Base: fails.RoundTripper(nil)}, Timeout: 500 * time.Millisecond}
		_, err := client.Do(plain(retry.With(t.Context(), retry.NoJitter())))
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() || !errors.Is(err, errLost) || fails.Calls() != 2 {
			t.Errorf("error %v after %d attempts, want a timeout after 2", err, fails.Calls())
		}
	})
}

// slow answers its first request after a time, or when the request's context ends; later ones at once.
type slow struct {
	time     time.Duration
	requests int
}

func (s *slow) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.requests++; s.requests > 1 {
		return echo{}.RoundTrip(req)
	}
	select {
	case <-time.After(s.time):
		return echo{}.RoundTrip(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// TestTransportPolicy replaces numbers of the transport by those of a policy, which an override replaces in turn.
func TestTransportPolicy(t *testing.T) {
	const task = "retryhttp.Transport.RoundTrip"
	for _, test := range []struct {
		name, policy, override string
		base                   http.RoundTripper
		waits                  string
		err                    error
	}{
		{"none", "", "", retrytest.FailAlways(errLost).RoundTripper(nil), "200ms 400ms 800ms 1.6s", errLost},
		{"retries", "retries=1", "", retrytest.FailAlways(errLost).RoundTripper(nil), "200ms", errLost},
		{"delay", "retries=2 delay=linear(1)", "", retrytest.FailAlways(errLost).RoundTripper(nil), "1s 2s", errLost},
		{"cap", "cap=500ms", "", retrytest.FailAlways(errLost).RoundTripper(nil), "200ms 400ms 500ms 500ms", errLost},
		{"within", "within=1s", "", retrytest.FailAlways(errLost).RoundTripper(nil), "200ms 400ms", retry.ReasonWithin},
		{"timeout", "timeout=5s", "", &slow{time: time.Minute}, "200ms", nil},
		{"timeout that is long enough", "timeout=2m", "", &slow{time: time.Minute}, "", nil},
		{"override", "retries=9", "retries=1 delay=3", retrytest.FailAlways(errLost).RoundTripper(nil), "3s", errLost},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.override != "" {
				retry.OverridePolicies(map[string]retry.Policy{task: retry.MustParsePolicy(test.override)})
				defer retry.OverridePolicies(nil)
			}
			synctest.Test(t, func(t *testing.T) {
				ctx, calls := retrytest.Record(t, retry.With(t.Context(), retry.NoJitter()), task)
				policy, err := retry.ParsePolicy(test.policy)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := (&http.Client{Transport: &retryhttp.Transport{Base: test.base, Policy: policy}}).Do(plain(ctx))
				if !errors.Is(err, test.err) {
					t.Errorf("error %v, want %v", err, test.err)
				}
				if err == nil {
					resp.Body.Close()
				}
				calls.WantWaits(durations(t, test.waits)...)
			})
		})
	}
}
