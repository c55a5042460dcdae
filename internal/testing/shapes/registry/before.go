package registry

import (
	"math"
	"net/http"
	"time"
)

// ByHand is a [Transport] with a loop that is written by hand.
type ByHand Transport

// RoundTrip implements http.RoundTripper.
func (t *ByHand) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	for attempt := 0; ; attempt++ {
		resp, err := t.base.RoundTrip(req)
		if attempt >= t.options.Retries || !worthRetrying(req, resp, err) {
			return resp, err
		}
		next, failed := rewound(req)
		if failed != nil {
			return resp, err
		}
		req = next
		if err == nil {
			_ = resp.Body.Close()
		}
		timer := time.NewTimer(t.wait(attempt, resp))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

// rewound returns a request with its body from the beginning.
func rewound(req *http.Request) (*http.Request, error) {
	if req.GetBody == nil {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Body = body
	return req, nil
}

// wait returns the wait before a retry.
func (t *ByHand) wait(attempt int, resp *http.Response) time.Duration {
	if wait := asked(resp); wait > 0 {
		return min(wait, t.options.Most)
	}
	wait := float64(t.options.First) * math.Pow(t.options.Factor, float64(attempt))
	//retry:ignore RL401 the loop is left as it was found
	wait *= 1 + t.options.Jitter*(2*t.random()-1)
	return min(time.Duration(wait), t.options.Most)
}
