package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/retrygen/retrygen/internal/tools/annotate"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

// module is a public module that the generator is measured on.
type module struct {
	name      string
	at        string // path@version
	leaf, low string // packages to edit: one that nothing imports, and one that much does
}

// modules are what is measured without -modules.
var modules = []module{
	{"pgx", "github.com/jackc/pgx/v5@v5.12.0", "log/testingadapter", "internal/pgio"},
	{"grpc", "google.golang.org/grpc@v1.85.0", "encoding/gzip", "internal/envconfig"},
	{"rclone", "github.com/rclone/rclone@v1.76.0", "cmd/version", "fs"},
	{"telegraf", "github.com/influxdata/telegraf@v1.37.2", "plugins/inputs/cpu", "config"},
}

// measureModules measures runs of retrygen on public modules with a directive on every function that returns an error, and
// returns their table, which has a head. Names select some of the modules, by a part of their path. Copies is a directory
// where their copies stay, so that they are compiled once; "" for none.
func measureModules(names, copies, head string, measure func(m *module, dir, tool string) (string, error)) (string, error) {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if copies == "" {
		copies = dir
	}
	tool := filepath.Join(dir, "retrygen-tool")
	if _, _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/retrygen"); err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString(head)
	for _, m := range modules {
		if !chosen(m.at, names) {
			continue
		}
		copied := filepath.Join(copies, m.name)
		if err := m.copy(copied); err != nil {
			return "", fmt.Errorf("%s: %w", m.at, err)
		}
		row, err := measure(&m, copied, tool)
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

// copy makes an annotated copy of the module in a directory, with its generated files, unless there is one.
func (m *module) copy(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := modcache.Copy(m.at, dir); err != nil {
		return err
	}
	if _, err := annotate.Tree(dir, annotate.Directive("", false), false); err != nil {
		return err
	}
	if err := annotate.Require(dir); err != nil {
		return err
	}
	plan, err := annotate.Plan(dir)
	if err != nil {
		return err
	}
	if err := plan.Write(); err != nil {
		return err
	}
	return annotate.Require(dir) // again: now something imports the runtime
}

// generatorHead is the head of the generator's table.
const generatorHead = "| `retrygen ./...` | packages | directives | time | ratio | memory | after an edit of a leaf | of a low-level package |\n" +
	"| --- | --- | --- | --- | --- | --- | --- | --- |\n"

// generator returns the row of a module in the generator's table. Before, its packages are compiled, so that the go command
// need not.
func generator(m *module, dir, tool string) (string, error) {
	cmd := exec.Command("go", "list", "./...")
	cmd.Dir = dir
	packages, err := cmd.Output()
	if err != nil {
		return "", err
	}
	directives, err := countDirectives(dir)
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
	return fmt.Sprintf("| %s | %d | %d | %.2f s | %.2f | %d MB | %.2f | %.2f |\n", m.title(),
		strings.Count(string(packages), "\n"), directives, took, took/base, memory/1e6, edits[0], edits[1]), nil
}

// title is what a table calls the module.
func (m *module) title() string { return strings.TrimPrefix(m.at, "github.com/") }

// countDirectives counts the directives in the Go files of a directory.
func countDirectives(dir string) (int, error) {
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		n += bytes.Count(text, []byte("\n//retry:task")) + bytes.Count(text, []byte("\n\t//retry:task"))
		return err
	})
	return n, err
}

// explainHead is the head of the table of explain.
const explainHead = "| `retrygen explain ./...` | time | ratio to `go vet ./...` | memory | ratio |\n| --- | --- | --- | --- | --- |\n"

// explain returns the row of a module in the table of explain, beside a go vet that has to look at every package again: a
// flag that changes each time keeps it from using what it has cached. Packages are compiled before.
func explain(m *module, dir, tool string) (string, error) {
	runs := 0
	memory := int64(0)
	vet := func() (float64, int64, error) {
		runs++
		took, used, err := timed(dir, "go", "vet", fmt.Sprintf("-printf.funcs=again%d_%d", os.Getpid(), runs), "./...")
		memory = max(memory, used)
		if _, found := errors.AsType[*exec.ExitError](err); found {
			err = nil // it reports something of the module
		}
		return took, used, err
	}
	if _, _, err := vet(); err != nil {
		return "", err
	}
	took, base, used, err := paired(func() (float64, int64, error) { return timed(dir, tool, "explain", "./...") }, vet)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("| %s | %.2f s | %.2f | %d MB | %.2f |\n", m.title(), took, took/base, used/1e6, float64(used)/float64(memory)), nil
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
