//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

const (
	head             = "package %s\n\nimport \"context\"\n\n"
	function         = "func F(ctx context.Context) error { return nil }\n"
	withDirective    = head + "//retry:task retries=1 delay=1\n" + function
	withoutDirective = head + function
)

// many is a module of so many packages, each with a directive.
func many(t *testing.T, n int) string {
	t.Helper()
	var files []txtar.File
	for i := range n {
		pkg := fmt.Sprintf("p%03d", i)
		files = append(files, txtar.File{Name: pkg + "/a.go", Data: fmt.Appendf(nil, withDirective, pkg)})
	}
	return testmodule.Write(t, files, "")
}

// process runs this test binary as the command.
func process(t *testing.T, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "RETRYGEN_TEST_COMMAND=1")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	return cmd, &errOut
}

// generatedIn lists the generated files of a module, and temporary files.
func generatedIn(t *testing.T, dir string) (generated, temporary []string) {
	t.Helper()
	for pattern, list := range map[string]*[]string{"*/a_retry.go": &generated, "*/.*": &temporary} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		*list = names
	}
	return generated, temporary
}

// put replaces a file as an editor does, so that a reader sees the old one or the new one.
func put(t *testing.T, path, format string) {
	t.Helper()
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(filepath.Dir(dir), filepath.Base(dir)+".new")
	if err := os.WriteFile(temp, fmt.Appendf(nil, format, filepath.Base(dir)), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, path); err != nil {
		t.Fatal(err)
	}
}

// TestConcurrentRuns runs four commands at once while directives, files and folders come and go.
func TestConcurrentRuns(t *testing.T) {
	dir := many(t, 13) // the last one stays
	for round := range 4 {
		var group sync.WaitGroup
		for range 4 {
			cmd, errOut := process(t, dir, "./...")
			group.Go(func() {
				if err := cmd.Run(); err != nil || errOut.Len() > 0 {
					t.Errorf("round %d: %v\n%s", round, err, errOut)
				}
			})
		}
		ctx, stop := context.WithCancel(t.Context())
		var editing sync.WaitGroup
		editing.Go(func() { edit(ctx, t, dir) })
		group.Wait()
		stop()
		editing.Wait()
	}
	cmd, errOut := process(t, dir, "./...")
	if err := cmd.Run(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, errOut)
	}
	cmd, errOut = process(t, dir, "-check", "./...")
	if out, err := cmd.Output(); err != nil {
		t.Errorf("after the last run: %v\n%s%s", err, out, errOut)
	}
	if _, temporary := generatedIn(t, dir); len(temporary) > 0 {
		t.Errorf("left over: %v", temporary)
	}
}

// edit has directives, files and folders come and go until it is told to stop.
func edit(ctx context.Context, t *testing.T, dir string) {
	for i := 0; ctx.Err() == nil; i++ {
		file := filepath.Join(dir, fmt.Sprintf("p%03d", i%12), "a.go")
		switch i / 12 % 4 {
		case 0:
			put(t, file, withoutDirective)
		case 1, 3:
			put(t, file, withDirective)
		case 2:
			if i%12 < 6 {
				os.RemoveAll(filepath.Dir(file)) // a run may be writing there: what it leaves is removed the next time
			} else if err := os.Remove(file); err != nil {
				t.Error(err)
			}
		}
	}
}

// begun waits until a run has written its first file. It reports false if the run has ended.
func begun(t *testing.T, dir string, ended <-chan struct{}) bool {
	t.Helper()
	for {
		if generated, _ := generatedIn(t, dir); len(generated) > 0 {
			return true
		}
		select {
		case <-ended:
			return false
		default:
		}
	}
}

// signaled starts a run, sends it a signal while it writes, and returns its exit status and what it printed.
func signaled(t *testing.T, dir string, signal syscall.Signal) (int, string) {
	t.Helper()
	cmd, errOut := process(t, dir, "./...")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its status is in the state of the process
		close(ended)
	}()
	if begun(t, dir, ended) {
		_ = cmd.Process.Signal(signal) // it may have ended
	}
	<-ended
	return cmd.ProcessState.ExitCode(), errOut.String()
}

// TestKilledRun kills runs while they write. The next run finds no trace of them, not even where the files are no longer
// wanted.
func TestKilledRun(t *testing.T) {
	dir := many(t, 60)
	for range 10 {
		signaled(t, dir, syscall.SIGKILL)
		generated, _ := generatedIn(t, dir)
		for _, name := range generated {
			os.Remove(name)
		}
	}
	// A temporary file at a moment that a signal rarely meets, in a folder without directives.
	put(t, filepath.Join(dir, "plain", "a.go"), withoutDirective)
	left := filepath.Join(dir, "plain", ".retrygen-ABCDEFGHIJKLMNOPQRSTUVWXYZ.tmp")
	if err := os.WriteFile(left, []byte("// Code"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd, errOut := process(t, dir, "./...")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errOut)
	}
	if generated, temporary := generatedIn(t, dir); len(generated) != 60 || len(temporary) > 0 {
		t.Errorf("%d generated files, want 60; left over: %v", len(generated), temporary)
	}
}

// TestInterruptedRun interrupts runs while they write. Each ends with all files and status 0, or with an error that says
// what has been written.
func TestInterruptedRun(t *testing.T) {
	dir := many(t, 60)
	interrupted := 0
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGTERM} {
		status, errOut := signaled(t, dir, signal)
		generated, temporary := generatedIn(t, dir)
		switch {
		case status == fine && len(generated) == 60:
		case status == trouble && strings.Contains(errOut, fmt.Sprintf("interrupted: %d of 60 files were written", len(generated))):
			interrupted++
		default:
			t.Errorf("%v: status %d with %d of 60 files, and %q", signal, status, len(generated), errOut)
		}
		if len(temporary) > 0 {
			t.Errorf("%v: left over: %v", signal, temporary)
		}
		for _, name := range generated {
			os.Remove(name)
		}
	}
	if interrupted == 0 {
		t.Log("each run was finished before it saw the signal")
	}
}
