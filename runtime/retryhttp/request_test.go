package retryhttp_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestRequests is about requests that a client does not send.
func TestRequests(t *testing.T) {
	for _, f := range []failure{
		{"unknown scheme", never, "unsupported protocol scheme", get("gopher://127.0.0.1")},
		{"no scheme", never, "unsupported protocol scheme", get("127.0.0.1/path")},
		{"no host", never, "no Host in request URL", get("http:///path")},
		{"port out of range", never, "invalid port", get("http://127.0.0.1:99999")},
		{"URL with a bracket", never, "missing ']'", get("http://[::1")},
		{"URL with a space in its host", never, "invalid character", get("http://a b/")},
		{"URL with an invalid escape", never, "invalid URL escape", get("http://127.0.0.1/%zz")},
		{"URL with a control character", never, "invalid control character", get("http://127.0.0.1/\x7f")},
		{"URL with an invalid port", never, "invalid port", get("http://127.0.0.1:http2")},
		{"method with a space", never, "invalid method", func(t *testing.T, method string) (*http.Response, error) {
			_, err := http.NewRequest(method+" it", "http://127.0.0.1", nil)
			return nil, err
		}},
		{"no context", never, "nil Context", func(t *testing.T, method string) (*http.Response, error) {
			_, err := http.NewRequestWithContext(context.Context(nil), method, "http://127.0.0.1", nil)
			return nil, err
		}},
		{"header's name", never, "invalid header", sent(func(req *http.Request) { req.Header["a b"] = []string{"c"} })},
		{"header's value", never, "invalid header", sent(func(req *http.Request) { req.Header.Set("A", "b\nc") })},
		{"trailer's name", never, "invalid trailer", sent(func(req *http.Request) { req.Trailer = http.Header{"a b": nil} })},
		{"trailer that is not allowed", never, "invalid Trailer key", sent(func(req *http.Request) {
			req.Body, req.Trailer = io.NopCloser(strings.NewReader("b")), http.Header{"Trailer": nil}
		})},
		{"no header", never, "nil Request.Header", direct(func(req *http.Request) { req.Header = nil })},
		{"no URL", never, "nil Request.URL", sent(func(req *http.Request) { req.URL = nil })},
		{"method that was changed", never, "invalid method", sent(func(req *http.Request) { req.Method += " it" })},
		{"request of a server", never, "RequestURI", sent(func(req *http.Request) { req.RequestURI = "/" })},
		{"length without a body", never, "ContentLength=5 with nil Body", sent(func(req *http.Request) { req.ContentLength = 5 })},
		{"body that is too short", never, "ContentLength=5 with Body length 4", sent(func(req *http.Request) {
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader("body")), 5
		})},
		{"body that is too long", never, "ContentLength=3 with Body length", sent(func(req *http.Request) {
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader("body")), 3
		})},
		{"control character in the path", never, "control character", sent(func(req *http.Request) { req.URL.Opaque = "//127.0.0.1/\x01" })},
	} {
		f.test(t)
	}
}

func get(address string) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		req, err := http.NewRequest(method, address, nil)
		if err != nil {
			return nil, err
		}
		return (&http.Client{Transport: transport(t)}).Do(req)
	}
}

// sent returns a failure's do that changes a request to a server which would answer it.
func sent(change func(*http.Request)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		req := newRequest(t, method, server.URL)
		change(req)
		return (&http.Client{Transport: transport(t)}).Do(req)
	}
}

// direct is sent without a client: the error is not a *url.Error.
func direct(change func(*http.Request)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		req := newRequest(t, method, "http://127.0.0.1")
		change(req)
		return transport(t).RoundTrip(req)
	}
}

// TestRedirects checks errors that end a chain of redirects.
func TestRedirects(t *testing.T) {
	redirect := func(location string, set func(*http.Client)) func(t *testing.T, method string) (*http.Response, error) {
		return func(t *testing.T, method string) (*http.Response, error) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}))
			defer server.Close()
			client := &http.Client{Transport: transport(t)}
			if set != nil {
				set(client)
			}
			return client.Do(newRequest(t, method, server.URL))
		}
	}
	for _, f := range []failure{
		{"loop", never, "stopped after 10 redirects", redirect("/", nil)},
		{"location that cannot be read", never, "failed to parse Location", redirect("http://[::1", nil)},
		{"location with an unknown scheme", never, "unsupported protocol scheme", redirect("gopher://127.0.0.1", nil)},
		{"client's own check", never, "not there", redirect("/", func(client *http.Client) {
			client.CheckRedirect = func(*http.Request, []*http.Request) error {
				return &net.OpError{Op: "dial", Net: "not there", Err: io.EOF} // the status decides, not what this looks like
			}
		})},
	} {
		f.test(t)
	}
}

// TestProxies checks errors of proxies.
func TestProxies(t *testing.T) {
	connect := func(status string) func(t *testing.T, method string) (*http.Response, error) {
		return through("http", func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n")
		})
	}
	socks := func(reply string) func(t *testing.T, method string) (*http.Response, error) {
		return through("socks5", func(conn net.Conn) {
			buffer := make([]byte, 4096)
			_, _ = conn.Read(buffer)
			_, _ = io.WriteString(conn, reply[:2])
			if len(reply) > 2 {
				_, _ = conn.Read(buffer)
				_, _ = io.WriteString(conn, reply[2:])
			}
		})
	}
	for _, f := range []failure{
		{"CONNECT needs a password", never, "Proxy Authentication Required", connect("407 Proxy Authentication Required")},
		{"CONNECT is forbidden", never, "Forbidden", connect("403 Forbidden")},
		{"CONNECT has no server", repeat, "Bad Gateway", connect("502 Bad Gateway")},
		{"CONNECT is too much", repeat, "Service Unavailable", connect("503 Service Unavailable")},
		{"SOCKS wants another login", never, "no acceptable authentication", socks("\x05\xff")},
		{"SOCKS does not allow it", never, "not allowed by ruleset", socks("\x05\x00\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00")},
		{"SOCKS is refused", always, "connection refused", socks("\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")},
		{"proxy is refused", always, "proxyconnect", func(t *testing.T, method string) (*http.Response, error) {
			return proxied(t, method, &url.URL{Scheme: "http", Host: refusedAddress(t)})
		}},
		{"SOCKS proxy is refused", always, "refused", func(t *testing.T, method string) (*http.Response, error) {
			return proxied(t, method, &url.URL{Scheme: "socks5", Host: refusedAddress(t)})
		}},
	} {
		f.test(t)
	}
}

func through(scheme string, serve func(net.Conn)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		return proxied(t, method, &url.URL{Scheme: scheme, Host: listen(t, serve)})
	}
}

func proxied(t *testing.T, method string, proxy *url.URL) (*http.Response, error) {
	transport := transport(t)
	transport.Proxy = http.ProxyURL(proxy)
	return (&http.Client{Transport: transport}).Do(newRequest(t, method, "https://prices.example"))
}
