package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/retrygen/retrygen/store"
)

// written returns the bytes of a run with n records.
func written(t testing.TB, n int) []byte {
	t.Helper()
	s, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Open(t.Context(), "nightly")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := run.Record(t.Context(), call(i), results(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(runs[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func results(n int) []byte { return bytes.Repeat([]byte{byte('a' + n%26)}, 50) }

// use opens a run and reads and writes records, as a flow would. It returns the error that prevented this.
func use(t *testing.T, s *store.Store, n int) error {
	t.Helper()
	run, err := s.Open(t.Context(), "nightly")
	if err != nil {
		return err
	}
	defer run.Close()
	for i := range n {
		data, found, err := run.Lookup(t.Context(), call(i))
		if err != nil {
			return err
		}
		if !found || !bytes.Equal(data, results(i)) {
			t.Errorf("record %d is %q", i, data)
		}
	}
	return run.Record(t.Context(), call(n), results(n))
}

// place puts a file where a run's is.
func place(t *testing.T, data []byte) (s *store.Store, path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "run-nightly.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, dir), path
}

// TestForeign finds files of others where runs should be.
func TestForeign(t *testing.T) {
	cases := map[string]struct {
		data []byte
		want string
	}{
		"empty":              {nil, "it is empty"},
		"text":               {[]byte(strings.Repeat("text\n", 10000)), "it is not a bbolt database"},
		"short":              {[]byte("text"), "it is too short"},
		"another database":   {database(t, func(*bbolt.Tx) error { return nil }), "something else"},
		"one of its buckets": {database(t, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("records")); return err }), "something else"},
		"another format":     {database(t, ofFormat("1")), `its records have format "1"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, path := place(t, c.data)
			err := use(t, s, 3)
			if !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if err := s.Delete(t.Context(), "nightly"); !errors.Is(err, store.ErrForeign) {
				t.Errorf("deleting it: %v", err)
			}
			if runs, err := s.Runs(t.Context()); err != nil || len(runs) != 1 || !errors.Is(runs[0].Err, store.ErrForeign) {
				t.Errorf("runs: %+v (%v)", runs, err)
			}
			wantUntouched(t, path, c.data)
		})
	}
}

func wantUntouched(t *testing.T, path string, want []byte) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file was changed (%v)", err)
	}
}

// database returns a bbolt database.
func database(t *testing.T, fill func(*bbolt.Tx) error) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fill), db.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func ofFormat(format string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		head, err := tx.CreateBucket([]byte("retrygen"))
		if err != nil {
			return err
		}
		_, err = tx.CreateBucket([]byte("records"))
		return errors.Join(err, head.Put([]byte("format"), []byte(format)))
	}
}

// TestTruncated cuts a run's file off at every 512th byte.
func TestTruncated(t *testing.T) {
	whole := written(t, 100)
	damaged := 0
	for end := 0; end < len(whole); end += 512 {
		s, path := place(t, whole[:end])
		err := use(t, s, 100)
		if err == nil {
			continue // what was cut off was not in use
		}
		damaged++
		if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrForeign) {
			t.Errorf("cut at %d: %v", end, err)
		}
		wantUntouched(t, path, whole[:end])
	}
	if damaged < 20 {
		t.Errorf("only %d cuts were found", damaged)
	}
}

// TestTruncatedWhileOpen takes the file away from under an open run, whose memory it is.
func TestTruncatedWhileOpen(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("mapped files cannot be cut there")
	}
	s, path := place(t, written(t, 100))
	run, err := s.Open(t.Context(), "nightly")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run.Lookup(t.Context(), call(1)); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("looking up: %v", err)
	}
	for range 2 {
		if err := run.Record(t.Context(), call(1), nil); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("recording: %v", err)
		}
	}
	_ = run.Close() // it does not hang
}

// TestFlipped changes each byte of a run's file, one after the other: either it is found, and nothing is written, or it
// changes nothing.
func TestFlipped(t *testing.T) {
	t.Parallel()
	const records = 40 // on several pages
	whole := written(t, records)
	s, path := place(t, whole)
	found := 0
	for at := range whole {
		flipped := whole[at] ^ []byte{0xFF, 1 << (at / 2 % 8)}[at%2]
		patch(t, path, at, flipped)
		list, err := s.Records(t.Context(), "nightly")
		switch {
		case err == nil:
			wantRecords(t, list, records)
		case errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrForeign):
			found++
		default:
			t.Error(err)
		}
		if at%13 == 0 && (err != nil || at%499 == 0) { // to write takes long
			if used := use(t, s, records); (used == nil) != (err == nil) {
				t.Errorf("listed: %v, but used: %v", err, used)
			}
			if err == nil {
				if err := os.WriteFile(path, whole, 0o600); err != nil {
					t.Fatal(err)
				}
			} else if now, err := os.ReadFile(path); err != nil || now[at] != flipped {
				t.Errorf("the file was changed (%v)", err)
			}
		}
		patch(t, path, at, whole[at])
		if t.Failed() {
			t.Fatalf("byte %d", at)
		}
	}
	wantUntouched(t, path, whole)
	if found < 5000 {
		t.Errorf("only %d changes were found", found)
	}
}

func patch(t *testing.T, path string, at int, value byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt([]byte{value}, int64(at))
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

func wantRecords(t *testing.T, list []store.Record, n int) {
	t.Helper()
	if len(list) != n {
		t.Errorf("%d records, want %d", len(list), n)
	}
	for i, r := range list {
		if r.Key != call(i).Key || !bytes.Equal(r.Results, results(i)) {
			t.Errorf("record %d is %+v", i, r)
		}
	}
}

// FuzzFile opens whatever there is.
func FuzzFile(f *testing.F) {
	whole := written(f, 60)
	f.Add(uint32(4096*5), uint64(0x0102030405060708), uint32(len(whole)))
	f.Add(uint32(16), uint64(0), uint32(8192))
	f.Fuzz(func(t *testing.T, at uint32, value uint64, length uint32) {
		data := bytes.Clone(whole[:min(int(length), len(whole))])
		for i := range 8 {
			if n := int(at) + i; n < len(data) {
				data[n] = byte(value >> (8 * i))
			}
		}
		s, path := place(t, data)
		if err := use(t, s, 60); err != nil {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrForeign) {
				t.Error(err)
			}
			wantUntouched(t, path, data)
		}
	})
}
