package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openRun opens a run until the test ends, or close is called.
func openRun(t *testing.T, s *store.Store, name string) (run retry.Run, closeRun func()) {
	t.Helper()
	run, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	closeRun = sync.OnceFunc(func() {
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(closeRun)
	return run, closeRun
}

func call(n int) retry.Call {
	return retry.Call{Key: [32]byte{byte(n), byte(n >> 8), 7}, Task: "pkg.Task"}
}

func record(t *testing.T, run retry.Run, n int, results string) {
	t.Helper()
	if err := run.Record(t.Context(), call(n), []byte(results)); err != nil {
		t.Fatal(err)
	}
}

// lookup gives what is recorded, "" for nothing.
func lookup(t *testing.T, run retry.Run, n int) string {
	t.Helper()
	data, found, err := run.Lookup(t.Context(), call(n))
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return ""
	}
	return string(data)
}

func TestRecordsStay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "for it")
	s := open(t, dir)
	run, closeRun := openRun(t, s, "nightly")
	if got := lookup(t, run, 1); got != "" {
		t.Errorf("a new run has %q", got)
	}
	record(t, run, 1, `"first"`)
	record(t, run, 2, `"second"`)
	record(t, run, 1, `"replaced"`)
	closeRun()
	run, _ = openRun(t, open(t, dir), "nightly")
	if one, two := lookup(t, run, 1), lookup(t, run, 2); one != `"replaced"` || two != `"second"` {
		t.Errorf("found %s and %s", one, two)
	}
	other, _ := openRun(t, s, "weekly")
	if got := lookup(t, other, 1); got != "" {
		t.Errorf("another run has %q", got)
	}
}

func TestManyRecord(t *testing.T) {
	dir := t.TempDir()
	run, closeRun := openRun(t, open(t, dir), "many")
	var group sync.WaitGroup
	for n := range 300 {
		group.Go(func() {
			record(t, run, n, fmt.Sprint(n))
			if got := lookup(t, run, n); got != fmt.Sprint(n) {
				t.Errorf("%d: found %q", n, got)
			}
		})
	}
	group.Wait()
	closeRun()
	list, err := open(t, dir).Records(t.Context(), "many")
	if err != nil || len(list) != 300 {
		t.Errorf("%d records (%v)", len(list), err)
	}
}

func TestHeld(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, closeRun := openRun(t, s, "nightly")
	for _, other := range []*store.Store{s, open(t, dir)} {
		wantHeld(t, func() error { _, err := other.Open(t.Context(), "nightly"); return err }, dir)
		wantHeld(t, func() error { return other.Delete(t.Context(), "nightly") }, dir)
	}
	_, _, err := start(t, envDir+"="+dir, envRun+"=nightly", envHold+"=yes")
	if err == nil || !strings.Contains(err.Error(), store.ErrRunHeld.Error()) {
		t.Errorf("another process: %v", err)
	}
	closeRun()
	openRun(t, s, "nightly")
}

// TestHeldFlow has a flow ask for a run that is held: its caller learns why nothing ran.
func TestHeldFlow(t *testing.T) {
	s := open(t, t.TempDir())
	openRun(t, s, "nightly")
	_, err := nightlyWithRetry(retry.WithRun(t.Context(), s, "nightly"), "2026-11-23")
	failed, ok := errors.AsType[*retry.Error](err)
	if !ok || failed.Attempts != 0 || failed.Reason != retry.ReasonCheckpoint || !errors.Is(err, store.ErrRunHeld) {
		t.Errorf("error %v", err)
	}
}

func wantHeld(t *testing.T, open func() error, dir string) {
	t.Helper()
	err := open()
	if !errors.Is(err, store.ErrRunHeld) {
		t.Fatalf("error %v, want that the run is held", err)
	}
	for _, part := range []string{`"nightly"`, filepath.Join(dir, "run-nightly.db")} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %s", err, part)
		}
	}
}

// TestHeldElsewhere has another process hold a run, and die.
func TestHeldElsewhere(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envDir+"="+dir, envRun+"=nightly", envHold+"=yes")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(stdout).Scan() {
		t.Fatal("the other process says nothing")
	}
	s := open(t, dir)
	wantHeld(t, func() error { _, err := s.Open(t.Context(), "nightly"); return err }, dir)
	openRun(t, s, "another run")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	openRun(t, s, "nightly")
}

// TestOpenedAtOnce has many open a run that is new: one gets it.
func TestOpenedAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	for round := range 10 {
		name := fmt.Sprint("run ", round)
		var group sync.WaitGroup
		opened := make(chan retry.Run, 20)
		for range cap(opened) {
			group.Go(func() {
				run, err := s.Open(t.Context(), name)
				if err == nil {
					opened <- run
				} else if !errors.Is(err, store.ErrRunHeld) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(opened) != 1 {
			t.Fatalf("%d have the run", len(opened))
		}
		if err := (<-opened).Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRunsAndDelete(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	names := []string{"", "..", "Nightly", "con", "nightly", "../etc/passwd", "größe\x00\xff", strings.Repeat("n", 190)}
	for i, name := range names[1:] {
		run, closeRun := openRun(t, s, name)
		for n := range i {
			record(t, run, n, "{}")
		}
		closeRun()
	}
	for _, other := range []string{"notes.txt", "run-x%2.db", "run-%41%zz.db", "run-.db", ".new-run-nightly.db.123"} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := s.Runs(t.Context())
	if err != nil || len(runs) != len(names)-1 {
		t.Fatalf("%d runs (%v)", len(runs), err)
	}
	for _, r := range runs {
		if r.Err != nil || names[r.Records+1] != r.Name || r.Size == 0 || r.Recorded.IsZero() != (r.Records == 0) {
			t.Errorf("run %+v", r)
		}
		if err := s.Delete(t.Context(), r.Name); err != nil {
			t.Error(err)
		}
	}
	if runs, err := s.Runs(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("deleted, there are %d runs (%v)", len(runs), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".new-run-nightly.db.123")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed process left: %v", err)
	}
	if err := s.Delete(t.Context(), "nightly"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := s.Records(t.Context(), "nightly"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("records of a deleted run: %v", err)
	}
}

func TestNames(t *testing.T) {
	s := open(t, t.TempDir())
	for name, want := range map[string]string{
		"":                       "a run has a name that is not empty",
		strings.Repeat("ü", 100): "the name is too long: its file's has 607 bytes, and 200 at most",
	} {
		if _, err := s.Open(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: error %v, want %s", name, err, want)
		}
	}
}

// TestSeen looks at a run while it is held and written, which disturbs nobody.
func TestSeen(t *testing.T) {
	s := open(t, t.TempDir())
	run, _ := openRun(t, s, "nightly")
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		for n := range 100 {
			record(t, run, n, fmt.Sprint(n))
		}
	})
	for seen := 0; seen < 100; {
		list, err := s.Records(t.Context(), "nightly")
		if err != nil {
			t.Fatal(err)
		}
		if len(list) < seen {
			t.Fatalf("%d records, and %d before", len(list), seen)
		}
		for i, r := range list {
			if r.Task != "pkg.Task" || string(r.Results) != fmt.Sprint(i) || r.Key != call(i).Key {
				t.Fatalf("record %d: %+v", i, r)
			}
		}
		seen = len(list)
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
