package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	repository "github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// TestMigrateShapes turns the code that is written by hand in a copy of internal/testing/shapes, and generates the wrappers. The
// copy is vetted, and the shapes' own tests run on it: what they expect of the code by hand, they now expect of what the
// command made of it. A test that fails has to be known in [shapeMigrations], with the sentence of the command that says why.
func TestMigrateShapes(t *testing.T) {
	m := copyShapes(t)
	sites := m.migrate()
	if status, out, errOut := retrygen(t, "-C", m.dir, "./..."); status != fine {
		t.Fatalf("status %d: %s%s", status, out, errOut)
	}
	m.run("go", "vet", "./...")
	failed := m.test()
	for _, shape := range slices.Sorted(maps.Keys(shapeMigrations)) {
		t.Run(shape, func(t *testing.T) {
			checkSites(t, shape, sites[shape])
			checkFailed(t, shape, failed[shape])
		})
	}
	for shape := range sites {
		if _, known := shapeMigrations[shape]; !known {
			t.Errorf("nothing is said of the shape %s", shape)
		}
	}
}

// foundPlace is what the command says of a place.
type foundPlace struct {
	File        string
	Line        int
	Status      string
	Reason      string
	Differences []string
}

// checkSites compares what the command has found in a shape with what is known.
func checkSites(t *testing.T, shape string, sites map[string]foundPlace) {
	for function, want := range shapeMigrations[shape].places {
		got, ok := sites[function]
		if !ok && want.status != isUnseen {
			t.Errorf("%s: it is not found", function)
			continue
		}
		if ok && want.status == isUnseen {
			t.Errorf("%s: it is found: %v", function, got)
			continue
		}
		if got.Status != string(want.status) && want.status != isUnseen || got.Reason != want.reason {
			t.Errorf("%s: it is %s: %q, want %s: %q", function, got.Status, got.Reason, want.status, want.reason)
		}
		if !slices.Equal(got.Differences, want.differences) {
			t.Errorf("%s: differences\n\t%s\nwant\n\t%s", function,
				strings.Join(got.Differences, "\n\t"), strings.Join(want.differences, "\n\t"))
		}
	}
	for function, got := range sites {
		if _, known := shapeMigrations[shape].places[function]; !known {
			t.Errorf("%s: nothing is said of it: %v", function, got)
		}
	}
}

// checkFailed reports tests that fail without a known difference, and differences that no test shows any more.
func checkFailed(t *testing.T, shape string, failed map[string]string) {
	known := shapeMigrations[shape].shown
	for name, output := range failed {
		if known[name] == "" {
			t.Errorf("%s fails:\n%s", name, output)
		}
	}
	for name, sentence := range known {
		if failed[name] == "" {
			t.Errorf("%s passes, although the command says: %s", name, sentence)
		}
		said := false
		for _, p := range shapeMigrations[shape].places {
			said = said || slices.Contains(p.differences, sentence)
		}
		if !said {
			t.Errorf("%s fails because of a difference that the command does not say: %s", name, sentence)
		}
	}
}

// shapesCopy is a module with a copy of the shapes.
type shapesCopy struct {
	*testing.T
	dir string
}

func copyShapes(t *testing.T) *shapesCopy {
	from := filepath.Join("..", "..", "internal", "testing", "shapes")
	var files []txtar.File
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Dir(path) == from {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		files = append(files, txtar.File{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &shapesCopy{T: t, dir: testmodule.WriteAs(t, repository.Path+"/internal/testing/migrated", files, "")}
}

// run runs a command in the module.
func (m *shapesCopy) run(name string, args ...string) {
	m.Helper()
	cmd := exec.CommandContext(m.Context(), name, args...)
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		m.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out)
	}
}

// output runs a command in the module that may exit with status 1, and returns what it prints.
func (m *shapesCopy) output(name string, args ...string) []byte {
	m.Helper()
	cmd := exec.CommandContext(m.Context(), name, args...)
	cmd.Dir = m.dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		m.Fatalf("%s %v: %v", filepath.Base(name), args, err)
	}
	return out
}

// migrate runs the command, and returns what it says of the functions of each shape. Methods are named like functions.
func (m *shapesCopy) migrate() map[string]map[string]foundPlace {
	functions := map[string]*ast.File{}
	set := token.NewFileSet()
	names, _ := filepath.Glob(filepath.Join(m.dir, "*", "before.go"))
	for _, name := range names {
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			m.Fatal(err)
		}
		functions[filepath.Base(filepath.Dir(name))+"/before.go"] = file
	}
	status, out, errOut := retrygen(m.T, "migrate", "-C", m.dir, "-json", "./...")
	var result struct{ Sites []foundPlace }
	if err := json.Unmarshal([]byte(out), &result); err != nil || status == trouble {
		m.Fatalf("status %d, %v: %s", status, err, errOut)
	}
	sites := map[string]map[string]foundPlace{}
	for _, s := range result.Sites {
		shape, _, _ := strings.Cut(s.File, "/")
		if sites[shape] == nil {
			sites[shape] = map[string]foundPlace{}
		}
		sites[shape][around(set, functions[s.File], s.Line)] = s
	}
	return sites
}

// around returns the function around a line.
func around(set *token.FileSet, file *ast.File, line int) string {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && set.Position(f.Pos()).Line <= line && line <= set.Position(f.End()).Line {
			return f.Name.Name
		}
	}
	return ""
}

// test runs the tests of the copy, and returns what those print that fail, by shape and name. A test with subtests is not
// among them.
func (m *shapesCopy) test() map[string]map[string]string {
	printed := map[string]map[string]string{}
	failed := map[string]map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(m.output("go", "test", "-count=1", "-json", "./...")))
	for {
		var event struct{ Action, Package, Test, Output string }
		err := decoder.Decode(&event)
		if err == io.EOF {
			return failed
		}
		if err != nil {
			m.Fatal(err)
		}
		shape := event.Package[strings.LastIndex(event.Package, "/")+1:]
		if printed[shape] == nil {
			printed[shape], failed[shape] = map[string]string{}, map[string]string{}
		}
		switch {
		case event.Action == "output":
			printed[shape][event.Test] += event.Output
		case event.Action == "build-output":
			m.Error(event.Output)
		case event.Action == "fail" && (event.Test != "" || !hasParent(failed[shape], "")):
			if !hasParent(failed[shape], event.Test) {
				failed[shape][event.Test] = printed[shape][event.Test]
			}
		}
	}
}

// hasParent reports whether one of some tests is a subtest of another one. All are parts of "".
func hasParent(tests map[string]string, parent string) bool {
	for name := range tests {
		if parent == "" || strings.HasPrefix(name, parent+"/") {
			return true
		}
	}
	return false
}
