package serve

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const addr = "127.0.0.1:7497"

// ask asks a server without a network. The headers come in pairs.
func ask(t *testing.T, p *pages, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://"+addr+target, nil)
	for i := 0; i < len(headers); i += 2 {
		switch headers[i] {
		case "Host":
			r.Host = headers[i+1]
		case "Method":
			r.Method = headers[i+1]
		default:
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	guard(addr, p.mux()).ServeHTTP(w, r)
	return w.Result()
}

func server() *pages { return &pages{turns: make(chan struct{}, atOnce), limit: time.Minute} }

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGuard answers the page's own questions, and what leads to it, and nobody else's.
func TestGuard(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no browser", nil, 200},
		{"the page itself", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, 200},
		{"by another name", []string{"Host", "localhost:7497"}, 200},
		{"by its IPv6 name", []string{"Host", "[::1]:7497"}, 200},
		{"typed", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a link elsewhere", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"HEAD", []string{"Method", "HEAD"}, 200},
		{"DNS rebinding", []string{"Host", "evil.example:7497"}, 403},
		{"a name that begins like it", []string{"Host", "127.0.0.1.evil.example:7497"}, 403},
		{"another port", []string{"Host", "127.0.0.1:80"}, 403},
		{"no port", []string{"Host", "127.0.0.1"}, 403},
		{"a script elsewhere", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a script of an old browser", []string{"Origin", "https://evil.example"}, 403},
		{"another port of this machine", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"a picture elsewhere", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		{"a frame elsewhere", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"an unknown origin", []string{"Origin", "null"}, 403},
		{"POST", []string{"Method", "POST"}, 405},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := ask(t, server(), "/result?policy=retries%3D1", test.headers...)
			if r.StatusCode != test.want {
				t.Errorf("status %d, want %d: %s", r.StatusCode, test.want, body(t, r))
			}
			for name := range r.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s lets other sites read", name)
				}
			}
			policy := r.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src 'unsafe") {
				t.Errorf("the policy is %q", policy)
			}
		})
	}
}

// TestAnswers shows what the fields ask for, or what is wrong with them.
func TestAnswers(t *testing.T) {
	storm := url.Values{"outage": {"10"}, "clients": {"1e6"}, "capacity": {"5e4"}}
	with := func(pairs ...string) url.Values {
		q := url.Values{"policy": {"retries=4 delay=exponential(2) jitter=3"}}
		for name, list := range storm {
			q[name] = list
		}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return q
	}
	for _, test := range []struct {
		name string
		q    url.Values
		want []string
	}{
		{"a policy", with(), []string{"7.58s", "8.3×", "30.4s", "//retry:task retries=4 delay=exponential(2) jitter=3",
			"retrygen explain -outage 10 -clients 1e6 -capacity 5e4 -policy 'retries=4 delay=exponential(2) jitter=3'"}},
		{"as copied", with("policy", "//retry:task  retries=4   delay=1"), []string{"//retry:task retries=4 delay=1<"}},
		{"two policies", with("compare", "retries=4 delay=exponential(2)"), []string{"7.58s", "8.3×", "20×", "no jitter"}},
		{"a mistake", with("policy", "retires=4"), []string{`data-field="policy"`, `policy:1:1: unknown option "retires": did you mean "retries"?`}},
		{"a mistake in the other", with("compare", "retries=x"), []string{`data-field="compare"`, "policy:1:1: retries=x"}},
		{"no policy", with("policy", " "), []string{`data-field="policy"`, "it is empty"}},
		{"a policy of a package", with("policy", "policy=Patient"), []string{"there is no package here to look it up in"}},
		{"a bad number", with("clients", "many"), []string{`data-field="clients"`, "is no number"}},
		{"a scenario that cannot be", with("capacity", "0"), []string{"the capacity must be a number of requests a second"}},
		{"a long policy", with("policy", "retries=1"+strings.Repeat(" jitter=1", 200)), []string{"more than 1000, the limit of this page"}},
		{"a long outage", with("outage", "48h"), []string{"48h0m0s is longer than 24h0m0s, the limit of this page"}},
		{"a high rate", with("rate", "1e12"), []string{"1e+12 is more than 1e+09, the limit of this page"}},
		{"too many clients", with("clients", "1e12"), []string{"want a whole number of at most 1e+09"}},
		{"a budget", with("rate", "20000", "budget", "0.1, 0, 1000"), []string{"with the budget", "-budget '0.1, 0, 1000'"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := ask(t, server(), "/result?"+test.q.Encode())
			text := html.UnescapeString(strings.ReplaceAll(body(t, r), "\u00a0", " "))
			if r.StatusCode != http.StatusOK {
				t.Errorf("status %d", r.StatusCode)
			}
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
		})
	}
}

