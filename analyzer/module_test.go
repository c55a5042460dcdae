package analyzer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// stubbed are the libraries that testdata/stubs.txtar has stubs of, with their versions.
var stubbed = []struct{ path, version string }{
	{"github.com/cenkalti/backoff/v4", "v4.0.0"},
	{"github.com/cenkalti/backoff/v5", "v5.0.0"},
	{"github.com/avast/retry-go/v4", "v4.0.0"},
	{"github.com/sethvargo/go-retry", "v0.0.0"},
	{"github.com/hashicorp/go-retryablehttp", "v0.0.0"},
	{"github.com/aws/aws-sdk-go-v2", "v0.0.0"},
	{"k8s.io/client-go", "v0.0.0"},
	{"github.com/google/uuid", "v1.0.0"},
}

// writeModule writes files into a new module that knows this repository's runtime and the stubs of libraries.
func writeModule(t testing.TB, files []txtar.File) string {
	t.Helper()
	stubs, err := txtar.ParseFile("testdata/stubs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.Clone(files)
	for _, f := range stubs.Files {
		files = append(files, txtar.File{Name: "stubs/" + f.Name, Data: f.Data})
	}
	var mod strings.Builder
	for _, module := range stubbed {
		fmt.Fprintf(&mod, "\nrequire %s %s\n\nreplace %[1]s => ./stubs/%[1]s\n", module.path, module.version)
		text := "module " + module.path + "\n\ngo 1.26.0\n"
		files = append(files, txtar.File{Name: "stubs/" + module.path + "/go.mod", Data: []byte(text)})
	}
	return testmodule.Write(t, files, mod.String())
}

// generate runs the generator, and leaves out the folders of a module that test its absence. It ignores mistakes in
// directives: the analyzer reports them.
func generate(t testing.TB, dir string, without ...string) {
	t.Helper()
	result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	left := func(path string) bool {
		return slices.ContainsFunc(without, func(folder string) bool {
			return strings.HasPrefix(path, filepath.Join(dir, filepath.FromSlash(folder))+string(filepath.Separator))
		})
	}
	for _, c := range result.Changes {
		if left(c.Path) || c.New == nil {
			continue
		}
		// A test can do without the care of Result.Write, which waits for the disk.
		if err := os.WriteFile(c.Path, c.New, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
