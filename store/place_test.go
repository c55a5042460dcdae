package store_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/store"
)

const lost = "it is a link that cannot be followed"

// foreigners put something in the place of a run's file that is not a file.
var foreigners = map[string]struct {
	put  func(t *testing.T, path string) error
	want string
}{
	"directory":     {func(_ *testing.T, path string) error { return os.Mkdir(path, 0o700) }, "it is a directory"},
	"dangling link": {func(_ *testing.T, path string) error { return os.Symlink("gone", path) }, lost},
	"link below a file": {func(t *testing.T, path string) error {
		return errors.Join(os.WriteFile(filepath.Join(filepath.Dir(path), "file"), nil, 0o600), os.Symlink("file/below", path))
	}, lost},
	"link to itself": {func(_ *testing.T, path string) error { return os.Symlink(filepath.Base(path), path) }, lost},
	"links in a circle": {func(_ *testing.T, path string) error {
		return errors.Join(os.Symlink(path, path+".2"), os.Symlink(path+".2", path))
	}, lost},
	"link to a directory": {func(_ *testing.T, path string) error { return os.Symlink(".", path) }, "it is a directory"},
	"device":              {device, "it is a device"},
	"link to a device":    {func(_ *testing.T, path string) error { return os.Symlink(os.DevNull, path) }, "it is a device"},
	"pipe":                {func(_ *testing.T, path string) error { return mkfifo(path) }, "it is a named pipe"},
	"link to a pipe": {func(_ *testing.T, path string) error {
		return errors.Join(mkfifo(path+".pipe"), os.Symlink(path+".pipe", path))
	}, "it is a named pipe"},
	"socket": {socket, "it is a socket"},
}

func socket(t *testing.T, path string) error {
	listener, err := net.Listen("unix", path)
	if err == nil {
		t.Cleanup(func() { _ = listener.Close() })
	}
	return err
}

