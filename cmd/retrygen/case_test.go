package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

var update = flag.Bool("update", false, "accept what is shown")

// TestExplainCases explains the modules in testdata/explain. The comment of each says what it shows, and has the arguments in
// a line of their own. Where it says "generated", the wrappers are written first. The parts "output" and "errors" hold what a
// user sees; -update writes them.
func TestExplainCases(t *testing.T) {
	names, err := filepath.Glob("testdata/explain/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { explainCase(t, name) })
	}
}

func explainCase(t *testing.T, name string) {
	c := readCase(t, name, func(part string) bool { return part == "output" || part == "errors" })
	dir := testmodule.Write(t, c.sources, "")
	if strings.Contains(c.comment, "\ngenerated\n") {
		if status, _, errOut := retrygen(t, "-C", dir, "./..."); status != 0 {
			t.Fatal(errOut)
		}
	}
	status, out, errOut := c.run(t, "explain", dir)
	c.compare(t, []txtar.File{
		{Name: "output", Data: []byte(out)},
		{Name: "errors", Data: fmt.Appendf(nil, "%sexit status %d\n", errOut, status)},
	})
}

// testCase is a module in txtar form, with what a user sees of a command.
type testCase struct {
	name, comment string
	sources       []txtar.File
	want          []txtar.File
}

// readCase reads a case. Its parts are sources unless isOutput says otherwise.
func readCase(t *testing.T, name string, isOutput func(part string) bool) *testCase {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c := &testCase{name: name, comment: string(archive.Comment)}
	for _, f := range archive.Files {
		if isOutput(f.Name) {
			c.want = append(c.want, f)
		} else {
			c.sources = append(c.sources, f)
		}
	}
	return c
}

// run runs a command in a directory, with the arguments that follow its name in a line of the comment.
func (c *testCase) run(t *testing.T, command, dir string) (status int, out, errOut string) {
	t.Helper()
	_, args, _ := strings.Cut(c.comment, "\n"+command)
	args, _, _ = strings.Cut(args, "\n")
	return retrygen(t, append([]string{command, "-C", dir}, strings.Fields(args)...)...)
}

// compare compares what the case wants with what there is, or accepts that.
func (c *testCase) compare(t *testing.T, got []txtar.File) {
	t.Helper()
	if *update {
		archive := &txtar.Archive{Comment: []byte(c.comment), Files: append(c.sources, got...)}
		if err := os.WriteFile(c.name, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, now := txtar.Format(&txtar.Archive{Files: c.want}), txtar.Format(&txtar.Archive{Files: got})
	if d := diff.Diff(c.name, want, "now", now); d != nil {
		t.Errorf("%s", d)
	}
}
