package inventory_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/inventory"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

var update = flag.Bool("update", false, "accept what is found")

// TestCases collects the modules in testdata, after generation, and compares what is found
// with their file "inventory".
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			isOutput := func(f txtar.File) bool { return f.Name == "inventory" }
			want := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return !isOutput(f) })
			archive.Files = slices.DeleteFunc(archive.Files, isOutput)
			dir := writeModule(t, archive.Files)
			generate(t, dir)
			got := print(collect(t, dir, "./..."))
			if *update {
				archive.Files = append(archive.Files, txtar.File{Name: "inventory", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if len(want) != 1 || string(want[0].Data) != got {
				t.Errorf("got:\n%s\nwant:\n%s", got, txtar.Format(&txtar.Archive{Files: want}))
			}
		})
	}
}

// print writes an inventory as the cases have it: an entry, its options' positions, its chains, their links.
func print(inv *inventory.Inventory) string {
	var out strings.Builder
	for _, e := range inv.Entries {
		kind := "task"
		if e.Flow {
			kind = "flow"
		}
		fmt.Fprintf(&out, "%s:%d:%d: %s %s in %s, wrapper "+
			"%s: %s\n", e.File, e.Pos.Line, e.Pos.Column, kind, e.Task, e.Package, e.Wrapper, e.Policy)
		fmt.Fprintf(&out, "\tretries %s, delay %s, cap %s\n", inv.Relative(e.Retries), inv.Relative(e.Delay), inv.Relative(e.Cap))
		if e.Unfollowed != "" {
			fmt.Fprintf(&out, "\tnot followed: %s\n", e.Unfollowed)
		}
		if !e.Inner.IsZero() {
			fmt.Fprintf(&out, "\tin all %s\n", e.Bound)
		}
		if e.Bound.Why != "" {
			fmt.Fprintf(&out, "\tmore: %s\n", e.Bound.Why)
		}
		for _, c := range e.Chains {
			fmt.Fprintf(&out, "\t%s\n", c.Describe(e.Package))
			for _, l := range c {
				fmt.Fprintf(&out, "\t\t%s at %s\n", l.Name, inv.Relative(l.Pos))
			}
		}
	}
	for _, n := range inv.Notes {
		fmt.Fprintf(&out, "note: %s\n", n)
	}
	for _, p := range inv.Problems {
		pos := inv.Relative(p.Pos)
		fmt.Fprintf(&out, "problem: %s: %s\n", pos, p.Message)
	}
	return out.String()
}

func collect(t *testing.T, dir string, patterns ...string) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Collect(t.Context(), inventory.Options{Dir: dir, Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// generate writes the wrappers of the packages that have no mistakes, but for those that are about their absence.
func generate(t *testing.T, dir string) {
	t.Helper()
	result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	result.Changes = slices.DeleteFunc(result.Changes, func(c generator.Change) bool {
		return filepath.Base(filepath.Dir(c.Path)) == "ungenerated"
	})
	if err := result.Write(); err != nil {
		t.Fatal(err)
	}
}

// writeModule writes files into a new module that knows this repository's runtime.
func writeModule(t *testing.T, files []txtar.File) string {
	t.Helper()
	mod := ""
	if slices.ContainsFunc(files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "stubs/") }) {
		mod = "\nrequire github.com/hashicorp/go-retryablehttp v0.0.0\n\nreplace github.com/hashicorp/go-retryablehttp => ./stubs/retryablehttp\n"
	}
	return testmodule.Write(t, files, mod)
}

// TestUnloadable has a package that go vet cannot even begin with; the others are followed all the same.
func TestUnloadable(t *testing.T) {
	const text = "package %s\n\nimport (\n\t\"context\"\n\t_ %q\n)\n\n//retry:task retries=2 delay=1\nfunc Outer(ctx " +
		"context.Context) error { return InnerWithRetry(ctx) }\n\n//retry:task retries=2 delay=1\nfunc Inner(ctx context.Context) " +
		"error { return nil }\n"
	dir := writeModule(t, []txtar.File{
		{Name: "bad/bad.go", Data: fmt.Appendf(nil, text, "bad", "example.com/case/missing")},
		{Name: "good/good.go", Data: fmt.Appendf(nil, text, "good", "errors")},
	})
	generate(t, dir)
	inv := collect(t, dir, "./...")
	followed := map[string]int{}
	for _, e := range inv.Entries {
		followed[e.Task] = len(e.Chains)
		if bad := strings.HasPrefix(e.Task, "bad."); bad != (e.Unfollowed != "") {
			t.Errorf("%s: not followed: %q", e.Task, e.Unfollowed)
		}
	}
	if len(inv.Entries) != 4 || followed["good.Outer"] != 1 {
		t.Errorf("found chains %v, want four entries and one chain of good.Outer", followed)
	}
	if len(inv.Notes) != 1 || !strings.Contains(inv.Notes[0].Reason, "example.com/case/missing") {
		t.Errorf("notes %v, want one that names what is missing", inv.Notes)
	}
}

