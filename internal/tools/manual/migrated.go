package main

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"
)

// roles are the parts of cases.
var roles = map[string]string{
	"before": "before", "before.go": "before", "a.go": "before", "after": "after", "after.go": "after", "a.go.after": "after",
	"output": "said", "sites": "said",
}

// migratedPackage returns what "retrygen migrate" makes of a package of this repository as a fenced diff.
func (m *manual) migratedPackage(dir string) (string, error) {
	cmd := exec.Command(m.tool, "migrate", "-n", "./"+dir)
	cmd.Dir = m.root
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		return "", err
	}
	var text bytes.Buffer
	for line := range strings.Lines(string(out)) {
		switch place, what, ok := strings.Cut(line, ".go:"); {
		case strings.HasPrefix(line, "diff "):
			continue
		case ok && strings.HasPrefix(place, "# "):
			_, what, _ = strings.Cut(what, " ")
			line = "# " + what
		}
		text.WriteString(strings.Replace(strings.Replace(line, "--- "+dir+"/", "--- ", 1), "+++ "+dir+"/", "+++ ", 1))
	}
	if text.Len() == 0 {
		return "", errors.New("nothing is turned there")
	}
	return "```diff\n" + strings.TrimSuffix(text.String(), "\n") + "\n```\n", nil
}

// migrated returns a case of "retrygen migrate" as a fenced diff, with what the command says above it. The tests of the case
// keep it as the command makes it.
func (m *manual) migrated(args []string) (string, error) {
	if len(args) != 1 {
		return "", errors.New("want the file of a case, or the folder of a package")
	}
	if filepath.Ext(args[0]) != ".txtar" {
		return m.migratedPackage(args[0])
	}
	archive, err := txtar.ParseFile(filepath.Join(m.root, filepath.FromSlash(args[0])))
	if err != nil {
		return "", err
	}
	parts := map[string][]byte{}
	for _, f := range archive.Files {
		parts[roles[f.Name]] = f.Data
	}
	before, after, said := parts["before"], parts["after"], parts["said"]
	if before == nil || after == nil || said == nil {
		return "", errors.New("the case has not all of before, after and what the command says")
	}
	var text bytes.Buffer
	for line := range strings.Lines(string(said)) {
		_, what, ok := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "\t"):
			what = line
		case !ok || !strings.Contains(line, ".go:"):
			continue // a summary
		}
		text.WriteString("# " + strings.Replace(what, "\t", "  ", 1))
	}
	_, changes, _ := bytes.Cut(diff.Diff("before.go", before, "after.go", after), []byte("\n")) // without the command of the diff
	text.Write(changes)
	return "```diff\n" + text.String() + "```\n", nil
}
