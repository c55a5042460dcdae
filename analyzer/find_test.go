package analyzer_test

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/analyzer"
)

// finding is a finding of a check.
type finding struct {
	id, file     string // the file is relative to the module
	line, column int
	message      string
}

// String returns the finding as go vet prints it.
func (f finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.file, f.line, f.column, f.message)
}

// find runs all analyzers on the packages of a module, in this process. All checks are on, but for flags such as
// RL306=false, or any-change=true for a parameter of a check.
func find(t testing.TB, dir string, flags ...string) []finding {
	t.Helper()
	return findIn(t, dir, load(t, dir), flags...)
}

// findIn is find for packages that have been loaded.
func findIn(t testing.TB, dir string, pkgs []*packages.Package, flags ...string) []finding {
	t.Helper()
	analyzers := analyzer.Analyzers()
	for _, check := range analyzer.Checks() {
		value := "true"
		for _, f := range flags {
			if rest, ok := strings.CutPrefix(f, check.ID+"="); ok {
				value = rest
			}
		}
		if err := named(analyzers, check.Analyzer).Flags.Set(check.ID, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range flags {
		if name, value, _ := strings.Cut(f, "="); !strings.HasPrefix(name, "RL") {
			setParameter(t, analyzers, name, value)
		}
	}
	graph, err := checker.Analyze(analyzers, pkgs, &checker.Options{SanityCheck: true})
	if err != nil {
		t.Fatal(err)
	}
	var list []finding
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatalf("%s: %v", action, action.Err)
		}
		for _, d := range action.Diagnostics {
			list = append(list, newFinding(t, dir, action.Package.Fset, d))
		}
	}
	return sorted(list)
}

// setParameter sets the flag of the analyzer that has it.
func setParameter(t testing.TB, analyzers []*analysis.Analyzer, name, value string) {
	t.Helper()
	for _, a := range analyzers {
		if a.Flags.Lookup(name) == nil {
			continue
		}
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no analyzer has a flag %s", name)
}

func newFinding(t testing.TB, dir string, fset *token.FileSet, d analysis.Diagnostic) finding {
	at := fset.Position(d.Pos)
	file, err := filepath.Rel(dir, at.Filename)
	if err != nil {
		t.Fatal(err)
	}
	return finding{d.Category, filepath.ToSlash(file), at.Line, at.Column, d.Message}
}

// sorted sorts findings as a reader goes through files. A package and its tests report the same finding twice.
func sorted(list []finding) []finding {
	slices.SortFunc(list, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column),
			strings.Compare(a.message, b.message))
	})
	return slices.Compact(list)
}
