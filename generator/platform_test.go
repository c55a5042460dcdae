package generator_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestForeignGap generates from a file for another platform, on which a dependency of a dependency has no files.
func TestForeignGap(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "dep/go.mod", Data: []byte("module example.com/dep\n\ngo 1.26.0\n")},
		{Name: "dep/a/a.go", Data: []byte("package a\n\nimport \"example.com/dep/b\"\n\ntype T = b.T\n")},
		{Name: "dep/b/b.go", Data: []byte("//go:build linux\n\npackage b\n\ntype T int\n")},
		{Name: "m/m_plan9.go", Data: []byte("package m\n\nimport (\n\t\"context\"\n\n\t\"example.com/dep/a\"\n)\n\nvar _ a.T\n\n" +
			"//retry:task retries=1 delay=1\nfunc F(ctx context.Context) error { return nil }\n")},
	})
	file, err := os.OpenFile(filepath.Join(dir, "go.mod"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("\nrequire example.com/dep v0.0.0\n\nreplace example.com/dep => ./dep\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if result := plan(t, dir); len(result.Diagnostics) != 0 || len(result.Changes) != 1 {
		t.Errorf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
	}
}
