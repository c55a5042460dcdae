//go:build unix

package generator_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/retrygen/retrygen/generator"
)

// filler is a large file of one letter.
func filler(letter string) []byte { return bytes.Repeat([]byte(letter), 4<<20) }

// TestMain also runs this binary as a program that writes one file over and over again, or once with little room.
func TestMain(m *testing.M) {
	path := os.Getenv("RETRYGEN_TEST_WRITE")
	if path == "" {
		os.Exit(m.Run())
	}
	if os.Getenv("RETRYGEN_TEST_LIMIT") != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}); err != nil {
			panic(err)
		}
		if err := write(path, filler("b")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	for {
		for _, letter := range []string{"a", "b"} {
			fmt.Println(letter)
			if err := write(path, filler(letter)); err != nil {
				panic(err)
			}
		}
	}
}

func write(path string, data []byte) error {
	return (&generator.Result{Changes: []generator.Change{{Path: path, New: data}}}).Write()
}

// TestKilled kills a writing program twenty times, and finds a whole file each time.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a_retry.go")
	if err := os.WriteFile(path, filler("a"), 0o666); err != nil {
		t.Fatal(err)
	}
	for round := range 20 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RETRYGEN_TEST_WRITE="+path)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(stdout)
		for range 1 + round%5 {
			lines.Scan() // it is at work
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, filler("a")) && !bytes.Equal(got, filler("b")) {
			t.Fatalf("after a kill the file has %d bytes, neither the old ones nor the new ones", len(got))
		}
	}
}

// TestFull runs out of room, and keeps the old file.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a_retry.go")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "RETRYGEN_TEST_WRITE="+path, "RETRYGEN_TEST_LIMIT=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "a_retry.go") {
		t.Errorf("error %v with %q, want one that names the file", err, out)
	}
	unharmed(t, dir)
}

// TestReadOnly finds a folder in which nothing can be written.
func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root writes everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a_retry.go")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	if err := write(path, []byte("new")); err == nil || !strings.Contains(err.Error(), "a_retry.go") {
		t.Errorf("error %v, want one that names the file", err)
	}
	unharmed(t, dir)
}

// unharmed wants the old file in a folder, and nothing else.
func unharmed(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v), want the old file alone", entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "a_retry.go")); string(text) != "old" {
		t.Errorf("the file holds %q (%v), want the old text", text, err)
	}
}
