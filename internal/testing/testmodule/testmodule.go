// Package testmodule writes Go modules for tests that run the go command:
//
//	dir := testmodule.Write(t, txtar.Parse(text).Files, "")
//	cmd := exec.Command("go", "vet", "./...")
//	cmd.Dir = dir
package testmodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/module"
)

// Path is the path of the modules.
const Path = "example.com/case"

// Write writes files into a new module called [Path], which takes this repository's packages from where the test runs, and
// has the go command of the test know no workspace. More lines, if any, are for its go.mod. It returns the module's folder,
// without links in its name.
func Write(t testing.TB, files []txtar.File, more string) string {
	t.Helper()
	return WriteAs(t, Path, files, more)
}

// WriteAs is like [Write] for a module of another path. One below this repository's own may import its internal packages.
func WriteAs(t testing.TB, path string, files []txtar.File, more string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := repository(t)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const repo = module.Path
	mod := "module " + path + "\n\ngo 1.26.0\n\nrequire (\n\t" + repo + " v0.0.0\n\t" + repo + "/runtime v0.0.0\n)\n\n" +
		"replace (\n\t" + repo + " => " + root + "\n\t" + repo + "/runtime => " + filepath.Join(root, "runtime") + "\n)\n" + more
	for _, f := range append([]txtar.File{{Name: "go.mod", Data: []byte(mod)}, {Name: "go.sum", Data: sums}}, files...) {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if t, ok := t.(*testing.T); ok {
		t.Setenv("GOFLAGS", "-mod=mod")
		t.Setenv("GOWORK", "off")
	}
	return dir
}

// repository finds the root of this repository, above where the test runs.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if mod, err := os.ReadFile(filepath.Join(at, "go.mod")); err == nil && strings.HasPrefix(string(mod), "module "+module.Path+"\n") {
			return at
		}
		if at == filepath.Dir(at) {
			t.Fatalf("%s is not in this repository", dir)
		}
	}
}
