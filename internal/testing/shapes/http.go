package shapes

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Answer is the answer of a [Service] that a [Transport] turns into a response.
type Answer struct {
	Status int
	After  int // seconds in a Retry-After header; no header if it is 0
	Body   string
}

func (a Answer) Error() string { return fmt.Sprintf("status %d", a.Status) }

// Transport answers requests as a service says. It notes the bodies of requests.
type Transport struct{ *Service }

// RoundTrip implements http.RoundTripper.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		t.Notes = append(t.Notes, string(body))
		defer func() { _ = req.Body.Close() }()
	}
	err := t.Call(req.Context())
	answer, ok := err.(Answer)
	switch {
	case err == nil:
		answer.Status = http.StatusOK
	case !ok:
		return nil, err
	}
	header := http.Header{}
	if answer.After > 0 {
		header.Set("Retry-After", strconv.Itoa(answer.After))
	}
	return &http.Response{StatusCode: answer.Status, Header: header, Body: io.NopCloser(strings.NewReader(answer.Body)), Request: req}, nil
}
