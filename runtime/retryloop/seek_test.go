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

// TestMarkBetween has a first attempt that leaves something behind, which reads while the second attempt does. The file is
// then where the second attempt has left it.
func TestMarkBetween(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("a header and data, and a rest"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, body := range []io.ReadSeeker{file, io.NewSectionReader(file, 0, 29)} {
		if _, err := body.Seek(13, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		var late io.Reader
		err := upload(body, 2, func(r io.Reader) error {
			if late == nil {
				late = r
				return io.ErrUnexpectedEOF
			}
			var text strings.Builder
			_, _ = io.CopyN(&text, r, 2)
			_, _ = io.CopyN(io.Discard, late, 10)
			if _, err := io.CopyN(&text, r, 2); err != nil || text.String() != "data" {
				t.Errorf("%T: read %q, error %v", body, &text, err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%T: %v", body, err)
		}
		if rest, err := io.ReadAll(file); body == file && (string(rest) != ", and a rest" || err != nil) {
			t.Errorf("the caller reads %q, error %v", rest, err)
		}
	}
}

// TestMarkedFile does to a file in a second attempt what can be done to a file.
func TestMarkedFile(t *testing.T) {
	for _, flag := range []int{os.O_RDWR, os.O_RDWR | os.O_APPEND} {
		path := filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(path, flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		attempts := 0
		err = upload(file, 1, func(r io.Reader) error {
			if attempts++; attempts == 1 {
				return io.ErrUnexpectedEOF
			}
			f := r.(interface {
				io.ReadWriteSeeker
				io.ReaderAt
				io.WriterTo
				Stat() (os.FileInfo, error)
				Name() string
			})
			if end, err := f.Seek(-4, io.SeekEnd); end != 6 || err != nil {
				t.Errorf("4 before the end is %d, error %v", end, err)
			}
			if _, err := f.Seek(-7, io.SeekCurrent); err == nil {
				t.Error("there is something before the start")
			}
			if _, err := f.Seek(0, 9); err == nil {
				t.Error("there is another whence")
			}
			if info, err := f.Stat(); err != nil || info.Size() != 10 || f.Name() != path {
				t.Errorf("%v, error %v", info, err)
			}
			start := make([]byte, 2)
			_, _ = f.ReadAt(start, 0)
			_, _ = f.Write([]byte("X"))
			var rest strings.Builder
			n, err := f.WriteTo(&rest)
			want := "789"
			if flag&os.O_APPEND != 0 {
				want = ""
			}
			if string(start) != "01" || rest.String() != want || int(n) != len(want) || err != nil {
				t.Errorf("start %q, rest %q of %d, error %v; want rest %q", start, &rest, n, err, want)
			}
			return nil
		})
		if closeErr := file.Close(); err != nil || closeErr != nil {
			t.Error(err, closeErr)
		}
	}
}

// ownSeeker is a type whose methods need a value.
type ownSeeker struct{ *strings.Reader }

// TestMarkNil leaves parameters alone that are nil.
func TestMarkNil(t *testing.T) {
	for _, body := range []io.ReadSeeker{
		nil, (*os.File)(nil), (*bytes.Reader)(nil), (*strings.Reader)(nil), (*io.SectionReader)(nil), (*ownSeeker)(nil),
	} {
		attempts := 0
		err := upload(body, 2, func(io.Reader) error { attempts++; return io.ErrUnexpectedEOF })
		if err != io.ErrUnexpectedEOF || attempts != 3 {
			t.Errorf("%T: %d attempts, error %v; want 3 and the task's own", body, attempts, err)
		}
	}
}
