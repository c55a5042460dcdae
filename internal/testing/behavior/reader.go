package behavior

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
)

// Open returns a body that is read for longer than the timeout.
//
//retry:task retries=1 delay=1ms jitter=full timeout=300ms
func (w *Web) Open(ctx context.Context, url string) (io.ReadCloser, error) {
	resp, err := w.Get(ctx, url)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Object is what an object store answers.
type Object struct {
	Length int64
	Body   io.ReadCloser
}

// Object returns a struct whose body is read for longer than the timeout.
//
//retry:task retries=1 delay=1ms jitter=full timeout=300ms
func (w *Web) Object(ctx context.Context, url string) (*Object, error) {
	body, err := w.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	return &Object{Length: -1, Body: body}, nil
}

// Response returns a response whose body is read for longer than the timeout.
//
//retry:task retries=1 delay=1ms jitter=full timeout=300ms
func (w *Web) Response(req *http.Request) (*http.Response, error) { return w.client.Do(req) }

// errShort is the error of an upload that a server has cut off.
var errShort = errors.New("short")

// Upload sends what a seeker has from where it stands.
//
//retry:task retries=3 delay=10ms
func (w *Web) Upload(ctx context.Context, url string, body io.ReadSeeker) error {
	return w.put(ctx, url, io.NopCloser(body))
}

// UploadFile sends a file and closes it, as the transport does with the body of a request.
//
//retry:task retries=3 delay=10ms
func (w *Web) UploadFile(ctx context.Context, url string, file *os.File) error {
	//retry:ignore RL203 the test shows what the first attempt leaves of a file
	return w.put(ctx, url, file)
}

func (w *Web) put(ctx context.Context, url string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, body)
	if err != nil {
		return err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errShort
	}
	return nil
}

// Peek opens a file and lets a condition look into it.
//
//retry:ignore RL205 the condition closes what it does not want
//retry:task retries=3 delay=1ms jitter=full if=begun
func (w *Web) Peek(_ context.Context, open func(attempt int) io.ReadCloser) (io.ReadCloser, error) {
	w.attempts++
	return open(w.attempts), nil
}

// begun reads the beginning of a file and closes it.
func begun(r io.ReadCloser, err error) bool {
	if err != nil || r == nil {
		return true
	}
	defer r.Close()
	start := make([]byte, 10)
	n, _ := io.ReadFull(r, start)
	return string(start[:n]) == "unfinished"
}
