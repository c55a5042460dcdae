package migrate_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate"
	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

var updateLoops = flag.Bool("update-loops", false, "accept what becomes of loops, and what they do")

// loopCase is a file in testdata/loops. Its part "before" is the source of a package. "sites" and "after" are what becomes of
// it. A part "calls" has a line for each call of its function Run: what the attempts answer, and perhaps when the context is
// cancelled. "runs" is what these calls do, before and after.
type loopCase struct {
	name    string
	archive *txtar.Archive
	parts   map[string]string
}

// set sets a part.
func (c *loopCase) set(t *testing.T, name, text string) {
	t.Helper()
	if old, ok := c.parts[name]; ok && old == text {
		return
	}
	if !*updateLoops {
		t.Errorf("%s", diff.Diff(name+" of "+c.name, []byte(c.parts[name]), name+" now", []byte(text)))
		return
	}
	c.parts[name] = text
	c.archive.Files = slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == name })
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(text)})
	order := []string{"before", "calls", "sites", "after", "runs"}
	slices.SortStableFunc(c.archive.Files, func(a, b txtar.File) int {
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
	if err := os.WriteFile(filepath.Join("testdata", "loops", c.name+".txtar"), txtar.Format(c.archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

func loopCases(t *testing.T) []*loopCase {
	names, err := filepath.Glob("testdata/loops/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var list []*loopCase
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := &loopCase{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), archive: archive, parts: map[string]string{}}
		for _, f := range archive.Files {
			c.parts[f.Name] = string(f.Data)
		}
		list = append(list, c)
	}
	return list
}

// TestLoops migrates the packages of all cases, and runs what they do before and after.
func TestLoops(t *testing.T) {
	cases := loopCases(t)
	dir := testmodule.Write(t, loopModule(t, cases), "")
	result, err := migrate.Run(t.Context(), migrate.Options{Dir: dir, Patterns: []string{"./after/..."}})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Problems) > 0 {
		t.Fatal(result.Problems)
	}
	if err := result.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	generate(t, dir)
	goCommand(t, dir, "vet", "./...")
	before, after := traces(goCommand(t, dir, "test", "-count=1", "-v", "./run"))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.set(t, "sites", sitesOf(result, "after/"+c.name+"/p.go"))
			text, err := os.ReadFile(filepath.Join(dir, "after", c.name, "p.go"))
			if err != nil {
				t.Fatal(err)
			}
			if string(text) == c.parts["before"] {
				text = []byte("as before\n")
			}
			c.set(t, "after", string(text))
			if c.parts["calls"] != "" {
				c.set(t, "runs", compare(before[c.name], after[c.name]))
			}
			checkRuns(t, c, result)
		})
	}
}

// checkRuns reports a case that does something else afterwards, and does not say so.
func checkRuns(t *testing.T, c *loopCase, result *migrate.Result) {
	t.Helper()
	if !strings.Contains(c.parts["runs"], "\n    now ") {
		return
	}
	for _, s := range result.Sites {
		if s.File == "after/"+c.name+"/p.go" && len(s.Differences) > 0 {
			return
		}
	}
	t.Errorf("it does something else than before, and no difference says so:\n%s", c.parts["runs"])
}

// sitesOf lists the sites of a file.
func sitesOf(result *migrate.Result, file string) string {
	var b strings.Builder
	for _, s := range result.Sites {
		if s.File == file {
			b.WriteString(strings.TrimPrefix(s.String(), filepath.ToSlash(filepath.Dir(file))+"/") + "\n")
		}
	}
	return b.String()
}

// loopModule writes a module with the packages before and after, and a test that runs them.
func loopModule(t *testing.T, cases []*loopCase) []txtar.File {
	world, err := os.ReadFile("testdata/world.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := txtar.Parse(world).Files
	var imports, calls strings.Builder
	for i, c := range cases {
		for _, when := range []string{"before", "after"} {
			files = append(files, txtar.File{Name: when + "/" + c.name + "/p.go", Data: []byte(c.parts["before"])})
			if c.parts["calls"] == "" {
				continue
			}
			fmt.Fprintf(&imports, "\t%s%d %q\n", when, i, testmodule.Path+"/"+when+"/"+c.name)
			fmt.Fprintf(&calls, "\trun(t, %q, %q, %s%d.Run, %q)\n", when, c.name, when, i, c.parts["calls"])
		}
	}
	test := "package run\n\nimport (\n\t\"testing\"\n\n" + imports.String() + ")\n\nfunc TestAll(t *testing.T) {\n" + calls.String() + "}\n"
	return append(files, txtar.File{Name: "run/all_test.go", Data: []byte(test)})
}

// generate writes the wrappers.
func generate(t *testing.T, dir string) {
	t.Helper()
	plan, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range plan.Diagnostics {
		t.Error(d)
	}
	if err := plan.Write(); err != nil {
		t.Fatal(err)
	}
}

func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// traces reads what the test of the module prints: lines of when, the case, the call, and what it did.
func traces(out string) (before, after map[string][]string) {
	before, after = map[string][]string{}, map[string][]string{}
	for line := range strings.Lines(out) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(parts) < 3 {
			continue
		}
		switch parts[0] {
		case "before":
			before[parts[1]] = append(before[parts[1]], parts[2])
		case "after":
			after[parts[1]] = append(after[parts[1]], parts[2])
		}
	}
	return before, after
}

// compare lists what calls did before, and afterwards where that is something else.
func compare(before, after []string) string {
	var b bytes.Buffer
	for i, line := range before {
		b.WriteString(line + "\n")
		if i >= len(after) || after[i] != line {
			now := "nothing"
			if i < len(after) {
				_, now, _ = strings.Cut(after[i], ": ")
			}
			b.WriteString("    now " + now + "\n")
		}
	}
	return b.String()
}
