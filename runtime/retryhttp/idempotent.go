package retryhttp

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Idempotent is a condition for functions that return (*http.Response, error). It retries what [Transient] retries if
// the request is idempotent, and otherwise only where the server has not processed the request.
//
// Which requests are idempotent is net/http's own definition, the one by which [http.Transport] repeats a request: the
// method is GET, HEAD, OPTIONS or TRACE, or the header has an Idempotency-Key or X-Idempotency-Key entry. PUT and DELETE
// are not among them: a repeated DELETE may be answered with 404, and a repeated PUT overwrites what another client wrote
// in between. Where that does no harm, use Transient, or mark the request by a key without a value, which is not sent:
//
//	req.Header["Idempotency-Key"] = nil
//
// The server has not processed the request if it answered with
//   - 408 Request Timeout: it has not received the whole request,
//   - 425 Too Early: it refuses to process a request that may be a replay,
//   - 429 Too Many Requests: it refuses to process any more,
//
// or if the error says that no connection was made (refused, no route, a timeout of the dial or the TLS handshake), or
// that an HTTP/2 server refused the stream or went away before it. A 503 does not say so, with or without Retry-After:
// proxies send it also when they lose a connection on which the request was sent.
//
// The method is the first request's, before redirects. A response knows its request. An error knows the method
// if it is a [*url.Error], as the errors of [http.Client] are, but not the header: there a key is not seen, and
// [IdempotentRequest] helps. If the method is not known, the request counts as not idempotent.
//
// A client that follows redirects may have had an answer before the connection that could not be made. The error does
// not tell. Where that matters, use IdempotentRequest, or do not follow the redirects of a POST.
func Idempotent(resp *http.Response, err error) (wait time.Duration, again bool) {
	return IdempotentRequest(nil, resp, err)
}

// IdempotentRequest is [Idempotent] for a request that is at hand. Its key is seen after an error, too, and a connection
// that was refused after a redirect does not count as a request that was not processed. If req is nil, it is the same as
// Idempotent.
func IdempotentRequest(req *http.Request, resp *http.Response, err error) (wait time.Duration, again bool) {
	wait, again = Transient(resp, err)
	if !again || idempotent(req, resp, err) {
		return wait, again
	}
	if resp != nil {
		return wait, refusedStatus(resp.StatusCode)
	}
	return wait, classify(err) == unsent && !redirected(req, err)
}

// refusedStatus reports whether a status says that the server has not processed the request.
func refusedStatus(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests
}

// idempotent reports whether the request behind a result is known to be idempotent.
func idempotent(req *http.Request, resp *http.Response, err error) bool {
	if req == nil {
		req = firstRequest(resp)
	}
	if req != nil {
		return idempotentMethod(req.Method) || hasKey(req.Header)
	}
	var failed *url.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Op { // the method, but for its first letter in lower case
	case "Get", "Head", "Options", "Trace":
		return true
	}
	return false
}

// firstRequest returns the request that led to a response, before redirects.
func firstRequest(resp *http.Response) *http.Request {
	if resp == nil {
		return nil
	}
	req := resp.Request
	for req != nil && req.Response != nil && req.Response.Request != nil {
		req = req.Response.Request
	}
	return req
}

func idempotentMethod(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// hasKey reports whether a header has an idempotency key. One without values counts, as it does in net/http.
func hasKey(header http.Header) bool {
	if _, ok := header["Idempotency-Key"]; ok {
		return true
	}
	_, ok := header["X-Idempotency-Key"]
	return ok
}

// redirected reports whether an error is about another address than the request's.
func redirected(req *http.Request, err error) bool {
	var failed *url.Error
	if req == nil || req.URL == nil || !errors.As(err, &failed) {
		return false
	}
	last, parseErr := url.Parse(failed.URL)
	return parseErr != nil || last.Scheme != req.URL.Scheme || last.Host != req.URL.Host ||
		last.RequestURI() != req.URL.RequestURI()
}
