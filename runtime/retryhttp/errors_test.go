package retryhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryhttp"
)

// verdict is what the conditions are to say about a failure.
type verdict int

const (
	never  verdict = iota // no condition retries it
	repeat                // retried where the request is idempotent
	always                // retried whatever the request is
)

// failure is a way for a request to fail.
type failure struct {
	name string
	want verdict
	text string // a part of the error, so that it is the failure that is meant
	do   func(t *testing.T, method string) (*http.Response, error)
}

// test makes a request with GET and one with POST, and asks the conditions about what comes back.
func (f failure) test(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(f.name+" "+method, func(t *testing.T) {
			resp, err := f.do(t, method)
			if err == nil {
				t.Fatalf("status %v, want an error", resp.Status)
			}
			if !strings.Contains(err.Error(), f.text) {
				t.Errorf("error %q, want one with %q", err, f.text)
			}
			if _, again := retryhttp.Transient(resp, err); again != (f.want >= repeat) {
				t.Errorf("Transient is %v for %v", again, err)
			}
			safe := f.want == always || f.want == repeat && method == http.MethodGet
			if _, again := retryhttp.Idempotent(resp, err); again != safe {
				t.Errorf("Idempotent is %v for %v", again, err)
			}
			wrapped := fmt.Errorf("fetching the price: %w", err)
			if _, again := retryhttp.Idempotent(resp, wrapped); again != safe {
				t.Errorf("Idempotent is %v for %v", again, wrapped)
			}
		})
	}
}

func newRequest(t *testing.T, method, address string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// transport returns a transport that is closed when the test ends.
func transport(t *testing.T) *http.Transport {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// listen serves connections by a function, one after the other, and returns the address.
func listen(t *testing.T, serve func(conn net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

// answers returns a failure's do: the server reads the request's head, writes an answer and closes.
func answers(answer string) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		address := listen(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, answer)
		})
		return read((&http.Client{Transport: transport(t)}).Do(newRequest(t, method, "http://"+address)))
	}
}

// read reads a response to its end, as functions do that return what is in it.
func read(resp *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return resp, err
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	return resp, err
}

func refusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestConnections is about servers and networks that fail.
func TestConnections(t *testing.T) {
	for _, f := range []failure{
		{"refused", always, "refused", func(t *testing.T, method string) (*http.Response, error) {
			return (&http.Client{Transport: transport(t)}).Do(newRequest(t, method, "http://"+refusedAddress(t)))
		}},
		{"dial times out", always, "i/o timeout", func(t *testing.T, method string) (*http.Response, error) {
			transport := transport(t)
			transport.DialContext = (&net.Dialer{Deadline: time.Now().Add(-time.Second)}).DialContext
			return (&http.Client{Transport: transport}).Do(newRequest(t, method, "http://127.0.0.1"))
		}},
		{"reset", repeat, "reset", func(t *testing.T, method string) (*http.Response, error) {
			address := listen(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
				_ = conn.(*net.TCPConn).SetLinger(0)
			})
			return (&http.Client{Transport: transport(t)}).Do(newRequest(t, method, "http://"+address))
		}},
		{"closed without an answer", repeat, "EOF", answers("")},
		{"closed in the header", repeat, "malformed MIME header", answers("HTTP/1.1 200 OK\r\nContent-")},
		{"closed in the body", repeat, "unexpected EOF", answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")},
		{"closed in a chunk", repeat, "unexpected EOF", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")},
		{"chunks that cannot be read", repeat, "chunk", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfoo\r\n")},
		{"no HTTP", repeat, "malformed HTTP response", answers("SSH-2.0-OpenSSH_9.7\r\n")},
		{"TLS", never, "malformed HTTP response", answers("\x15\x03\x01\x00\x02\x02\x16\n")},
		{"HTTP/2", never, "malformed HTTP response", answers("\x00\x00\x12\x04\x00\x00\x00\x00\x00\n")},
		{"header too long", never, "exceeded", answers("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 11<<20) + "\r\n\r\n")},
		{"HTTP for HTTPS", never, http.ErrSchemeMismatch.Error(), func(t *testing.T, method string) (*http.Response, error) {
			server := httptest.NewServer(http.NotFoundHandler())
			defer server.Close()
			return (&http.Client{Transport: transport(t)}).Do(newRequest(t, method, strings.Replace(server.URL, "http", "https", 1)))
		}},
		{"cancelled", never, "context canceled", func(t *testing.T, method string) (*http.Response, error) {
			ctx, cancel := context.WithCancel(context.Background())
			return stalled(t, func(_ *http.Client, req *http.Request) *http.Request { return req.WithContext(ctx) }, cancel, method)
		}},
		{"attempt's deadline", repeat, "deadline exceeded", func(t *testing.T, method string) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			return stalled(t, func(_ *http.Client, req *http.Request) *http.Request { return req.WithContext(ctx) }, nil, method)
		}},
		{"client's timeout", repeat, "Client.Timeout exceeded", func(t *testing.T, method string) (*http.Response, error) {
			return stalled(t, func(client *http.Client, req *http.Request) *http.Request {
				client.Timeout = 50 * time.Millisecond
				return req
			}, nil, method)
		}},
		{"header's timeout", repeat, "timeout awaiting response headers", func(t *testing.T, method string) (*http.Response, error) {
			return stalled(t, func(client *http.Client, req *http.Request) *http.Request {
				client.Transport.(*http.Transport).ResponseHeaderTimeout = 50 * time.Millisecond
				return req
			}, nil, method)
		}},
	} {
		f.test(t)
	}
}

// stalled asks a server that does not answer, and calls arrived when the request is there.
func stalled(t *testing.T, set func(*http.Client, *http.Request) *http.Request, arrived func(), method string) (*http.Response, error) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if arrived != nil {
			arrived()
		}
		<-release
	}))
	defer server.Close()
	defer close(release)
	client := &http.Client{Transport: transport(t)}
	return client.Do(set(client, newRequest(t, method, server.URL)))
}

