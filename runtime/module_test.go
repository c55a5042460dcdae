// Package runtime_test checks what the module promises to its users: its go line and its imports.
package runtime_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStandardLibraryAlone lists what a program links that imports any package of the module.
func TestStandardLibraryAlone(t *testing.T) {
	const module = "github.com/retrygen/retrygen/runtime/"
	for _, path := range strings.Fields(run(t, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...")) {
		if !strings.HasPrefix(path+"/", module) {
			t.Errorf("the runtime imports %s", path)
		}
	}
}

// TestLanguageVersion holds the module to the Go version that it asks of its users: it says so, and uses nothing that is
// newer.
func TestLanguageVersion(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	const want = "module github.com/retrygen/retrygen/runtime\n\ngo 1.23\n"
	if got := string(bytes.ReplaceAll(mod, []byte("\r\n"), []byte("\n"))); got != want {
		t.Errorf("go.mod is\n%s\nwant\n%s", got, want)
	}
	run(t, "vet", "-stdversion", "./...")
}

// run runs the go command, without a workspace around the module.
func run(t *testing.T, args ...string) string {
	t.Helper()
	readSources(t)
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// readSources reads what the go command reads, so that go test runs the test again when it has changed.
func readSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
