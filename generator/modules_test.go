package generator_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// TestVendored generates where dependencies are vendored.
func TestVendored(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte("package a\n\nimport (\n\t\"context\"\n\n\t\"golang.org/x/mod/semver\"\n" +
			"\t\"github.com/retrygen/retrygen/runtime/retry\"\n)\n\nvar _ = semver.IsValid\n\n//retry:task retries=1 delay=1\nfunc F(ctx " +
			"context.Context, b *retry.Budget) error { return nil }\n")},
	})
	t.Setenv("GOFLAGS", "")
	goCommand(t, dir, "mod", "tidy")
	goCommand(t, dir, "mod", "vendor")
	result := plan(t, dir)
	if len(result.Diagnostics) != 0 || len(result.Changes) != 1 {
		t.Fatalf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
	}
	if err := result.Write(); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "mod", "vendor") // the generated file is the first to import the package that it calls
	goCommand(t, dir, "vet", "./...")
}

// TestWorkspace generates in one module of a workspace, from types of another.
func TestWorkspace(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte("package a\n\nimport (\n\t\"context\"\n\n\t\"example.com/other\"\n)\n\n//retry:task retries=1 " +
			"delay=1 policy=other.Policy\nfunc F(ctx context.Context, t other.T) error { return nil }\n")},
		{Name: "other/go.mod", Data: []byte("module example.com/other\n\ngo 1.26.0\n")},
		{Name: "other/other.go", Data: []byte("package other\n\nconst Policy = \"jitter=full\"\n\ntype T int\n")},
		{Name: "go.work", Data: []byte("go 1.26.0\n\nuse (\n\t.\n\t./other\n)\n")},
	})
	t.Setenv("GOFLAGS", "")
	if err := os.Unsetenv("GOWORK"); err != nil { // writeModule puts it back after the test
		t.Fatal(err)
	}
	result := plan(t, dir)
	if len(result.Diagnostics) != 0 || len(result.Changes) != 1 || filepath.Base(result.Changes[0].Path) != "a_retry.go" {
		t.Fatalf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
	}
	if err := result.Write(); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "vet", "./...")
}

// TestOldLanguage generates in a module for the oldest Go that the runtime supports: what is generated uses nothing that
// is newer, and go.mod stays as it is.
func TestOldLanguage(t *testing.T) {
	runtime, err := filepath.Abs("../runtime")
	if err != nil {
		t.Fatal(err)
	}
	const path = "github.com/retrygen/retrygen/runtime"
	mod := "module example.com/case\n\ngo 1.23\n\nrequire " + path + " v0.0.0\n\nreplace " + path + " => " + runtime + "\n"
	dir := writeModule(t, []txtar.File{
		{Name: "go.mod", Data: []byte(mod)},
		{Name: "a/a.go", Data: []byte(`package a

import (
	"context"
	"io/fs"
	"net/http"

	"github.com/retrygen/retrygen/runtime/retry"
)

var budget = retry.NewBudget(0.1, 0, 10)

type record struct {
	names  []string
	counts map[string]int
}

//retry:task retries=4 delay=exponential(2) jitter=3 within=1m on=*io/fs.PathError budget=budget
func read(ctx context.Context, a retry.Attempt) (*fs.FileInfo, error) { return nil, nil }

//retry:task retries=unlimited delay=1,2,3 jitter=decorrelated timeout=1s checkpoint
func load(ctx context.Context, r record, n ...int) (record, int, error) { return r, 1, nil }

//retry:flow retries=2
func nightly(ctx context.Context) error { return nil }

//retry:task retries=1 timeout=5s if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func send(req *http.Request) (*http.Response, error) { return http.DefaultClient.Do(req) }
`)},
	})
	t.Setenv("GOFLAGS", "")
	result := plan(t, dir)
	if len(result.Diagnostics) != 0 || len(result.Changes) != 1 {
		t.Fatalf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
	}
	if err := result.Write(); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "vet", "./...")
	if got, err := os.ReadFile(filepath.Join(dir, "go.mod")); err != nil || string(got) != mod {
		t.Errorf("go.mod is now %q, error %v", got, err)
	}
}

// TestDependency names packages of other modules: nothing is written into them, as "go generate" runs nothing there.
func TestDependency(t *testing.T) {
	files := []txtar.File{
		{Name: "a/a.go", Data: []byte("package a\n\nimport _ \"example.com/other\"\n")},
		{Name: "other/go.mod", Data: []byte("module example.com/other\n\ngo 1.26.0\n")},
		{Name: "other/other.go", Data: []byte(strings.Replace(annotated, "package a", "package other", 1))},
	}
	dir := testmodule.Write(t, files, "\nrequire example.com/other v0.0.0\n\nreplace example.com/other => ./other\n")
	for _, pattern := range []string{"example.com/other", "all"} {
		result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{pattern}})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Changes) > 0 || !slices.Equal(result.Passed, []string{"example.com/other"}) {
			t.Errorf("%s: %d changes, passed over %q, want none and the dependency", pattern, len(result.Changes), result.Passed)
		}
	}
}
