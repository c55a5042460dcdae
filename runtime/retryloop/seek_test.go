package retryloop_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// upload is a wrapper as it is generated, of a function that reads its parameter to the end.
func upload(body io.ReadSeeker, retries int, use func(io.Reader) error) error {
	mark := retryloop.MarkOf(body)
	err := use(body)
	if err == nil {
		return nil
	}
	loop := retryloop.Loop{Task: "test.Upload", Retries: retries}
	for loop.Again(err) && loop.Fits(0) && mark.Rewind(&loop, &body) && loop.Take() && loop.Sleep() {
		err = use(body)
	}
	return loop.End(err)
}

// TestMark uploads from real files and from memory, from where they stand.
func TestMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("a header and data"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, body := range []io.ReadSeeker{
		file, bytes.NewReader([]byte("a header and data")), strings.NewReader("a header and data"),
		io.NewSectionReader(file, 0, 17),
	} {
		if _, err := body.Seek(13, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := upload(body, 2, func(r io.Reader) error {
			text, err := io.ReadAll(r)
			got = append(got, string(text))
			return errors.Join(err, io.ErrUnexpectedEOF)
		})
		if strings.Join(got, ",") != "data,data,data" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%T: uploaded %q, error %v", body, got, err)
		}
	}
}

// TestMarkFails ends the loop if the parameter cannot be read again. A first attempt that succeeds does not need it.
func TestMarkFails(t *testing.T) {
	for _, fails := range []bool{false, true} {
		for _, c := range []struct {
			name string
			use  func(*os.File)
			is   error
		}{
			{"pipe", func(*os.File) {}, nil},
			{"closed by the attempt", func(f *os.File) { f.Close() }, os.ErrClosed},
		} {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			w.Close()
			if c.is != nil {
				r.Close()
				if r, err = os.Open(os.DevNull); err != nil {
					t.Fatal(err)
				}
			}
			attempts := 0
			err = upload(r, 2, func(io.Reader) error {
				attempts++
				c.use(r)
				if fails {
					return io.ErrUnexpectedEOF
				}
				return nil
			})
			r.Close()
			var stopped *retry.Error
			switch {
			case !fails && err != nil:
				t.Errorf("%s: %v", c.name, err)
			case fails && (!errors.As(err, &stopped) || stopped.Reason != retry.ReasonBody || stopped.Attempts != 1):
				t.Errorf("%s: error %v, want one that names the body", c.name, err)
			case fails && c.is != nil && !errors.Is(err, c.is):
				t.Errorf("%s: error %v, want %v", c.name, err, c.is)
			case attempts != 1:
				t.Errorf("%s: %d attempts", c.name, attempts)
			}
		}
	}
}

// TestMarkLate has attempts that leave something behind that still reads their parameter: the next one is not affected.
func TestMarkLate(t *testing.T) {
	late := make(chan struct{})
	for _, body := range []io.ReadSeeker{bytes.NewReader([]byte("data")), strings.NewReader("data")} {
		attempts := 0
		err := upload(body, 2, func(r io.Reader) error {
			if attempts++; attempts == 1 {
				go func() {
					_, _ = io.ReadAll(r)
					late <- struct{}{}
				}()
				return io.ErrUnexpectedEOF
			}
			if text, err := io.ReadAll(r); string(text) != "data" || err != nil {
				t.Errorf("attempt %d of %T read %q, error %v", attempts, body, text, err)
			}
			return nil
		})
		if <-late; err != nil || attempts != 2 {
			t.Errorf("%T: %d attempts, error %v", body, attempts, err)
		}
	}
}

// TestMarkNil leaves parameters alone that are nil.
func TestMarkNil(t *testing.T) {
	for _, body := range []io.ReadSeeker{nil, (*os.File)(nil), (*bytes.Reader)(nil), (*strings.Reader)(nil)} {
		attempts := 0
		err := upload(body, 2, func(io.Reader) error { attempts++; return io.ErrUnexpectedEOF })
		if err != io.ErrUnexpectedEOF || attempts != 3 {
			t.Errorf("%T: %d attempts, error %v; want 3 and the task's own", body, attempts, err)
		}
	}
}
