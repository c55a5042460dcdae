package loophttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// echoing is a server that answers 503 until the last of some requests, and keeps what it saw of each.
func echoing(t *testing.T, last int, http2 bool) (*httptest.Server, func() []string) {
	t.Helper()
	var lock sync.Mutex
	var saw []string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		lock.Lock()
		defer lock.Unlock()
		saw = append(saw, fmt.Sprintf("%s %v %s %s", r.URL.RawQuery, r.Header["Authorization"], body, r.Trailer.Get("Sum")))
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: fmt.Sprint(len(saw))})
		if len(saw) < last {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	server.EnableHTTP2 = http2
	if http2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, func() []string {
		lock.Lock()
		defer lock.Unlock()
		return slices.Clone(saw)
	}
}

// sign changes a request as a task may: headers, the query, and the fields themselves.
func sign(send func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	n := 0
	return func(req *http.Request) (*http.Response, error) {
		n++
		req.Header.Add("Authorization", fmt.Sprint("t", n))
		query := req.URL.Query()
		query.Add("nonce", fmt.Sprint(n))
		req.URL.RawQuery = query.Encode()
		req.Host = ""
		return send(req)
	}
}

// TestOwn checks that no attempt sees what another one has added, and that the caller's request stays as it is.
func TestOwn(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(fmt.Sprintf("%s/%v", method, http2), func(t *testing.T) {
				server, saw := echoing(t, 3, http2)
				req := request(t, method, server.URL+"?q=1", nil)
				text := ""
				if method == http.MethodPost {
					text = "hello"
					req = request(t, method, server.URL+"?q=1", strings.NewReader(text))
				}
				given, url := *req, *req.URL
				resp, err := wrapper{send: sign(server.Client().Do), retries: 5}.do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				for i, got := range saw() {
					if want := fmt.Sprintf("nonce=%d&q=1 [t%d] %s ", i+1, i+1, text); got != want {
						t.Errorf("attempt %d: %q, want %q", i+1, got, want)
					}
				}
				if len(req.Header) != 0 || *req.URL != url || req.Host != given.Host || len(saw()) != 3 {
					t.Errorf("%d attempts; the caller's request is now %v", len(saw()), req)
				}
				if got := resp.Request.Header.Get("Authorization"); got != "t3" {
					t.Errorf("the response's request has Authorization %q, want the last attempt's", got)
				}
			})
		}
	}
}

// TestOwnNil passes on requests without the parts that a copy is made of.
func TestOwnNil(t *testing.T) {
	if own := loophttp.Own(nil); own != nil {
		t.Errorf("Own(nil) = %v", own)
	}
	if ctx := loophttp.WithContext(context.Background(), nil); ctx != nil {
		t.Errorf("WithContext(nil) = %v", ctx)
	}
	if own := loophttp.Own(&http.Request{}); own == nil || own.Header != nil || own.URL != nil || own.Trailer != nil {
		t.Errorf("Own of an empty request = %v", own)
	}
	attempts := 0
	resp, err := wrapper{retries: 1, send: func(req *http.Request) (*http.Response, error) {
		if attempts++; req != nil {
			t.Errorf("attempt %d was given %v, want nil", attempts, req)
		}
		return nil, io.ErrUnexpectedEOF
	}}.do(nil)
	if resp != nil || err != io.ErrUnexpectedEOF || attempts != 2 {
		t.Errorf("%d attempts, response %v, error %v", attempts, resp, err)
	}
}

// summed is a body that sets a trailer of the caller's request at its end.
type summed struct {
	io.Reader
	trailer http.Header
	closed  chan bool
}

func (s summed) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF {
		s.trailer.Set("Sum", "42")
	}
	return n, err
}

func (s summed) Close() error { s.closed <- true; return nil }

