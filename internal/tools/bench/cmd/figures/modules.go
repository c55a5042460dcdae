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

	dir, tool string // the copy, and the generator
}

// modules are what is measured without -modules.
var modules = []module{
	{name: "pgx", at: "github.com/jackc/pgx/v5@v5.12.0", leaf: "log/testingadapter", low: "internal/pgio"},
	{name: "grpc", at: "google.golang.org/grpc@v1.85.0", leaf: "encoding/gzip", low: "internal/envconfig"},
	{name: "rclone", at: "github.com/rclone/rclone@v1.76.0", leaf: "cmd/version", low: "fs"},
	{name: "telegraf", at: "github.com/influxdata/telegraf@v1.37.2", leaf: "plugins/inputs/cpu", low: "config"},
}

// eachModule measures the rows of a table of modules, on copies with a directive on every function that returns an error. What
// fails for one module leaves the others to be measured.
func (t *table) eachModule(o *options, show func(row string) error) error {
	dir, err := os.MkdirTemp("", "retrygen-figures-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "retrygen-tool")
	if _, err := timed(".", "go", "build", "-o", tool, "github.com/retrygen/retrygen/cmd/retrygen"); err != nil {
		return err
	}
	var errs []error
	for _, m := range modules {
		if !chosen(m.at, o.modules) {
			continue
		}
		m.dir = filepath.Join(cmp.Or(o.copies, dir), m.name)
		m.tool = tool
		if err := t.measureOne(o, &m, show); err != nil {
			errs = append(errs, fmt.Errorf("%s, table %s: %w", m.at, t.name, err))
		}
	}
	return errors.Join(errs...)
}

func (t *table) measureOne(o *options, m *module, show func(row string) error) error {
	if err := m.copy(); err != nil {
		return err
	}
	row, err := t.row(o, m)
	if err != nil {
		return err
	}
	return show(row)
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

// copy makes an annotated copy of the module, with its generated files, unless there is one. One that is there may be of
// another checkout, and of a run that was stopped.
func (m *module) copy() error {
	if _, err := os.Stat(m.dir); err == nil {
		m.forgetEdits()
		return annotate.Redirect(m.dir)
	}
	part := m.dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := modcache.Copy(m.at, part); err != nil {
		return err
	}
	if _, err := annotate.Tree(part, annotate.Directive("", false), false); err != nil {
		return err
	}
	if err := annotate.Require(part); err != nil {
		return err
	}
	plan, err := annotate.Plan(part)
	if err != nil {
		return err
	}
	if err := plan.Write(); err != nil {
		return err
	}
	if err := annotate.Require(part); err != nil { // again: now something imports the runtime
		return err
	}
	return os.Rename(part, m.dir)
}

// editFile is the name of the files that edits add.
const editFile = "retrygen_edit.go"

// forgetEdits removes what edits have added.
func (m *module) forgetEdits() {
	for _, pkg := range []string{m.leaf, m.low} {
		os.Remove(filepath.Join(m.dir, pkg, editFile))
	}
}

// generatorHead is the head of the generator's table.
const generatorHead = "| `retrygen ./...` | packages | directives | time | ratio | of CPU time | memory | after an edit of a leaf |" +
	" of a low-level package |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"

// generator returns the row of a module in the generator's table. Before, its packages are compiled, so that the go command
// need not.
func generator(o *options, m *module) (string, error) {
	packages, err := m.packages()
	if err != nil {
		return "", err
	}
	directives, err := countDirectives(m.dir)
	if err != nil {
		return "", err
	}
	list := func() (cost, error) { return timed(m.dir, "go", "list", "-deps", "-export", "./...") }
	if _, err := list(); err != nil {
		return "", err
	}
	unchanged := func() (cost, error) { return timed(m.dir, m.tool, "./...") }
	p, err := paired(o.limit, unchanged, list)
	if err != nil {
		return "", err
	}
	p.report(m.name + ": retrygen against go list")
	row := fmt.Sprintf("| %s | %d | %d | %.2f s | %.2f | %.2f | %d MB |",
		m.title(), len(packages), directives, p.first.wall, p.ratio(), p.cpuRatio(), p.first.memory/1e6)
	defer m.forgetEdits()
	for _, pkg := range []string{m.leaf, m.low} {
		edited, err := paired(o.limit, m.editing(pkg), unchanged)
		if err != nil {
			return "", err
		}
		edited.report(m.name + ": after an edit of " + pkg + " against nothing changed")
		row += fmt.Sprintf(" %.2f |", edited.ratio()*p.ratio()) // the go command would compile first
	}
	return row + "\n", nil
}

// editing adds an exported type to a package before each run.
func (m *module) editing(pkg string) func() (cost, error) {
	n := 0
	return func() (cost, error) {
		n++
		cmd := exec.Command("go", "list", "-f", "{{.Name}}", "./"+pkg)
		cmd.Dir = m.dir
		name, err := cmd.Output()
		if err != nil {
			return cost{}, explained(err)
		}
		text := fmt.Appendf(nil, "package %s\n\ntype RetrygenEdit%d int\n", cmp.Or(strings.TrimSpace(string(name)), "main"), n)
		if err := os.WriteFile(filepath.Join(m.dir, pkg, editFile), text, 0o666); err != nil {
			return cost{}, err
		}
		return timed(m.dir, m.tool, "./...")
	}
}

// explained adds what a command has written to the error of its failure.
func explained(err error) error {
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("go list: %w\n%s", err, failed.Stderr)
	}
	return err
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

// packages lists the directories of the module's packages, with their names.
func (m *module) packages() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-f", "{{.Dir}}\t{{.Name}}", "./...")
	cmd.Dir = m.dir
	out, err := cmd.Output()
	if err != nil {
		return nil, explained(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(out)) {
		dir, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		found[dir] = name
	}
	return found, nil
}
