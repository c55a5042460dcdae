package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// files measures the generator on one package with many files that have directives, and returns its table.
func files(o *options) (string, error) {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "retrygen-tool")
	if _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/retrygen"); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("| annotated files in one package | `retrygen ./...` | ratio | memory |\n| --- | --- | --- | --- |\n")
	for _, n := range []int{2000, 4000} {
		module := filepath.Join(dir, fmt.Sprint(n))
		if err := writeFiles(module, n); err != nil {
			return "", err
		}
		if _, err := timed(module, tool, "./..."); err != nil {
			return "", err
		}
		list := func() (cost, error) { return timed(module, "go", "list", "-deps", "-export", "./...") }
		p, err := paired(o.limit, func() (cost, error) { return timed(module, tool, "./...") }, list)
		if err != nil {
			return "", err
		}
		p.report(fmt.Sprint(n, " files"))
		fmt.Fprintf(&text, "| %d | %.2f s | %.2f | %d MB |\n", n, p.first.wall, p.ratio(), p.first.memory/1e6)
	}
	return text.String(), nil
}
