package loophttp_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// TestKeep has conditions that read, close and replace a response's body.
func TestKeep(t *testing.T) {
	all := func(resp *http.Response) { _, _ = io.ReadAll(resp.Body) }
	for _, c := range []struct {
		name      string
		condition func(*http.Response)
		want      string // before what the server sends, if it does not begin with it
	}{
		{"nothing", func(*http.Response) {}, ""},
		{"all", all, ""},
		{"a part", func(resp *http.Response) { _, _ = io.ReadFull(resp.Body, make([]byte, 7)) }, ""},
		{"close", func(resp *http.Response) { resp.Body.Close() }, ""},
		{"all, close", func(resp *http.Response) { all(resp); resp.Body.Close() }, ""},
		{"replace", func(resp *http.Response) {
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			resp.Body = io.NopCloser(bytes.NewReader(body))
		}, ""},
		{"put before", func(resp *http.Response) {
			start := make([]byte, 7)
			_, _ = io.ReadFull(resp.Body, start)
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(bytes.NewReader(start), resp.Body), resp.Body}
		}, ""},
		{"other", func(resp *http.Response) { resp.Body = io.NopCloser(strings.NewReader("before ")) }, "before "},
	} {
		for name, server := range servers(t, func(w http.ResponseWriter, r *http.Request) {
			size, _ := strconv.Atoi(r.URL.RawQuery)
			_, _ = io.WriteString(w, strings.Repeat("0123456789", size/10))
		}) {
			for _, size := range []int{10, 100_000} {
				t.Run(fmt.Sprint(c.name, "/", name, "/", size), func(t *testing.T) {
					resp, err := server.Client().Get(server.URL + "?" + strconv.Itoa(size))
					if err != nil {
						t.Fatal(err)
					}
					kept := loophttp.Keep(resp)
					c.condition(resp)
					kept.GiveBack()
					want := strings.Repeat("0123456789", size/10)
					if c.want != "" {
						want = c.want
					}
					if got := read(t, resp); got != want {
						t.Errorf("the caller reads %d bytes %.20q, want %d", len(got), got, len(want))
					}
					if _, err := resp.Body.Read(make([]byte, 1)); err == nil {
						t.Error("the body can be read after it was closed")
					}
				})
			}
		}
	}
}

// TestKeepLimit has a condition that reads more than is kept.
func TestKeepLimit(t *testing.T) {
	const size = 3 << 20
	resp := &http.Response{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", size)))}
	kept := loophttp.Keep(resp)
	if body, err := io.ReadAll(resp.Body); len(body) != 1<<20 || err == nil {
		t.Errorf("the condition reads %d bytes, error %v; want 1 MiB and an error", len(body), err)
	}
	kept.GiveBack()
	if got := read(t, resp); len(got) != size {
		t.Errorf("the caller reads %d bytes, want %d", len(got), size)
	}
}

// TestKeepNothing has responses without a body.
func TestKeepNothing(t *testing.T) {
	for _, resp := range []*http.Response{nil, {}, {Body: http.NoBody}} {
		kept := loophttp.Keep(resp)
		kept.GiveBack()
	}
	resp := &http.Response{Body: io.NopCloser(strings.NewReader("body"))}
	kept := loophttp.Keep(resp)
	own := resp.Body
	resp.Body = nil
	kept.GiveBack()
	if resp.Body != nil {
		t.Error("a body that the condition took away is back")
	}
	if _, err := own.Read(nil); err != nil {
		t.Error(err)
	}
}

// failing is a body that fails once and could then be read further.
type failing struct {
	parts []string
	err   error
}

func (f *failing) Read(p []byte) (int, error) {
	if len(f.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.parts[0])
	f.parts = f.parts[1:]
	if len(f.parts) == 1 {
		return n, f.err
	}
	return n, nil
}

func (f *failing) Close() error { return nil }

// TestKeepError has a body that breaks off while a condition reads it: it breaks off for the caller in the same place.
func TestKeepError(t *testing.T) {
	for _, parts := range [][]string{{"begin", "ning", "lost"}, {"", "lost"}} {
		body := &failing{parts: parts, err: io.ErrUnexpectedEOF}
		resp := &http.Response{Body: body}
		kept := loophttp.Keep(resp)
		want, err := io.ReadAll(resp.Body)
		if err != io.ErrUnexpectedEOF {
			t.Errorf("the condition gets %v", err)
		}
		kept.GiveBack()
		got, err := io.ReadAll(resp.Body)
		if string(got) != string(want) || err != io.ErrUnexpectedEOF {
			t.Errorf("the caller reads %q, error %v; want %q, %v", got, err, want, io.ErrUnexpectedEOF)
		}
	}
}
