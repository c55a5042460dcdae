package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/retrygen/retrygen/internal/tools/annotate"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

// module is a public module that the generator is measured on.
type module struct {
	at        string // path@version
	leaf, low string // packages to edit: one that nothing imports, and one that much does
}

// modules are what is measured without -modules.
var modules = []module{
	{"github.com/jackc/pgx/v5@v5.12.0", "log/testingadapter", "internal/pgio"},
	{"google.golang.org/grpc@v1.85.0", "encoding/gzip", "internal/envconfig"},
	{"github.com/rclone/rclone@v1.76.0", "cmd/version", "fs"},
	{"github.com/influxdata/telegraf@v1.37.2", "plugins/inputs/cpu", "config"},
}

// measureModules measures whole runs of retrygen on public modules with a directive on every function that returns an error,
// and returns their table. Names select some of the modules, by a part of their path.
func measureModules(names string) (string, error) {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "retrygen")
	if _, _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/retrygen"); err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString("| `retrygen ./...` | packages | directives | time | ratio | memory | after an edit of a leaf | of a low-level package |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for i, m := range modules {
		if !chosen(m.at, names) {
			continue
		}
		row, err := m.measure(filepath.Join(dir, fmt.Sprint(i)), tool)
		if err != nil {
			return "", fmt.Errorf("%s: %w", m.at, err)
		}
		table.WriteString(row)
	}
	return table.String(), nil
}

// chosen reports whether one of some names, separated by commas, is a part of a path.
func chosen(path, names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		if strings.Contains(path, name) {
			return true
		}
	}
	return false
}

// measure returns the row of a module. Before, its packages are compiled, so that the go command need not.
func (m *module) measure(dir, tool string) (string, error) {
	if err := modcache.Copy(m.at, dir); err != nil {
		return "", err
	}
	count, err := annotate.Tree(dir, annotate.Directive("", false), false)
	if err != nil {
		return "", err
	}
	if err := annotate.Require(dir); err != nil {
		return "", err
	}
	plan, err := annotate.Plan(dir)
	if err != nil {
		return "", err
	}
	if err := plan.Write(); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "list", "./...")
	cmd.Dir = dir
	packages, err := cmd.Output()
	if err != nil {
		return "", err
	}
	list := func() (float64, int64, error) { return timed(dir, "go", "list", "-deps", "-export", "./...") }
	if _, _, err := list(); err != nil {
		return "", err
	}
	unchanged := func() (float64, int64, error) { return timed(dir, tool, "./...") }
	took, base, memory, err := paired(unchanged, list)
	if err != nil {
		return "", err
	}
	edits := []float64{0, 0}
	for i, pkg := range []string{m.leaf, m.low} {
		edited, again, _, err := paired(editing(dir, tool, pkg), unchanged)
		if err != nil {
			return "", err
		}
		edits[i] = edited / again * took / base // the go command would compile first
	}
	name, _, _ := strings.Cut(m.at, "@")
	return fmt.Sprintf("| %s | %d | %d | %.2f s | %.2f | %d MB | %.2f | %.2f |\n", strings.TrimPrefix(name, "github.com/"),
		strings.Count(string(packages), "\n"), count.Functions+count.Interfaces, took, took/base, memory>>20, edits[0], edits[1]), nil
}

// editing adds an exported type to a package before each run.
func editing(dir, tool, pkg string) func() (float64, int64, error) {
	n := 0
	return func() (float64, int64, error) {
		n++
		cmd := exec.Command("go", "list", "-f", "{{.Name}}", "./"+pkg)
		cmd.Dir = dir
		name, err := cmd.Output()
		if err != nil {
			return 0, 0, err
		}
		text := fmt.Appendf(nil, "package %s\n\ntype RetrygenEdit%d int\n", cmp.Or(strings.TrimSpace(string(name)), "main"), n)
		if err := os.WriteFile(filepath.Join(dir, pkg, "retrygen_edit.go"), text, 0o666); err != nil {
			return 0, 0, err
		}
		return timed(dir, tool, "./...")
	}
}
