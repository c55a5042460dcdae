package analyzer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// vet runs the real go vet with retrylint in a module, and returns what it prints and whether it found anything.
func vet(t *testing.T, dir string, flags ...string) (out []byte, found bool) {
	t.Helper()
	cmd := exec.Command("go", append(append([]string{"vet", "-vettool=" + tool(t)}, flags...), "./...")...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return append(out, exit.Stderr...), true
	}
	if err != nil {
		t.Fatalf("go vet: %v", err)
	}
	return out, false
}

// tool returns the path of retrylint, which the go command builds once for each state of the source.
func tool(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("go", "tool", "-n", "retrylint")
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

var posnPattern = regexp.MustCompile(`^(.*):(\d+):(\d+)$`)

// decode returns the findings that go vet -json prints, one a line.
func decode(t *testing.T, out []byte, dir string) string {
	t.Helper()
	var list []finding
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var unit map[string]map[string][]struct{ Category, Posn, Message string }
		if err := decoder.Decode(&unit); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, byAnalyzer := range unit {
			for _, diagnostics := range byAnalyzer {
				for _, d := range diagnostics {
					list = append(list, finding{id: d.Category, message: d.Message}.at(t, dir, d.Posn))
				}
			}
		}
	}
	var b strings.Builder
	for _, f := range sorted(list) {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

// at returns the finding with its position, as go vet prints that.
func (f finding) at(t *testing.T, dir, posn string) finding {
	t.Helper()
	match := posnPattern.FindStringSubmatch(posn)
	if match == nil {
		t.Fatalf("%q is no position", posn)
	}
	rel, err := filepath.Rel(dir, match[1])
	if err != nil {
		t.Fatal(err)
	}
	f.file = filepath.ToSlash(rel)
	if _, err := fmt.Sscan(match[2]+" "+match[3], &f.line, &f.column); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFixes lets the real go vet apply the fixes to the bad code of each check that has one. The result builds, and is
// not found again.
func TestFixes(t *testing.T) {
	var files []txtar.File
	flags := []string{"-fix"}
	for _, check := range analyzer.Checks() {
		if check.Fix != "" && check.Optional {
			flags = append(flags, "-"+check.Analyzer+"."+check.ID)
		}
		if check.Fix != "" {
			files = append(files, txtar.File{Name: strings.ToLower(check.ID) + "/bad.go", Data: []byte(fixable(check))})
		}
	}
	dir := writeModule(t, files)
	generate(t, dir)
	vet(t, dir, flags...)
	generate(t, dir)
	pkgs := load(t, dir)
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("the fixed code does not build: %v", err)
		}
	}
	for _, f := range findIn(t, dir, pkgs) {
		folder, _, _ := strings.Cut(f.file, "/")
		if !counts(f, strings.ToUpper(folder)) {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, f.file))
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("after its fix: %v\n%s", f, src)
	}
}

// fixable returns the bad code of a check, or code like it that has a fix.
func fixable(check analyzer.Check) string {
	switch check.ID {
	case "RL001": // its page has an ignore without a reason, which no tool knows
		return "package bad\n\n//retry:ignore RL105 the queue never refuses twice\nfunc f() {}\n\nvar _ = f\n"
	case "RL501": // its page has fields, which a constructor does not take
		return "package bad\n\nimport \"github.com/cenkalti/backoff/v4\"\n\nvar _ = backoff.Retry(nil, &backoff.ExponentialBackOff{})\n"
	}
	return check.Bad
}
