package retryhttp

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Retryable reports whether a request that failed with err may succeed later. It is a condition for functions that may
// run twice and return no response. It returns false for nil, and for errors that do not change by themselves:
//
//   - the request was cancelled;
//   - the URL, method, header, length or another part of the request is not valid, or the client is not set up;
//   - the protocol is the wrong one, or is not supported: [http.ErrSchemeMismatch], an unsupported scheme, HTTP over TLS
//     against plain text, HTTP/2 where HTTP/1.1 is required;
//   - a certificate does not verify, or one side refuses the TLS handshake;
//   - the host name does not exist, the address is not valid, or the system forbids the connection;
//   - a proxy refuses the client;
//   - too many redirects, a redirect that cannot be read, or a response header beyond the limit.
//
// It returns true for others: connections that are refused, reset or closed too early, timeouts, name servers that fail,
// answers that break the protocol, HTTP/2 streams and connections that are closed, and errors that are not known.
func Retryable(err error) bool { return err != nil && classify(err) != permanent }

// class is what an error says about another attempt.
type class int

const (
	transient class = iota // may pass; the server may have processed the request
	unsent                 // may pass; the server has not processed the request
	permanent              // does not pass
)

func classify(err error) class {
	if misuse(err) || wrongName(err) || wrongAddress(err) {
		return permanent
	}
	result := transient
	leaves(err, func(err error) bool {
		result = classifyText(err.Error())
		return result == transient
	})
	if result == transient && undelivered(err) {
		return unsent
	}
	return result
}

// leaves calls f with the errors at the ends of what an error wraps, while f returns true. The words around them may be
// anyone's.
func leaves(err error, f func(error) bool) bool {
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			return leaves(inner, f)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			if !leaves(inner, f) {
				return false
			}
		}
		return true
	}
	return f(err)
}

// misuse reports whether an error is one of the values and types that only another program changes.
func misuse(err error) bool {
	for _, value := range []error{
		context.Canceled, http.ErrSchemeMismatch, http.ErrSkipAltProtocol, http.ErrUseLastResponse, http.ErrNoLocation,
		http.ErrNoCookie, http.ErrMissingFile, http.ErrBodyReadAfterClose, http.ErrBodyNotAllowed, http.ErrContentLength,
		http.ErrHijacked, http.ErrServerClosed, http.ErrMissingBoundary, http.ErrNotMultipart, errors.ErrUnsupported,
	} {
		if errors.Is(err, value) {
			return true
		}
	}
	var size *http.MaxBytesError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &size) || errors.As(err, &record) || errors.As(err, &certificate)
}

// wrongName reports whether a URL cannot be read or its host does not exist.
func wrongName(err error) bool {
	var failed *url.Error
	if errors.As(err, &failed) && failed.Op == "parse" {
		return true
	}
	var escape url.EscapeError
	var host url.InvalidHostError
	if errors.As(err, &escape) || errors.As(err, &host) {
		return true
	}
	var lookup *net.DNSError
	return errors.As(err, &lookup) && lookup.IsNotFound && !lookup.Temporary()
}

// wrongAddress reports whether an address is not valid or may not be connected to.
func wrongAddress(err error) bool {
	var address *net.AddrError
	var parse *net.ParseError
	var network net.UnknownNetworkError
	var invalid net.InvalidAddrError
	if errors.As(err, &address) || errors.As(err, &parse) || errors.As(err, &network) || errors.As(err, &invalid) {
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && connecting(op) && errors.Is(op, fs.ErrPermission)
}

// undelivered reports whether no connection to the server was made.
func undelivered(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && connecting(op)
}

// connecting reports whether an operation comes before any byte of the request: to connect, by a proxy or directly.
func connecting(op *net.OpError) bool {
	return op.Op == "dial" || op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks ")
}
