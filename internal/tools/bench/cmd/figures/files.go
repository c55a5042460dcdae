package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// files measures the generator and explain on one package with many files that have directives, and returns their table.
func files(o *options) (string, error) {
	temp, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	tool := filepath.Join(temp, "retrygen-tool")
	if _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/retrygen"); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("| annotated files in one package | `retrygen ./...` | ratio | memory |" +
		" `retrygen explain ./...` | ratio to `go vet ./...` | memory | ratio |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, n := range []int{2000, 4000} {
		dir := filepath.Join(temp, fmt.Sprint(n))
		if err := writeFiles(dir, n); err != nil {
			return "", err
		}
		if _, err := timed(dir, tool, "./..."); err != nil {
			return "", err
		}
		list := func() (cost, error) { return timed(dir, "go", "list", "-deps", "-export", "./...") }
		p, err := paired(o.limit, func() (cost, error) { return timed(dir, tool, "./...") }, list)
		if err != nil {
			return "", err
		}
		p.report(fmt.Sprint(n, " files"))
		forecast, err := explainAgainstVet(o, &module{dir: dir, tool: tool})
		if err != nil {
			return "", err
		}
		forecast.report(fmt.Sprint(n, " files: explain against go vet"))
		fmt.Fprintf(&text, "| %d | %.2f s | %.2f | %d MB | %.2f s | %.2f | %d MB | %.2f |\n",
			n, p.first.wall, p.ratio(), p.first.memory/1e6,
			forecast.first.wall, forecast.ratio(), forecast.first.memory/1e6, forecast.memoryRatio())
	}
	return text.String(), nil
}
