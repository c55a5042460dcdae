package output

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTidy removes what a killed process has left, and leaves what a living one writes.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".retrygen-ABCDEFGHIJKLMNOPQRSTUVWXYZ.tmp")
	other := filepath.Join(dir, ".retrygen-notes.tmp")
	for _, name := range []string{left, other} {
		if err := os.WriteFile(name, nil, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour) // where files cannot be locked, age decides
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	alive, err := temporary(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	TidyFolder(dir)
	for name, stays := range map[string]bool{left: false, other: true, alive.Name(): true} {
		if _, err := os.Lstat(name); (err == nil) != stays {
			t.Errorf("%s is there: %t, want %t", filepath.Base(name), err == nil, stays)
		}
	}
}

// TestWriteWhileTidying writes one file from many goroutines, each of which tidies all the time.
func TestWriteWhileTidying(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a_retry.go")
	var group sync.WaitGroup
	for _, letter := range []string{"a", "b", "c", "d"} {
		group.Go(func() {
			text := []byte(strings.Repeat(letter, 1<<12))
			for range 100 {
				TidyFolder(dir)
				if err := Write(path, text); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	text, err := os.ReadFile(path)
	if err != nil || len(text) != 1<<12 || strings.Trim(string(text), string(text[0])) != "" {
		t.Errorf("%d bytes (%v), want the bytes of one writer", len(text), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left: %v (%v)", entries, err)
	}
}

// TestWriteKeepsMode keeps the mode of a file that exists.
func TestWriteKeepsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a_retry.go")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v (%v), want the mode of the old file", info.Mode(), err)
	}
}
