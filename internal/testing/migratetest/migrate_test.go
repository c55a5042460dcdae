package migratetest

import (
	"flag"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "accept what is shown")

// TestMigrate migrates the cases in testdata, generates, and runs each before and after. The comment of a case says what it
// shows; a line "counts" in it says that the waits are drawn at random: then calls are counted, and many waits are compared. With a
// line "counts alone" they are not, as they differ, which the command says. The
// parts "output", "after.go" and "run" hold what the command says, what it makes, and what both do in each scenario of package
// world; -update writes them.
func TestMigrate(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	m := newModule(t)
	var cases []*testCase
	for _, name := range names {
		cases = append(cases, m.add(name))
	}
	output := m.command(true, "go", "tool", "retrygen", "migrate", "./after/...")
	for _, c := range cases {
		c.after = m.read("after/" + c.name + "/case.go")
		c.output = about(output, "after/"+c.name+"/case.go")
	}
	m.command(false, "go", "tool", "retrygen", "./after/...")
	m.command(false, "go", "vet", "./after/...")
	m.write("run_test.go", program(cases))
	for line := range strings.Lines(m.command(false, "go", "test", "-run=TestRun", "-v", ".")) {
		for _, c := range cases {
			if text, ok := strings.CutPrefix(line, c.name+": "); ok {
				c.run += text
			}
		}
	}
	for _, c := range cases {
		t.Run(c.name, c.compare)
	}
}

// testCase is a file in testdata.
type testCase struct {
	file, name         string
	archive            *txtar.Archive
	counts, drawn      bool
	output, after, run string
}

// compare compares what there is with what the file says.
func (c *testCase) compare(t *testing.T) {
	got := map[string]string{"output": c.output, "after.go": c.after, "run": c.run}
	if *update {
		files := slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { _, ok := got[f.Name]; return ok })
		for _, part := range []string{"output", "after.go", "run"} {
			files = append(files, txtar.File{Name: part, Data: []byte(got[part])})
		}
		c.archive.Files = files
		if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range c.archive.Files {
		if text, ok := got[f.Name]; ok && text != string(f.Data) {
			t.Errorf("%s:\n%s\nwant:\n%s", f.Name, text, f.Data)
		}
		delete(got, f.Name)
	}
	for part := range got {
		if part != "before.go" {
			t.Errorf("there is no part %s; run the test with -update", part)
		}
	}
}

// module is a temporary module that requires what this one does.
type module struct {
	*testing.T
	dir string
}

func newModule(t *testing.T) *module {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &module{t, dir}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(here, "..", "..", "..")
	replace := strings.NewReplacer("=> ../../../runtime", "=> "+filepath.Join(root, "runtime"), "=> ../../..", "=> "+root)
	mod := replace.Replace(read(t, "go.mod"))
	m.write("go.mod", mod)
	m.write("go.sum", read(t, "go.sum"))
	m.write("world/world.go", read(t, "world/world.go"))
	for _, name := range []string{"sim", "script", "trace", "compare"} {
		m.write("sim/"+name+".go", read(t, "sim/"+name+".go"))
	}
	return m
}

// add writes a case into the module, once as it is and once to be migrated.
func (m *module) add(file string) *testCase {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		m.Fatal(err)
	}
	c := &testCase{
		file: file, name: strings.TrimSuffix(filepath.Base(file), ".txtar"), archive: archive,
		counts: strings.Contains(string(archive.Comment), "\ncounts"), drawn: strings.Contains(string(archive.Comment), "\ncounts\n"),
	}
	for _, f := range archive.Files {
		if f.Name == "before.go" {
			if formatted, err := format.Source(f.Data); err != nil || string(formatted) != string(f.Data) {
				m.Errorf("%s: before.go is not formatted: %v", file, err)
			}
			m.write("before/"+c.name+"/case.go", string(f.Data))
			m.write("after/"+c.name+"/case.go", string(f.Data))
		}
	}
	return c
}

func (m *module) write(name, text string) {
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		m.Fatal(err)
	}
}

func (m *module) read(name string) string { return read(m.T, filepath.Join(m.dir, name)) }

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// command runs a command in the module. One that may fail has findings.
func (m *module) command(mayFail bool, args ...string) string {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = m.dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil && (!mayFail || cmd.ProcessState.ExitCode() != 1) {
		m.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// about returns the lines of an output that are about a file, without its folder.
func about(output, file string) string {
	var text strings.Builder
	of := false
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "\t") {
			of = strings.HasPrefix(line, file+":")
		}
		if of {
			text.WriteString(strings.Replace(line, file, "before.go", 1))
		}
	}
	return text.String()
}

// program writes a test that runs all cases.
func program(cases []*testCase) string {
	const path = "github.com/retrygen/retrygen/internal/testing/migratetest"
	var imports, calls strings.Builder
	for i, c := range cases {
		fmt.Fprintf(&imports, "\tb%d %q\n\ta%d %q\n", i, path+"/before/"+c.name, i, path+"/after/"+c.name)
		fmt.Fprintf(&calls, "\ttry(t, %q, b%d.Do, a%d.Do, %t, %t)\n", c.name, i, i, c.counts, c.drawn)
	}
	return `package migratetest

import (
	"context"
	"fmt"
	"testing"

` + imports.String() + `	"` + path + `/world"
)

func TestRun(t *testing.T) {
` + calls.String() + `}

// drawn compares waits that are drawn at random.
func drawn(t *testing.T, name string, before, after func(context.Context, *world.Service) error) {
	b, a := world.Gaps(t, before), world.Gaps(t, after)
	for i := range b {
		if !world.Alike(b[i], a[i]) {
			t.Errorf("%s: wait %d: before %v to %v, after %v to %v", name, i+1, b[i][0], b[i][len(b[i])-1], a[i][0], a[i][len(a[i])-1])
		}
	}
}

func try(t *testing.T, name string, before, after func(context.Context, *world.Service) error, counts, draws bool) {
	if draws {
		drawn(t, name, before, after)
	}
	for _, s := range world.Scenarios {
		b, a := s.Run(t, before, counts), s.Run(t, after, counts)
		if a == b {
			fmt.Printf("%s: %s: %s\n", name, s.Name, a)
		} else {
			fmt.Printf("%s: %s, before: %s\n%[1]s: %[2]s, after:  %[4]s\n", name, s.Name, b, a)
		}
	}
}
`
}
