package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// linter measures go vet with retrylint on a module of 100 packages against go vet with its own checks, and returns their
// table.
func linter(o *options) (string, error) {
	t, err := buildTools()
	if err != nil {
		return "", err
	}
	defer t.remove()
	module := filepath.Join(t.dir, "module")
	if err := writeModule(module, 100, 2); err != nil {
		return "", err
	}
	if _, err := timed(module, t.retrygen, "./..."); err != nil {
		return "", err
	}
	linting := []string{"vet", "-vettool=" + t.retrylint, "./..."}
	edits := 0
	after := func(pkg string, args ...string) func() (cost, error) {
		return func() (cost, error) {
			if pkg != "" {
				edits++
				text := fmt.Appendf(nil, "package %s\n\ntype Edit%d int\n", pkg, edits)
				if err := os.WriteFile(filepath.Join(module, pkg, "edit.go"), text, 0o666); err != nil {
					return cost{}, err
				}
				// What has to be compiled is compiled for both.
				if _, err := timed(module, "go", "build", "./..."); err != nil {
					return cost{}, err
				}
			}
			return timed(module, "go", args...)
		}
	}
	var table strings.Builder
	table.WriteString("| `go vet -vettool=retrylint ./...` on 100 packages | time | ratio to `go vet ./...` | ratio of CPU time |\n" +
		"| --- | --- | --- | --- |\n")
	for _, row := range [][2]string{
		{"nothing changed", ""}, {"after an edit of a leaf", "p099"}, {"after an edit of what all packages import", "p000"},
	} {
		if err := lintRow(o, &table, row[0], after(row[1], linting...), after(row[1], "vet", "./...")); err != nil {
			return "", err
		}
	}
	return table.String(), nil
}

// tools are retrygen and retrylint in a temporary directory, which has room for modules as well.
type tools struct{ dir, retrygen, retrylint string }

// buildTools builds the tools. They have to be removed.
func buildTools() (*tools, error) {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return nil, err
	}
	t := &tools{dir, filepath.Join(dir, "retrygen"), filepath.Join(dir, "retrylint")}
	for _, tool := range []string{t.retrygen, t.retrylint} {
		if _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/"+filepath.Base(tool)); err != nil {
			t.remove()
			return nil, err
		}
	}
	return t, nil
}

func (t *tools) remove() { os.RemoveAll(t.dir) }

// lintRow adds a row to the table.
func lintRow(o *options, table *strings.Builder, name string, run, base func() (cost, error)) error {
	p, err := paired(o.limit, run, base)
	if err == nil {
		p.report("retrylint, " + name)
		fmt.Fprintf(table, "| %s | %.2f s | %.2f | %.2f |\n", name, p.first.wall, p.ratio(), p.cpuRatio())
	}
	return err
}
