package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	s := open(t, t.TempDir())
	for name, want := range map[string]string{
		"":                       "the name of the run is empty",
		strings.Repeat("ü", 100): "the name is too long: the file's name would have 607 bytes, and the limit is 200",
	} {
		if _, err := s.Open(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: error %v, want %s", name, err, want)
		}
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing there")
	}
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	openRun(t, s, "nightly")
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, "run-nightly.db"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v (%v)", path, info.Mode(), err)
		}
	}
}

func TestCanceled(t *testing.T) {
	s := open(t, t.TempDir())
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := s.Open(ctx, "nightly"); !errors.Is(err, cause) {
		t.Error(err)
	}
	if runs, err := s.Runs(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("%d runs (%v)", len(runs), err)
	}
}
