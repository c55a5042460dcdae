package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// linter measures go vet with retrylint on a module of 100 packages against go vet with its own checks, and returns their
// table.
func linter() (string, error) {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	generate, lint := filepath.Join(dir, "retrygen"), filepath.Join(dir, "retrylint")
	for tool, path := range map[string]string{generate: "cmd/retrygen", lint: "cmd/retrylint"} {
		if _, _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/"+path); err != nil {
			return "", err
		}
	}
	module := filepath.Join(dir, "module")
	if err := writeModule(module, 100, 2); err != nil {
		return "", err
	}
	if _, _, err := timed(module, generate, "./..."); err != nil {
		return "", err
	}
	linting := []string{"vet", "-vettool=" + lint, "./..."}
	edits := 0
	after := func(pkg string, args ...string) func() (float64, int64, error) {
		return func() (float64, int64, error) {
			if pkg != "" {
				edits++
				text := fmt.Appendf(nil, "package %s\n\ntype Edit%d int\n", pkg, edits)
				if err := os.WriteFile(filepath.Join(module, pkg, "edit.go"), text, 0o666); err != nil {
					return 0, 0, err
				}
				// What has to be compiled is compiled for both.
				if _, _, err := timed(module, "go", "build", "./..."); err != nil {
					return 0, 0, err
				}
			}
			return timed(module, "go", args...)
		}
	}
	var table strings.Builder
	table.WriteString("| `go vet -vettool=retrylint ./...` on 100 packages | time | ratio to `go vet ./...` |\n| --- | --- | --- |\n")
	for _, row := range [][2]string{{"nothing changed", ""}, {"after an edit of a leaf", "p099"}, {"after an edit of what all packages import", "p000"}} {
		if err := lintRow(&table, row[0], after(row[1], linting...), after(row[1], "vet", "./...")); err != nil {
			return "", err
		}
	}
	return table.String(), nil
}

func lintRow(table *strings.Builder, name string, run, base func() (float64, int64, error)) error {
	a, b, _, err := paired(run, base)
	if err == nil {
		fmt.Fprintf(table, "| %s | %.2f s | %.2f |\n", name, a, a/b)
	}
	return err
}
