package generator_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestVendored generates where dependencies are vendored.
func TestVendored(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte("package a\n\nimport (\n\t\"context\"\n\n\t\"golang.org/x/mod/semver\"\n\t\"github.com/retrygen/retrygen/runtime/retry\"\n)\n\nvar _ = semver.IsValid\n\n//retry:task retries=1 delay=1\nfunc F(ctx context.Context, b *retry.Budget) error { return nil }\n")},
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
		{Name: "a/a.go", Data: []byte("package a\n\nimport (\n\t\"context\"\n\n\t\"example.com/other\"\n)\n\n//retry:task retries=1 delay=1 policy=other.Policy\nfunc F(ctx context.Context, t other.T) error { return nil }\n")},
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