// TestContract checks what callers of http.Client.Do rely on: trailers that the body fills in, cookies, and that the body
// is closed.
func TestContract(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		server, saw := echoing(t, 2, http2)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := server.Client()
		client.Jar = jar
		req := request(t, http.MethodPost, server.URL, nil)
		closed := make(chan bool, 9)
		req.Trailer = http.Header{"Sum": nil}
		req.GetBody = func() (io.ReadCloser, error) { return summed{strings.NewReader("data"), req.Trailer, closed}, nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = -1
		resp, err := wrapper{send: client.Do, retries: 3}.do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got, want := strings.Join(saw(), ","), " [] data 42, [] data 42"; got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
		if cookies := jar.Cookies(req.URL); len(cookies) != 1 || cookies[0].Value != "2" {
			t.Errorf("cookies %v, want the last answer's", cookies)
		}
		for range 2 { // hangs if a body is not closed
			<-closed
		}
	}
}

// TestRewind sends a body three times, over one connection and over fresh ones.
func TestRewind(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		server, saw := echoing(t, 3, false)
		server.Client().Transport.(*http.Transport).DisableKeepAlives = fresh
		resp, err := wrapper{send: server.Client().Do, retries: 5}.do(request(t, http.MethodPost, server.URL, strings.NewReader("hello")))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got, want := strings.Join(saw(), ","), " [] hello , [] hello , [] hello "; got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
	}
}

// TestCannotRewind checks that a body that cannot be sent again ends the loop before anything is waited or spent.
func TestCannotRewind(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		body func() (io.ReadCloser, error) // GetBody, after the first attempt
		want string
		is   error
	}{
		{"none", nil, "its GetBody is nil", nil},
		{"fails", func() (io.ReadCloser, error) { return nil, broken }, "its GetBody failed: broken", broken},
		{"nil", func() (io.ReadCloser, error) { return nil, nil }, "its GetBody returned nil", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, saw := echoing(t, 9, false)
			req := request(t, http.MethodPost, server.URL, io.NopCloser(strings.NewReader("once")))
			req.GetBody = c.body
			budget := retry.NewBudget(0, 0, 1)
			w := wrapper{send: server.Client().Do, retries: 5, delay: time.Hour, budget: budget}
			resp, err := w.do(req)
			var stopped *retry.Error
			if !errors.As(err, &stopped) || stopped.Reason != retry.ReasonBody || stopped.Attempts != 1 || resp != nil || len(saw()) != 1 {
				t.Fatalf("%d requests, response %v, error %v; want 1, none, and an error that names the body", len(saw()), resp, err)
			}
			if !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error %q, want %q", err, c.want)
			}
			w.delay, req.Body = 0, nil
			if _, err := w.do(req); errors.Is(err, retry.ReasonBudget) && len(saw()) == 2 {
				t.Error("a token was spent on a retry that could not be made")
			}
		})
	}
}

// TestUnsent closes a body that was made for an attempt that does not begin.
func TestUnsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want error
		w    wrapper
	}{
		{"budget", retry.ReasonBudget, wrapper{retries: 1, budget: retry.NewBudget(0, 0, 0)}},
		{"canceled", retry.ReasonCanceled, wrapper{retries: 1, delay: time.Hour}},
		{"sent", nil, wrapper{retries: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, _ := echoing(t, 9, false)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var opened []*os.File
			req := request(t, http.MethodPost, server.URL, nil).WithContext(ctx)
			req.GetBody = func() (io.ReadCloser, error) {
				file, err := os.Open(path)
				opened = append(opened, file)
				time.AfterFunc(time.Millisecond, func() {
					if c.want == retry.ReasonCanceled {
						cancel()
					}
				})
				return file, err
			}
			req.Body, _ = req.GetBody()
			req.ContentLength = 4
			c.w.send = server.Client().Do
			if c.want == retry.ReasonCanceled {
				c.w.send = func(req *http.Request) (*http.Response, error) {
					req.Body.Close()
					return nil, io.ErrUnexpectedEOF
				}
			}
			resp, err := c.w.do(req)
			if c.want != nil && !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if resp != nil {
				resp.Body.Close()
			}
			for i, file := range opened {
				if _, err := file.Stat(); !errors.Is(err, os.ErrClosed) {
					t.Errorf("body %d of %d was not closed", i+1, len(opened))
				}
			}
		})
	}
}

func BenchmarkOwn(b *testing.B) {
	req := request(b, http.MethodPost, "http://example.com/prices?symbol=GO", strings.NewReader("body"))
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	b.ReportAllocs()
	for range b.N {
		sink = loophttp.Own(req)
	}
}

var sink *http.Request
