package loophttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// Own returns a request for one attempt, nil for nil: what the attempt adds to it, such as a header or a query, is not
// there in the next attempt, nor in the request that was given. It has the given request's body.
//
// The copies share the map of trailers, since a body that is read may still fill it in.
func Own(given *http.Request) *http.Request {
	if given == nil {
		return nil
	}
	own := given.Clone(given.Context())
	own.Trailer = given.Trailer
	return own
}

// Rewind replaces the request of the latest attempt by one for the next, with a new body from GetBody. If there is no
// such body, Rewind stops the loop with an error that says what would help, and reports false.
func Rewind(loop *retryloop.Loop, given *http.Request, req **http.Request) bool {
	own := Own(given)
	if hasBody(given) {
		body, err := newBody(given)
		if err != nil {
			loop.Stop(err)
			return false
		}
		loop.Prepare(body)
		own.Body = body
	}
	*req = own
	return true
}

func hasBody(req *http.Request) bool {
	return req != nil && req.Body != nil && req.Body != http.NoBody
}

// newBody returns what GetBody returns.
func newBody(req *http.Request) (io.ReadCloser, error) {
	if req.GetBody == nil {
		return nil, errNoGetBody
	}
	body, err := req.GetBody()
	switch {
	case err != nil:
		return nil, fmt.Errorf("its GetBody failed: %w", err)
	case body == nil:
		return nil, errNilBody
	}
	return body, nil
}

var (
	errNoGetBody = errors.New("its GetBody is nil; make the request with http.NewRequest from a *bytes.Buffer, " +
		"*bytes.Reader or *strings.Reader, or set GetBody")
	errNilBody = errors.New("its GetBody returned nil")
)

// Unsent closes the body of a request that no attempt sends, as sending it would. The request may be nil.
func Unsent(req *http.Request) {
	if req != nil && req.Body != nil {
		_ = req.Body.Close() // Nothing was sent, so an error does not matter.
	}
}
