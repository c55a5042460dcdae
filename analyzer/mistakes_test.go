package analyzer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
)

// TestMistakes runs the mistakes in testdata/mistakes, which people make, through the generator and through the checks. A
// case is one or more packages in txtar form; -update writes what the generator says into its part "problems". The checks
// have to say the same at the same positions, unless the case has a part "checks" with what they say instead.
func TestMistakes(t *testing.T) {
	names, err := filepath.Glob("../testdata/mistakes/*.txtar")
	if err != nil || len(names) < 60 {
		t.Fatalf("%d cases: %v", len(names), err)
	}
	var files []txtar.File
	list := map[string]*txtar.Archive{}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list[name] = archive
		for _, f := range archive.Files {
			if f.Name != "problems" && f.Name != "checks" {
				files = append(files, txtar.File{Name: caseName(name) + "/" + f.Name, Data: f.Data})
			}
		}
	}
	dir := writeModule(t, files)
	said, found := generatorSays(t, dir), checksSay(t, dir)
	for _, name := range names {
		t.Run(caseName(name), func(t *testing.T) {
			sayings(t, name, list[name], said[caseName(name)], found[caseName(name)])
		})
	}
}

func caseName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txtar") }

// generatorSays returns the diagnostics and warnings of the generator, by case.
func generatorSays(t *testing.T, dir string) map[string]string {
	t.Helper()
	plan, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range plan.Diagnostics {
		lines = append(lines, d.String())
	}
	for _, w := range plan.Warnings {
		w.Message = "warning: " + w.Message
		lines = append(lines, w.String())
	}
	return byCase(t, dir, lines)
}

// checksSay returns the findings about directives, by case.
func checksSay(t *testing.T, dir string) map[string]string {
	t.Helper()
	var lines []string
	for _, f := range find(t, dir) {
		if slices.Contains([]string{"RL101", "RL102", "RL103"}, f.id) {
			lines = append(lines, fmt.Sprintf("%s/%s", dir, f))
		}
	}
	return byCase(t, dir, lines)
}

// byCase groups lines by the folder of their files, and takes the folder off.
func byCase(t *testing.T, dir string, lines []string) map[string]string {
	t.Helper()
	cases := map[string]string{}
	for _, line := range lines {
		rel, ok := strings.CutPrefix(line, dir+string(filepath.Separator))
		folder, rest, cut := strings.Cut(filepath.ToSlash(rel), "/")
		if !ok || !cut {
			t.Fatalf("%s: outside the cases", line)
		}
		cases[folder] += rest + "\n"
	}
	return cases
}

var mark = regexp.MustCompile(`(?m)^([^ ]+: )(?:warning|RL\d+): `)

// sayings compares what the generator and the checks say with the parts of a case.
func sayings(t *testing.T, name string, archive *txtar.Archive, said, found string) {
	var sources []txtar.File
	want := map[string]string{}
	for _, f := range archive.Files {
		if f.Name == "problems" || f.Name == "checks" {
			want[f.Name] = string(f.Data)
		} else {
			sources = append(sources, f)
		}
	}
	got := &txtar.Archive{Comment: archive.Comment, Files: append(sources, txtar.File{Name: "problems", Data: []byte(said)})}
	if mark.ReplaceAllString(said, "$1") != mark.ReplaceAllString(found, "$1") {
		got.Files = append(got.Files, txtar.File{Name: "checks", Data: []byte(found)})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := diff.Diff("want", txtar.Format(archive), "got", txtar.Format(got)); d != nil {
		t.Errorf("%s", d)
	}
}
