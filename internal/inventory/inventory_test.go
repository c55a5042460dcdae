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
	"github.com/retrygen/retrygen/internal/inventory"
)

var update = flag.Bool("update", false, "accept what is found")

// tool is retrygen, built as users build it.
var tool string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "inventory-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	tool = filepath.Join(dir, "retrygen.exe")
	if out, err := exec.Command("go", "build", "-o", tool, "../../cmd/retrygen").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// TestCases collects the modules in testdata by way of the real go vet, after generation, and compares what is found
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
		fmt.Fprintf(&out, "%s:%d:%d: %s %s in %s, wrapper %s: %s\n", e.File, e.Pos.Line, e.Pos.Column, kind, e.Task, e.Package, e.Wrapper, e.Policy)
		fmt.Fprintf(&out, "\tretries %s, delay %s, cap %s\n", inv.Relative(e.Retries), inv.Relative(e.Delay), inv.Relative(e.Cap))
		if e.Unfollowed != "" {
			fmt.Fprintf(&out, "\tnot followed: %s\n", e.Unfollowed)
		}
		for _, c := range e.Chains {
			open := ""
			if c.Open() {
				open = ", and more"
			}
			fmt.Fprintf(&out, "\t%s%s\n", c.Describe(e.Package), open)
			for _, l := range c {
				fmt.Fprintf(&out, "\t\t%s at %s\n", l.Name, inv.Relative(l.Pos))
			}
		}
	}
	for _, n := range inv.Notes {
		fmt.Fprintf(&out, "note: %s\n", n)
	}
	for _, p := range inv.Problems {
		pos := inv.Relative(p.Position())
		fmt.Fprintf(&out, "problem: %s: %s\n", pos, p.Message)
	}
	return out.String()
}

func collect(t *testing.T, dir string, patterns ...string) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Collect(t.Context(), inventory.Options{Tool: tool, Dir: dir, Patterns: patterns})
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
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod := "module example.com/case\n\ngo 1.26.0\n\nrequire github.com/retrygen/retrygen v0.0.0\n\nreplace github.com/retrygen/retrygen => " + root + "\n"
	if slices.ContainsFunc(files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "stubs/") }) {
		mod += "\nrequire github.com/hashicorp/go-retryablehttp v0.0.0\n\nreplace github.com/hashicorp/go-retryablehttp => ./stubs/retryablehttp\n"
	}
	files = append(files, txtar.File{Name: "go.mod", Data: []byte(mod)})
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	return dir
}
