//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package generator_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
)

// TestEndlessSource refuses a source that has no end, before anything reads it.
func TestEndlessSource(t *testing.T) {
	for _, c := range []struct {
		name, want string
		make       func(t *testing.T, path string)
	}{
		{"named pipe", "is a named pipe", func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o666)) }},
		{"socket", "is a socket", func(t *testing.T, path string) { listen(t, path) }},
		{"link to a device", "is a link to a device", func(t *testing.T, path string) { must(t, os.Symlink("/dev/zero", path)) }},
		{"link to a named pipe", "is a link to a named pipe", func(t *testing.T, path string) {
			must(t, syscall.Mkfifo(path+".pipe", 0o666))
			must(t, os.Symlink(path+".pipe", path))
		}},
		{"huge file", "is larger than", func(t *testing.T, path string) {
			must(t, os.WriteFile(path, nil, 0o666))
			must(t, os.Truncate(path, 1<<40))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := writeModule(t, []txtar.File{{Name: "a/a.go", Data: []byte(annotated)}, {Name: "b/b.go", Data: []byte("package b\n")}})
			c.make(t, filepath.Join(dir, "a", "z.go"))
			for _, pattern := range []string{"./...", "./a", "example.com/case/...", "example.com/case/a", "a/a.go", "./a..."} {
				_, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{pattern}})
				if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "a", "z.go")+" "+c.want) {
					t.Errorf("%s: error %v, want one with %q", pattern, err, c.want)
				}
			}
			if _, err := generator.Plan(t.Context(), generator.Options{Dir: filepath.Join(dir, "a")}); err == nil {
				t.Error("in the folder: no error")
			}
			// What does not look at the folder does not mind.
			if _, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./b"}}); err != nil {
				t.Errorf("another folder: %v", err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Skip("not to be had here: ", err)
	}
}

// listen makes a socket. Its path may be longer than an address can be, so it is made elsewhere.
func listen(t *testing.T, path string) {
	t.Helper()
	short, err := os.MkdirTemp("", "")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(short) })
	listener, err := net.Listen("unix", filepath.Join(short, "s"))
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	must(t, os.Rename(filepath.Join(short, "s"), path))
}

// TestLinkedSource passes over the links that the go command passes over, and reads the others.
func TestLinkedSource(t *testing.T) {
	dir := writeModule(t, []txtar.File{{Name: "a/a.go", Data: []byte("package a\n")}, {Name: "real/f.txt", Data: []byte(annotated)}})
	for name, target := range map[string]string{
		"nowhere.go": "gone", "folder.go": dir, "loop.go": "loop.go", "f.go": filepath.Join(dir, "real", "f.txt"),
	} {
		must(t, os.Symlink(target, filepath.Join(dir, "a", name)))
	}
	result := plan(t, dir)
	if len(result.Diagnostics) > 0 || len(result.Changes) != 1 || filepath.Base(result.Changes[0].Path) != "f_retry.go" {
		t.Errorf("diagnostics %v and changes %v, want f_retry.go", result.Diagnostics, result.Changes)
	}
}