// TestPatterns names packages in the ways of the go command.
func TestPatterns(t *testing.T) {
	const text = "package a\n\nimport \"context\"\n\n//retry:task retries=2 delay=1\nfunc Outer(ctx context.Context) error { " +
		"return InnerWithRetry(ctx) }\n\n//retry:task retries=2 delay=1\nfunc Inner(ctx context.Context) error { return nil }\n"
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte(text)},
		{Name: "nothing/nothing.go", Data: []byte("package nothing\n")},
		{Name: "tagged/tagged.go", Data: []byte("//go:build special\n\n" + text)},
	})
	generate(t, dir)
	for _, test := range []struct {
		dir, tags string
		patterns  []string
		want      string // the file of the first entry, and its chain
	}{
		{"", "", []string{"./a"}, "a/a.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"", "", []string{"example.com/case/a", "./nothing"}, "a/a.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"a", "", nil, "a.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"nothing", "", []string{"../a"}, dir + "/a/a.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"a", "", []string{"a.go", "a_retry.go"}, "a.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"", "", []string{"./tagged"}, "tagged/tagged.go not followed: this platform leaves the file out"},
		{"", "special", []string{"./tagged"}, "tagged/tagged.go Outer (3 attempts) → Inner (3): 9 attempts, up to 8s of waiting"},
		{"", "", []string{"./nothing"}, ""},
	} {
		inv, err := inventory.Collect(t.Context(), inventory.Options{Dir: filepath.Join(dir, test.dir), Tags: test.tags, Patterns: test.patterns})
		if err != nil {
			t.Errorf("%v: %v", test, err)
			continue
		}
		got := ""
		if len(inv.Entries) > 0 {
			e := inv.Entries[0]
			got = e.File + " "
			if e.Unfollowed != "" {
				got += "not followed: " + e.Unfollowed
			}
			for _, c := range e.Chains {
				got += c.Describe(e.Package)
			}
		}
		if got != filepath.ToSlash(test.want) {
			t.Errorf("in %q, tags %q, %v: got %q, want %q", test.dir, test.tags, test.patterns, got, test.want)
		}
	}
}

// TestErrors has what is not a mistake in a directive.
func TestErrors(t *testing.T) {
	dir := writeModule(t, []txtar.File{{Name: "a/a.go", Data: []byte("package a\n")}})
	if _, err := inventory.Collect(t.Context(), inventory.Options{Dir: dir, Patterns: []string{"./missing"}}); err == nil {
		t.Error("a package that does not exist is no error")
	}
}

// TestAgreement compares what is listed with the check RL301, which names the worst chain.
func TestAgreement(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/chains.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := writeModule(t, archive.Files)
	generate(t, dir)
	warned := map[string]string{}
	for _, f := range vet(t, linter(t), dir) {
		if chain, ok := strings.CutPrefix(f.Message, "retries inside retries: "); ok {
			warned[f.Place.String()] = chain
		}
	}
	if len(warned) == 0 {
		t.Error("RL301 warns of nothing")
	}
	inv := collect(t, dir, "./...")
	for _, e := range inv.Entries {
		place := inv.Relative(e.Retries).String()
		if warning := warned[place]; warning != "" && !strings.HasPrefix(warning, chain.Layers(e.Chains[0], e.Package)+": ") {
			t.Errorf("%s: RL301 warns of %s, the worst chain is %s", e.Task, warning, e.Chains[0].Describe(e.Package))
		}
		delete(warned, place)
	}
	for place, chain := range warned {
		if !strings.HasPrefix(chain, "a loop") { // a loop has no directive, so it is no entry
			t.Errorf("%s: RL301 warns of %s, which is not listed", place, chain)
		}
	}
}

// linter builds retrylint, and returns its path.
func linter(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "retrylint.exe")
	if out, err := exec.Command("go", "build", "-o", path, "../../../cmd/retrylint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func vet(t *testing.T, tool, dir string) []lint.Finding {
	t.Helper()
	findings, err := lint.Run(t.Context(), lint.Options{Tool: tool, Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}