// TestLimitOfTime refuses what takes too long, and names the limit.
func TestLimitOfTime(t *testing.T) {
	p := server()
	p.limit = time.Nanosecond
	q := url.Values{"policy": {"retries=9 delay=1 jitter=1"}, "outage": {"60"}, "clients": {"1e7"}, "capacity": {"10"}}
	text := body(t, ask(t, p, "/result?"+q.Encode()))
	if !strings.Contains(text, "takes longer than 1ns to compute, the limit of this page") || strings.Contains(text, "data value") {
		t.Errorf("%s", text)
	}
}

// TestNobodyWaits computes nothing for a browser that has gone.
func TestNobodyWaits(t *testing.T) {
	p := server()
	p.turns <- struct{}{}
	p.turns <- struct{}{} // others are being answered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/result?policy=retries%3D1", nil)
	w := httptest.NewRecorder()
	guard(addr, p.mux()).ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		t.Errorf("answered %s", w.Body)
	}
}

// TestHostileFields escapes what the fields hold.
func TestHostileFields(t *testing.T) {
	const bad = `"><script>alert(1)</script>'<img src=x onerror=alert(1)>`
	for _, name := range []string{"policy", "compare", "attempt-time", "outage", "clients", "rate", "capacity", "budget"} {
		q := url.Values{"policy": {"retries=1"}, name: {bad}}
		text := body(t, ask(t, server(), "/?"+q.Encode()))
		if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img") {
			t.Errorf("%s: the page holds what is in the field", name)
		}
	}
}

// TestSameFieldsSameBytes answers a link with the same page each time, and without a script too.
func TestSameFieldsSameBytes(t *testing.T) {
	const target = "/?policy=retries%3D4+delay%3D1+jitter%3D1&compare=retries%3D2&attempt-time=100ms"
	one, other := body(t, ask(t, server(), target)), body(t, ask(t, server(), target))
	if one != other {
		t.Error("the page differs from one time to the next")
	}
	if !regexp.MustCompile(`name="attempt-time" value="100ms"`).MatchString(one) || !strings.Contains(one, `<section class="part"`) {
		t.Error("the page does not hold what the link says")
	}
}

// TestBeginning leads to what the flags say, if the address says nothing.
func TestBeginning(t *testing.T) {
	p := server()
	p.values = url.Values{"policy": {"retries=1"}}
	r := ask(t, p, "/")
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/?policy=retries%3D1" {
		t.Errorf("status %d, to %s", r.StatusCode, r.Header.Get("Location"))
	}
	if r := ask(t, p, "/packages"); r.StatusCode != http.StatusNotFound {
		t.Errorf("packages: status %d", r.StatusCode)
	}
	p.home = []byte("<p>here</p>")
	if text := body(t, ask(t, p, "/packages")); text != "<p>here</p>" {
		t.Errorf("packages: %s", text)
	}
	if text := body(t, ask(t, p, "/?policy=retries%3D1")); !strings.Contains(text, `href="/packages"`) {
		t.Error("nothing leads to the packages")
	}
}

// TestListen listens on loopback addresses alone, and answers there until it is stopped.
func TestListen(t *testing.T) {
	for addr, want := range map[string]string{
		"0.0.0.0:0": "want a loopback address", "192.0.2.1:80": "want a loopback address", ":8080": "want a loopback address",
		"example.com:80": "want a loopback address", "8080": "want a host and a port",
	} {
		if _, err := Listen(Options{Addr: addr}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", addr, err, want)
		}
	}
	s, err := Listen(Options{Addr: "127.0.0.1:0", Values: url.Values{"policy": {"retries=1"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Run(ctx) }()
	r, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, r); r.StatusCode != http.StatusOK || !strings.Contains(text, `value="retries=1"`) {
		t.Errorf("status %d: %s", r.StatusCode, text)
	}
	r.Body.Close()
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
