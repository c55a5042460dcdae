package retryhttp

import (
	"net/http"
	"strings"
)

// Most errors of net/http and crypto/tls have neither a value nor a type that other packages can name. Their words have
// to do. The tests get each of them from net/http itself, where it can be made to happen.

// permanentTexts is how errors begin that do not pass.
var permanentTexts = []string{
	// The client's own checks of a request.
	"unsupported protocol scheme",
	"http: no Host in request URL",
	"http: Request.Write on Request with no Host",
	"http: invalid Host header",
	"http: invalid header",
	"http: invalid trailer",
	"http: invalid method",
	"http: nil Request.",
	"http: no Client.Transport",
	"http: Request.RequestURI",
	"http: Request.ContentLength=",
	"http: ContentLength=",
	"http: RoundTripper implementation",
	"http: Transport does not support",
	"net/http: invalid header",
	"net/http: invalid trailer",
	"net/http: invalid method",
	"net/http: invalid scheme",
	"net/http: nil Context",
	"net/http: can't write control character",
	"net/http: Transport.Dial",
	"net/http: request canceled",
	"net/http: server response headers exceeded",
	"net/http: extended connect not supported",
	"invalid Trailer key",
	"invalid proxy address",
	"unsupported proxy scheme",

	// Redirects.
	"failed to parse Location header",

	// HTTP/2.
	"http2: unsupported scheme",
	"http2: unencrypted HTTP/2 not enabled",
	"http2: unexpected ALPN protocol",
	"http2: could not negotiate protocol",
	"http2: invalid ",
	"invalid Upgrade request header",
	"invalid Transfer-Encoding request header",
	"invalid Connection request header",
	"invalid Host header",
	"http2: request body larger than specified content length",
	"http2: request header list larger",
	"http2: response header list larger",
	"http2: Transport received GOAWAY from server ErrCode:HTTP_1_1_REQUIRED",
	"http2: Transport received GOAWAY from server ErrCode:INADEQUATE_SECURITY",
	"request header list larger",
	"invalid HTTP header",
	"invalid HTTP trailer",
	"invalid request :path",

	// A server that speaks TLS or HTTP/2 where HTTP/1.1 was expected.
	`malformed HTTP response "\x15\x03`,
	`malformed HTTP response "\x00\x00`,

	// Certificates.
	"x509: ",

	// SOCKS proxies.
	"no acceptable authentication methods",
	"username/password authentication failed",
	"unknown error connection not allowed by ruleset",
	"unknown error command not supported",
	"unknown error address type not supported",
}

// unsentTexts is how errors begin that come before the server has processed anything.
var unsentTexts = []string{
	"net/http: TLS handshake timeout",
	"http2: client conn not usable",
	"http2: client conn could not be established",
	"http2: Transport received Server's graceful shutdown GOAWAY",
	"http2: Transport: cannot retry err [http2: Transport received Server's graceful shutdown GOAWAY]",
	"http2: Transport received GOAWAY from server ErrCode:", // only for streams beyond the last that was processed
}

// passingAlerts are the errors of crypto/tls that pass: a broken record, a connection that ends, a server in trouble.
var passingAlerts = map[string]bool{
	"tls: internal error":           true,
	"tls: user canceled":            true,
	"tls: close notify":             true,
	"tls: bad record MAC":           true,
	"tls: unexpected message":       true,
	"tls: error decoding message":   true,
	"tls: error decrypting message": true,
	"tls: protocol is shutdown":     true,
	"tls: use of closed connection": true,
}

func classifyText(text string) class {
	switch {
	case hasPrefix(text, permanentTexts),
		strings.HasPrefix(text, "tls: ") && !passingAlerts[text],
		strings.HasPrefix(text, "stopped after ") && strings.HasSuffix(text, " redirects"),
		refusedByProxy(text),
		goneAway(text):
		return permanent
	case hasPrefix(text, unsentTexts):
		return unsent
	}
	return classifyStream(text)
}

func hasPrefix(text string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// classifyStream reads the error of an HTTP/2 stream, "stream error: stream ID 1; CODE; cause".
func classifyStream(text string) class {
	text = strings.TrimPrefix(text, "http2: Transport: cannot retry err [")
	rest, ok := strings.CutPrefix(text, "stream error: stream ID ")
	if !ok {
		return transient
	}
	_, code, _ := strings.Cut(rest, "; ")
	switch {
	case strings.HasPrefix(code, "REFUSED_STREAM"):
		return unsent
	case strings.HasPrefix(code, "HTTP_1_1_REQUIRED"), strings.HasPrefix(code, "INADEQUATE_SECURITY"):
		return permanent
	}
	return transient
}

// goneAway reports whether an HTTP/2 server closed the connection with a code that asks for another protocol.
func goneAway(text string) bool {
	rest, ok := strings.CutPrefix(text, "http2: server sent GOAWAY and closed the connection; LastStreamID=")
	if !ok {
		return false
	}
	_, code, _ := strings.Cut(rest, ", ErrCode=")
	return strings.HasPrefix(code, "HTTP_1_1_REQUIRED,") || strings.HasPrefix(code, "INADEQUATE_SECURITY,")
}

// refusedByProxy reports whether a text is the status with which a proxy refuses to connect: net/http returns it
// alone.
func refusedByProxy(text string) bool {
	for status := http.StatusMultipleChoices; status < 600; status++ {
		if text == http.StatusText(status) && text != "" {
			return !RetryableStatus(status)
		}
	}
	return false
}
