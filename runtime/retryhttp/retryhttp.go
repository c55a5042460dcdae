// Package retryhttp retries HTTP: ready-made conditions over a response and an error, and what generated wrappers do
// with the bodies of requests and responses.
//
//	//retry:task retries=4 delay=exponential(1) jitter=1 if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
//	func Get(ctx context.Context, url string) (*http.Response, error)
//
// retries what a server or the network may get right the next time, and waits as long as a Retry-After header asks.
//
// A wrapper of a function with an *http.Request gives every attempt a fresh body, by the request's GetBody; a wrapper
// of one with an *http.Response drains and closes the responses that it does not give back. Everything here is safe
// for concurrent use, on requests and responses that are not shared.
package retryhttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// Transient is a condition for functions that give (*http.Response, error): it retries by [Retryable] and
// [RetryableStatus], and asks for the wait of [RetryAfter].
func Transient(resp *http.Response, err error) (wait time.Duration, again bool) {
	if err != nil {
		return 0, Retryable(err)
	}
	if resp == nil || !RetryableStatus(resp.StatusCode) {
		return 0, false
	}
	return RetryAfter(resp), true
}

// RetryableStatus reports whether a status is worth another try: 408 Request Timeout, 425 Too Early, 429 Too Many
// Requests, 500 Internal Server Error, 502 Bad Gateway, 503 Service Unavailable and 504 Gateway Timeout. Others, such
// as 501 Not Implemented, say what will be as true the next time.
func RetryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Retryable reports whether an error of an HTTP client is worth another try: any but a cancelled context, a
// certificate that does not verify, an address or protocol that cannot be used, and too many redirects. A nil error
// is not.
func Retryable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if untrusted(err) {
		return false
	}
	var failed *url.Error
	if !errors.As(err, &failed) {
		return true
	}
	if failed.Op == "parse" {
		return false
	}
	// net/http has no values for these, so their words have to do.
	text := failed.Err.Error()
	return !strings.HasPrefix(text, "unsupported protocol scheme") && !strings.HasPrefix(text, "stopped after ") &&
		!strings.Contains(text, "no Host in request URL") && !strings.Contains(text, "invalid header field")
}

// untrusted reports whether a certificate was refused.
func untrusted(err error) bool {
	if _, ok := errs.As[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errs.As[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errs.As[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errs.As[x509.CertificateInvalidError](err)
	return ok
}

// RetryAfter gives the wait that a response's Retry-After header asks for, in seconds or as a date (RFC 9110, section
// 10.2.3): 0 where there is none, or none that can be read, or the date is past.
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
	return max(time.Until(date), 0)
}
