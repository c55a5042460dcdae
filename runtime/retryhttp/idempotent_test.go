package retryhttp_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryhttp"
)

// TestStatus asks a server for each status, with methods and keys.
func TestStatus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("Retry-After", r.URL.Query().Get("after"))
		w.WriteHeader(status)
	}))
	defer server.Close()
	refused := map[int]bool{408: true, 425: true, 429: true}
	passing := map[int]bool{500: true, 502: true, 503: true, 504: true, 520: true, 529: true, 599: true}
	for _, status := range []int{
		200, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 421, 422, 423, 425, 429, 451, 499,
		500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 529, 599,
	} {
		for _, request := range []struct {
			method, key string
			idempotent  bool
		}{
			{"GET", "", true}, {"HEAD", "", true}, {"OPTIONS", "", true}, {"TRACE", "", true},
			{"POST", "", false}, {"PATCH", "", false}, {"PUT", "", false}, {"DELETE", "", false}, {"PURGE", "", false},
			{"POST", "Idempotency-Key", true}, {"POST", "X-Idempotency-Key", true}, {"PATCH", "Idempotency-Key", true},
			{"PUT", "idempotency-key", true}, {"POST", "X-Request-Id", false},
		} {
			t.Run(fmt.Sprint(status, request.method, request.key), func(t *testing.T) {
				req := newRequest(t, request.method, fmt.Sprint(server.URL, "/", status, "?after=7"))
				if request.key != "" {
					req.Header.Set(request.key, "1")
				}
				resp, err := read(server.Client().Do(req))
				if err != nil {
					t.Fatal(err)
				}
				check := func(name string, wait time.Duration, again, want bool) {
					if again != want || again && wait != 7*time.Second {
						t.Errorf("%s is %v, %v; want 7s, %v", name, wait, again, want)
					}
				}
				want := refused[status] || passing[status] || status == http.StatusRequestEntityTooLarge
				wait, again := retryhttp.Transient(resp, nil)
				check("Transient", wait, again, want)
				want = refused[status] || want && request.idempotent
				wait, again = retryhttp.Idempotent(resp, nil)
				check("Idempotent", wait, again, want)
				wait, again = retryhttp.IdempotentRequest(req, resp, nil)
				check("IdempotentRequest", wait, again, want)
			})
		}
	}
}

// TestTooLarge is temporary only if the server says so.
func TestTooLarge(t *testing.T) {
	resp := &http.Response{StatusCode: http.StatusRequestEntityTooLarge, Request: newRequest(t, "GET", "/")}
	if _, again := retryhttp.Idempotent(resp, nil); again {
		t.Error("413 without Retry-After is retried")
	}
}

// TestKeyAfterError: the error of a client does not hold the header, a request does.
func TestKeyAfterError(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) })
	req := newRequest(t, "POST", "http://"+address)
	req.Header["Idempotency-Key"] = nil // counts, and is not sent
	resp, err := (&http.Client{Transport: transport(t)}).Do(req)
	if _, again := retryhttp.Idempotent(resp, err); again {
		t.Errorf("Idempotent retries %v", err)
	}
	if _, again := retryhttp.IdempotentRequest(req, resp, err); !again {
		t.Errorf("IdempotentRequest does not retry %v", err)
	}
	if _, again := retryhttp.IdempotentRequest(nil, resp, err); again {
		t.Errorf("IdempotentRequest retries %v without a request", err)
	}
}

// TestPostRedirectGet: the first request decides, even where the last one is a GET.
func TestPostRedirectGet(t *testing.T) {
	down := "http://" + refusedAddress(t)
	var orders atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			orders.Add(1)
			http.Redirect(w, r, r.URL.Query().Get("next"), http.StatusSeeOther)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	for _, next := range []string{"/receipt", down} {
		req := newRequest(t, "POST", server.URL+"/order?next="+next)
		resp, err := server.Client().Do(req)
		if err == nil {
			resp.Body.Close()
			if _, again := retryhttp.Idempotent(resp, err); again {
				t.Errorf("Idempotent retries an order whose receipt was answered with %v", resp.Status)
			}
		}
		if _, again := retryhttp.IdempotentRequest(req, resp, err); again {
			t.Errorf("IdempotentRequest retries an order: response %v, error %v", resp, err)
		}
	}
	if got := orders.Load(); got != 2 {
		t.Errorf("%d orders, want 2", got)
	}
	req := newRequest(t, "POST", down)
	if resp, err := server.Client().Do(req); err != nil {
		if _, again := retryhttp.IdempotentRequest(req, resp, err); !again {
			t.Errorf("IdempotentRequest does not retry %v", err)
		}
	}
}

// TestMethodUnknown checks that an unknown method counts as not idempotent.
func TestMethodUnknown(t *testing.T) {
	for _, test := range []struct {
		name       string
		resp       *http.Response
		err        error
		idempotent bool
	}{
		{"nothing", nil, nil, false},
		{"response without a request", &http.Response{StatusCode: 503}, nil, false},
		{"refused, without a request", &http.Response{StatusCode: 429}, nil, true},
		{"error of another library", nil, errors.New("no answer"), false},
		{"connection refused, of another library", nil, &net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		{"connection lost, of another library", nil, io.ErrUnexpectedEOF, false},
		{"error beside a status", &http.Response{StatusCode: 404}, errors.New("not found"), false},
		{"error beside a status that passes", &http.Response{StatusCode: 429}, errors.New("too many"), true},
	} {
		if _, again := retryhttp.Idempotent(test.resp, test.err); again != test.idempotent {
			t.Errorf("%s: Idempotent is %v", test.name, again)
		}
	}
}

// TestRetryAfterDate has a server whose clock is ten minutes ahead, or behind.
func TestRetryAfterDate(t *testing.T) {
	for _, apart := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			now := time.Now().Add(apart).UTC()
			w.Header().Set("Date", now.Format(http.TimeFormat))
			w.Header().Set("Retry-After", now.Add(30*time.Second).Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		resp, err := read(server.Client().Get(server.URL))
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := retryhttp.RetryAfter(resp); got != 30*time.Second {
			t.Errorf("clocks %v apart: Retry-After is %v, want 30s", apart, got)
		}
	}
}

func ExampleIdempotent() {
	// A shop that loses its database after the order was stored.
	orders := 0
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			orders++
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer shop.Close()

	resp, err := shop.Client().Get(shop.URL)
	_, again := retryhttp.Idempotent(resp, err)
	fmt.Println("GET after 503:", again)

	resp, err = shop.Client().Post(shop.URL, "text/plain", strings.NewReader("one book"))
	_, again = retryhttp.Idempotent(resp, err)
	fmt.Println("POST after 503:", again, "orders:", orders)
	// Output:
	// GET after 503: true
	// POST after 503: false orders: 1
}

func ExampleIdempotentRequest() {
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler) // the connection is lost before the answer
	}))
	defer shop.Close()

	req, err := http.NewRequest(http.MethodPost, shop.URL, strings.NewReader("one book"))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Idempotency-Key", "order-7")
	resp, err := shop.Client().Do(req)
	_, again := retryhttp.IdempotentRequest(req, resp, err)
	fmt.Println("POST with a key, after a lost connection:", again)
	// Output: POST with a key, after a lost connection: true
}
