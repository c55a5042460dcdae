// Package retryhttp has ready conditions for HTTP and a transport that retries. The conditions are over a response and an
// error:
//
//	//retry:task retries=4 delay=exponential(1) jitter=1 if=github.com/retrygen/retrygen/runtime/retryhttp.Idempotent
//	func Get(ctx context.Context, url string) (*http.Response, error)
//
// retries failures of the server or the network that may pass, and waits as long as a Retry-After header asks.
//
// [Idempotent] is the condition to start from. A lost connection and a 503 do not say whether the server has processed
// the request, so it retries these only where a second request does no more than the first: for GET, HEAD, OPTIONS and
// TRACE, and for any request with an Idempotency-Key. An error does not hold the request's header. Conditions that have
// the request at hand can call [IdempotentRequest], which sees the key after an error, too.
//
// [Transient] does not look at the method: it is for functions that may run twice whatever they send. [Retryable] is
// the same for functions that return no response.
//
// [Transport] brings retries to a client that has no function to annotate: it is an [http.RoundTripper] with these
// conditions and a loop.
//
// The functions are safe for concurrent use.
package retryhttp

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Transient is a condition for functions that return (*http.Response, error) and may run twice. It retries by
// [Retryable] and [RetryableStatus], and waits as [RetryAfter] says. It also retries 413 Content Too Large with a
// Retry-After header, which is how a server says that the condition is temporary.
//
// A function may return a response together with an error. The status decides then; for a status below 300 the error
// does.
func Transient(resp *http.Response, err error) (wait time.Duration, again bool) {
	if resp == nil || err != nil && resp.StatusCode < http.StatusMultipleChoices {
		return 0, Retryable(err)
	}
	wait = RetryAfter(resp)
	if resp.StatusCode == http.StatusRequestEntityTooLarge && wait > 0 {
		return wait, true
	}
	if !RetryableStatus(resp.StatusCode) {
		return 0, false
	}
	return wait, true
}

// RetryableStatus reports whether a request that was answered with status may succeed later. These are 408 Request
// Timeout, 425 Too Early, 429 Too Many Requests and most of the statuses from 500 on: 500 Internal Server Error, 502
// Bad Gateway, 503 Service Unavailable, 504 Gateway Timeout, and those that no standard names (such as 520 to 529),
// which a client treats as a 500 (RFC 9110, section 15).
//
// 501 Not Implemented, 505 HTTP Version Not Supported, 506 Variant Also Negotiates, 507 Insufficient Storage, 508 Loop
// Detected, 510 Not Extended and 511 Network Authentication Required are permanent: they last until a person changes
// the request or the server.
func RetryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusVariantAlsoNegotiates,
		http.StatusInsufficientStorage, http.StatusLoopDetected, http.StatusNotExtended,
		http.StatusNetworkAuthenticationRequired:
		return false
	}
	return status >= http.StatusInternalServerError
}

// RetryAfter returns the wait that a response's Retry-After header asks for, in seconds or as a date (RFC 9110, section
// 10.2.3). A date is read against the response's own Date header, so that the clocks of server and client may differ;
// without one it is read against the local clock. RetryAfter returns 0 if there is no header, if it cannot be read, and
// if its date is past.
func RetryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	text := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds > math.MaxInt64/int64(time.Second) {
			return math.MaxInt64
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		return max(date.Sub(sent), 0)
	}
	return max(time.Until(date), 0)
}