// TestLookup asks a name server of the test.
func TestLookup(t *testing.T) {
	for _, f := range []failure{
		{"name does not exist", never, "no such host", lookup(3)},
		{"name server fails", always, "server misbehaving", lookup(2)},
		{"address without a port", never, "missing port", func(t *testing.T, method string) (*http.Response, error) {
			return dial(t, method, func(ctx context.Context) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1")
			})
		}},
		{"network that is not known", never, "unknown network", func(t *testing.T, method string) (*http.Response, error) {
			return dial(t, method, func(ctx context.Context) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "carrier", "127.0.0.1:80")
			})
		}},
	} {
		f.test(t)
	}
}

// lookup returns a failure's do whose name server answers with a code (RFC 1035, section 4.1.1).
func lookup(code byte) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		server, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		go func() {
			for query := make([]byte, 512); ; {
				n, from, err := server.ReadFrom(query)
				if err != nil {
					return
				}
				query[2], query[3] = 0x81, 0x80|code // an answer, to a query that asked for recursion
				_, _ = server.WriteTo(query[:n], from)
			}
		}()
		resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
		}}
		return dial(t, method, func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{Resolver: resolver}).DialContext(ctx, "tcp", "prices.example:80")
		})
	}
}

func dial(t *testing.T, method string, connect func(context.Context) (net.Conn, error)) (*http.Response, error) {
	transport := transport(t)
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return connect(ctx) }
	return (&http.Client{Transport: transport}).Do(newRequest(t, method, "http://prices.example"))
}

// TestRetryable is about errors that are not from a client.
func TestRetryable(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("no price yet"), true},
		{errors.New("stopped after 3 pages"), true},
		{io.ErrUnexpectedEOF, true},
		{context.Canceled, false},
		{context.DeadlineExceeded, true},
		{http.ErrNoCookie, false},
		{http.ErrBodyReadAfterClose, false},
		{&http.MaxBytesError{Limit: 1}, false},
		{http.ErrNotSupported, false},
		{url.EscapeError("%zz"), false},
		{fmt.Errorf("tls: %w", io.ErrUnexpectedEOF), true},
		{errors.Join(io.EOF, http.ErrSchemeMismatch), false},
		{&url.Error{Op: "Get", URL: "/"}, true},
	} {
		if got := retryhttp.Retryable(test.err); got != test.want {
			t.Errorf("Retryable(%v) is %v", test.err, got)
		}
	}
}
