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
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sources []txtar.File
	want := map[string]string{}
	for _, f := range archive.Files {
		if f.Name == "output" || f.Name == "errors" {
			want[f.Name] = string(f.Data)
			continue
		}
		sources = append(sources, f)
	}
	dir := testmodule.Write(t, sources, "")
	comment := string(archive.Comment)
	if strings.Contains(comment, "\ngenerated\n") {
		if status, _, errOut := retrygen(t, "-C", dir, "./..."); status != 0 {
			t.Fatal(errOut)
		}
	}
	_, args, _ := strings.Cut(comment, "\nexplain")
	args, _, _ = strings.Cut(args, "\n")
	status, out, errOut := retrygen(t, append([]string{"explain", "-C", dir}, strings.Fields(args)...)...)
	got := map[string]string{"output": out, "errors": fmt.Sprintf("%sexit status %d\n", errOut, status)}
	if *update {
		for _, part := range []string{"output", "errors"} {
			sources = append(sources, txtar.File{Name: part, Data: []byte(got[part])})
		}
		archive.Files = sources
		if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for part, text := range got {
		if d := diff.Diff(part+" of "+name, []byte(want[part]), part+" now", []byte(text)); d != nil {
			t.Errorf("%s", d)
		}
	}
}