// TestForeignPlace finds something in a run's place that is not a file. Nothing hangs, and nothing is changed.
func TestForeignPlace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there, and there are no pipes and devices in directories")
	}
	for name, c := range foreigners {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "s") // a short name, for the socket's sake
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			path := filepath.Join(dir, "run-nightly.db")
			if err := c.put(t, path); errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			before := listing(t, dir)
			for what, err := range attemptInTime(t, s) {
				if !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: error %v, want that %s", what, err, c.want)
				}
			}
			if runs, err := s.Runs(t.Context()); err != nil || len(runs) != 1 || !errors.Is(runs[0].Err, store.ErrForeign) {
				t.Errorf("runs: %+v (%v)", runs, err)
			}
			if after := listing(t, dir); after != before {
				t.Errorf("the directory was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// attempt calls all that opens or reads a run, and returns the errors.
func attempt(t *testing.T, s *store.Store) map[string]error {
	t.Helper()
	errs := map[string]error{}
	_, errs["Open"] = s.Open(t.Context(), "nightly")
	errs["Delete"] = s.Delete(t.Context(), "nightly")
	_, errs["Records"] = s.Records(t.Context(), "nightly")
	_, errs["Unfinished"] = s.Unfinished(t.Context(), "nightly")
	_, errs["Record"] = s.Record(t.Context(), "nightly", call(1).Key)
	errs["DeleteRecord"] = s.DeleteRecord(t.Context(), "nightly", call(1).Key)
	errs["SetResults"] = s.SetResults(t.Context(), "nightly", call(1).Key, []byte("1"))
	return errs
}

// attemptInTime is attempt where it might hang.
func attemptInTime(t *testing.T, s *store.Store) map[string]error {
	t.Helper()
	done := make(chan map[string]error, 1)
	go func() { done <- attempt(t, s) }()
	select {
	case errs := <-done:
		return errs
	case <-time.After(time.Minute):
		t.Fatal("it hangs")
		return nil
	}
}

// listing returns the names in a directory with their types.
func listing(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range list {
		b.WriteString(e.Type().String() + " " + e.Name() + "\n")
	}
	return b.String()
}

// TestLinkToRun follows a link to a run's file, which is the run; to delete it deletes the link.
func TestLinkToRun(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	target := filepath.Join(other, "elsewhere.db")
	if err := os.WriteFile(target, written(t, 3), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, "run-nightly.db")); err != nil {
		t.Skip(err)
	}
	s := open(t, dir)
	if err := use(t, s, 3); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "nightly"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(target); err != nil {
		t.Errorf("what the link led to: %v", err)
	}
}

// TestDirectories opens stores in directories of all kinds.
func TestDirectories(t *testing.T) {
	dir := t.TempDir()
	join := func(name string) string { return filepath.Join(dir, name) }
	err := errors.Join(os.Mkdir(join("real"), 0o700), os.WriteFile(join("file"), nil, 0o600),
		os.Symlink("real", join("link")), os.Symlink("gone", join("dangling")), os.Symlink("circle", join("circle")))
	if err != nil {
		t.Skip(err)
	}
	for name, fails := range map[string]bool{
		"real": false, "link": false, "link/below": false, "new/below": false,
		"file": true, "file/below": true, "dangling": true, "dangling/below": true, "circle": true, "circle/below": true,
	} {
		s, err := store.Open(join(filepath.FromSlash(name)))
		if fails {
			if err == nil || !strings.Contains(err.Error(), join(strings.Split(name, "/")[0])) {
				t.Errorf("%s: error %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		run, closeRun := openRun(t, s, "nightly")
		record(t, run, 1, `"found"`)
		closeRun()
	}
	run, _ := openRun(t, open(t, join("real/../link/below")), "nightly")
	if got := lookup(t, run, 1); got != `"found"` {
		t.Errorf("found %q", got)
	}
}

// TestDirectoryGone has the store's directory deleted, or replaced by a file, after it was opened.
func TestDirectoryGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for what, err := range attempt(t, s) {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, err := range attempt(t, s) {
		if err == nil {
			t.Errorf("%s: no error in a file", what)
		}
	}
}

// TestReadOnly finds a file, and a directory, that it must not write.
func TestReadOnly(t *testing.T) {
	whole := written(t, 3)
	s, path := place(t, whole)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	denied := func(err error) {
		t.Helper()
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
	asNobody(t, filepath.Dir(path), func() {
		denied(use(t, s, 3))
		denied(s.SetResults(t.Context(), "nightly", call(1).Key, []byte("1")))
		denied(s.DeleteRecord(t.Context(), "nightly", call(1).Key))
		if list, err := s.Records(t.Context(), "nightly"); err != nil || len(list) != 3 {
			t.Errorf("%d records (%v)", len(list), err)
		}
	})
	wantUntouched(t, path, whole)
	if err := errors.Join(os.Chmod(path, 0o600), os.Chmod(filepath.Dir(path), 0o500)); err != nil {
		t.Fatal(err)
	}
	asNobody(t, filepath.Dir(path), func() {
		if err := use(t, s, 3); err != nil {
			t.Errorf("a file that may be written: %v", err)
		}
		denied(s.Delete(t.Context(), "nightly"))
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	asNobody(t, filepath.Dir(path), func() { denied(use(t, s, 3)) })
}

// TestUnreadable finds a file that it must not read, and a link to one.
func TestUnreadable(t *testing.T) {
	s, path := place(t, written(t, 3))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	asNobody(t, filepath.Dir(path), func() {
		for what, err := range attempt(t, s) {
			if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: error %v", what, err)
			}
		}
	})
}

// TestFull runs out of room in a record: the task's results cannot be kept, and what was kept before is there.
func TestFull(t *testing.T) {
	if err := limit(""); err != nil || !limits {
		t.Skip("there are no limits here")
	}
	dir := t.TempDir()
	env := []string{envDir + "=" + dir, envRun + "=job", envSize + "=20000"}
	_, _, err := start(t, append(env, envRoom+"=65536")...)
	if err == nil || !strings.Contains(err.Error(), "recording its results: ") || !strings.Contains(err.Error(), "run-job.db") {
		t.Fatalf("error %v, want that results could not be recorded", err)
	}
	before, err := open(t, dir).Records(t.Context(), "job")
	if err != nil || len(before) == 0 || len(before) >= steps {
		t.Fatalf("%d records (%v)", len(before), err)
	}
	if _, _, err := start(t, env...); err != nil {
		t.Errorf("with room: %v", err)
	}
	_, _, err = start(t, append(env, envRun+"=new", envRoom+"=1000")...)
	if err == nil || !strings.Contains(err.Error(), "run-new.db") {
		t.Errorf("a new run without room: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run-new.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it left a file: %v", err)
	}
}
