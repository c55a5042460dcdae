package behavior

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// slowly writes for longer than the timeout of the functions in reader.go.
func slowly(w http.ResponseWriter, _ *http.Request) {
	for range 10 {
		_, _ = io.WriteString(w, "0123456789")
		w.(http.Flusher).Flush()
		time.Sleep(40 * time.Millisecond)
	}
}

// TestSlowReader reads what was returned in time to its end, whatever type holds it.
func TestSlowReader(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		web, url := serve(slowly)
		for name, open := range map[string]func() (io.ReadCloser, error){
			"reader": func() (io.ReadCloser, error) { return web.OpenWithRetry(context.Background(), url) },
			"struct": func() (io.ReadCloser, error) {
				object, err := web.ObjectWithRetry(context.Background(), url)
				if err != nil {
					return nil, err
				}
				return object.Body, nil
			},
			"response": func() (io.ReadCloser, error) {
				req, _ := http.NewRequest(http.MethodGet, url, nil)
				resp, err := web.ResponseWithRetry(req)
				if err != nil {
					return nil, err
				}
				return resp.Body, nil
			},
		} {
			body, err := open()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := readAll(t, body); len(got) != 100 {
				t.Errorf("%s: read %d of 100 bytes", name, len(got))
			}
		}
	})
}

// TestSlowAnswer has no answer in time, so that the timeout ends both attempts.
func TestSlowAnswer(t *testing.T) {
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		var calls record
		web, url := serve(func(_ http.ResponseWriter, r *http.Request) { calls.add(); <-r.Context().Done() })
		body, err := web.OpenWithRetry(context.Background(), url)
		if n := len(calls.all()); body != nil || !errors.Is(err, context.DeadlineExceeded) || n != 2 {
			t.Errorf("%d calls, reader %v, error %v; want 2, none and %v", n, body, err, context.DeadlineExceeded)
		}
	})
}

// uploads is a server that refuses two uploads. It may refuse the first before it has read all of it, so that the
// transport still reads when the function has returned.
func uploads(saw *record, early bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit := int64(1 << 30)
		if early && len(saw.all()) == 0 {
			limit = 1
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, limit))
		if saw.add(string(body)) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
}

// TestUpload sends the same in each attempt, from where the seeker stood.
func TestUpload(t *testing.T) {
	data := strings.Repeat("0123456789", 100_000)
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("header"+data), 0o600); err != nil {
		t.Fatal(err)
	}
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for _, body := range []io.ReadSeeker{file, bytes.NewReader([]byte("header" + data)), strings.NewReader("header" + data)} {
			if _, err := body.Seek(6, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			var saw record
			web, url := serve(uploads(&saw, true))
			if err := web.UploadWithRetry(context.Background(), url, body); err != nil {
				t.Errorf("%T: %v", body, err)
			}
			if got := saw.all(); len(got) != 3 || got[1] != data || got[2] != data {
				t.Errorf("%T: %d uploads, not all of them whole", body, len(got))
			}
		}
	})
}

// TestUploadClosed has an attempt that closes its file: the loop ends, and nothing more is uploaded.
func TestUploadClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	protocols(t, func(t *testing.T, serve func(http.HandlerFunc) (*Web, string)) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var saw record
		web, url := serve(uploads(&saw, false))
		err = web.UploadFileWithRetry(context.Background(), url, file)
		got := saw.all()
		var stopped *retry.Error
		if !errors.As(err, &stopped) || stopped.Reason != retry.ReasonBody || stopped.Attempts != 1 ||
			!errors.Is(err, os.ErrClosed) || len(got) != 1 {
			t.Errorf("%d uploads, error %v; want 1, and one that says that the file is closed", len(got), err)
		}
	})
}

// TestConditionReadsReader has a condition that reads and closes a result: files that will be retried are closed, and the
// caller has all of the last one.
func TestConditionReadsReader(t *testing.T) {
	dir := t.TempDir()
	var files []*os.File
	web := &Web{}
	r, err := web.PeekWithRetry(context.Background(), func(attempt int) io.ReadCloser {
		if attempt == 1 {
			return nil
		}
		text := "unfinished"
		if attempt == 3 {
			text = "a whole file"
		}
		path := filepath.Join(dir, text)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		return file
	})
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	if got := readAll(t, r); got != "a whole file" {
		t.Errorf("the caller reads %q", got)
	}
	for i, file := range files {
		if _, err := file.Stat(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("file %d is open", i+1)
		}
	}
}
