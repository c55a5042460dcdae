package generator_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

var update = flag.Bool("update", false, "accept what is generated")

// TestCases runs the cases in testdata. A case is a module in txtar form: sources go in, and what is generated, or
// else the list of diagnostics in the file "problems", has to come out. What is generated is built and vetted too.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	isOutput := func(name string) bool {
		return name == "problems" || strings.Contains(filepath.Base(name), "_retry") && !strings.HasPrefix(name, "keep/")
	}
	dir := writeModule(t, slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return isOutput(f.Name) }))
	plan, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	got := outputs(t, dir, plan)
	want := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return !isOutput(f.Name) })
	if *update {
		archive.Files = append(slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return isOutput(f.Name) }), got...)
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if g, w := txtar.Format(&txtar.Archive{Files: got}), txtar.Format(&txtar.Archive{Files: want}); !bytes.Equal(g, w) {
		t.Fatalf("%s", diff.Diff("want", w, "got", g))
	}
	if strings.HasPrefix(filepath.Base(file), "every_") {
		everywhere(t, dir, got)
	}
	if len(plan.Diagnostics) > 0 {
		return
	}
	if err := plan.Write(); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "vet", "./...")
	again, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil || len(again.Changes) > 0 {
		t.Errorf("a second run would change %d files (%v)", len(again.Changes), err)
	}
}

// everywhere makes the plan again as other machines would, and wants the same.
func everywhere(t *testing.T, dir string, want []txtar.File) {
	t.Helper()
	for _, settings := range []string{"GOOS=windows", "GOOS=darwin GOARCH=arm64 " +
		"GOFLAGS=-mod=mod\u00a0-tags=tag1,tag3", "GOARCH=386 CGO_ENABLED=0"} {
		env := os.Environ()
		for setting := range strings.SplitSeq(settings, " ") {
			env = append(env, strings.ReplaceAll(setting, "\u00a0", " "))
		}
		plan, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		g, w := txtar.Format(&txtar.Archive{Files: outputs(t, dir, plan)}), txtar.Format(&txtar.Archive{Files: want})
		if !bytes.Equal(g, w) {
			t.Errorf("%s", diff.Diff("here", w, settings, g))
		}
	}
}

// outputs lists the files that a plan writes, as files of a case.
func outputs(t *testing.T, dir string, plan *generator.Result) []txtar.File {
	t.Helper()
	var list []txtar.File
	var problems strings.Builder
	for _, d := range plan.Diagnostics {
		d.File = relative(t, dir, d.File)
		problems.WriteString(d.String() + "\n")
	}
	if problems.Len() > 0 {
		list = append(list, txtar.File{Name: "problems", Data: []byte(problems.String())})
	}
	for _, c := range plan.Changes {
		list = append(list, txtar.File{Name: relative(t, dir, c.Path), Data: c.New})
	}
	return list
}

func relative(t *testing.T, dir, path string) string {
	t.Helper()
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// writeModule writes files into a new module that uses this repository's runtime.
func writeModule(t *testing.T, files []txtar.File) string { return testmodule.Write(t, files, "") }

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
