package analyzer_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// TestBugs looks for the bugs of testdata/bugs: at least 36 of at least 40 are found, and nothing else by the checks that
// are on by default.
func TestBugs(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/bugs/bugs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := writeModule(t, archive.Files)
	generate(t, dir)
	tool := buildTool(t)
	found := vet(t, tool, dir)
	bugs, hits := 0, 0
	var explained []string
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			_, ids, ok := strings.Cut(line, "// bug ")
			if !ok {
				continue
			}
			for id := range strings.FieldsSeq(ids) {
				bugs++
				key := fmt.Sprintf("%s:%d: %s", f.Name, i+1, id)
				explained = append(explained, key)
				if slices.ContainsFunc(found, func(f finding) bool { return strings.HasPrefix(f.String(), key+": ") }) {
					hits++
				} else {
					t.Logf("not found: %s", key)
				}
			}
		}
	}
	t.Logf("%d of %d bugs are found", hits, bugs)
	if bugs < 40 || hits < 36 {
		t.Errorf("%d of %d bugs are found, want at least 36 of at least 40", hits, bugs)
	}
	for _, f := range found {
		check, _ := analyzer.LookUp(f.id)
		if !check.Optional && !slices.Contains(explained, fmt.Sprintf("%s:%d: %s", f.file, f.line, f.id)) {
			t.Errorf("found besides: %v", f)
		}
	}
	cmd := exec.Command("go", "vet", "-vettool="+tool, "./...")
	cmd.Dir = dir
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("go vet: %v, want exit status 1", err)
	}
}
