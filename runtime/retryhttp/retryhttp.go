// Package retryhttp has ready conditions for HTTP, over a response and an error:
//
//	//retry:task retries=4 delay=exponential(1) jitter=1 if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
//	func Get(ctx context.Context, url string) (*http.Response, error)
//
// retries failures of the server or the network that may pass, and waits as long as a Retry-After header asks. The
// functions are safe for concurrent use.
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

// Transient is a condition for functions that return (*http.Response, error). It retries what [Retryable] or
// [RetryableStatus] report, and asks for the wait of [RetryAfter].
func Transient(resp *http.Response, err error) (wait time.Duration, again bool) {
	if err != nil {
		return 0, Retryable(err)
	}
	if resp == nil || !RetryableStatus(resp.StatusCode) {
		return 0, false
	}
	return RetryAfter(resp), true
}

// RetryableStatus reports whether a status is worth another attempt: 408 Request Timeout, 425 Too Early, 429 Too Many
// Requests, 500 Internal Server Error, 502 Bad Gateway, 503 Service Unavailable and 504 Gateway Timeout. Others, such as
// 501 Not Implemented, are permanent.
func RetryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Retryable reports whether an error of an HTTP client is worth another attempt. Not worth it are a cancelled context, a
// certificate that cannot be verified, an address or protocol that cannot be used, too many redirects, and a nil error.
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
	// net/http has no values for these, so their texts are compared.
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

// RetryAfter returns the wait that a response's Retry-After header asks for, in seconds or as a date (RFC 9110, section
// 10.2.3). It is 0 if there is no such header, if it cannot be parsed, or if the date is past.
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
