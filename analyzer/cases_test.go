package analyzer_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// A testCase is a behaviour of a check: the packages of a txtar file in internal/*/testdata, in a folder that is named by
// the check. In them, a comment
//
//	// want RL301
//
// says that the check finds something on this line, and
//
//	// near RL301
//
// that it finds nothing here, though it nearly would. The part "findings" holds what a user sees; -update writes it. Checks
// that are off by default count only in their own cases, and where the comment of the case names them. Where the comment
// contains "nothing generated", the generator does not run.
type testCase struct {
	path    string // of the txtar file
	check   string // "RL301"
	folder  string // in the module: "rl301/name"
	archive *txtar.Archive
}

const findingsPart = "findings"

// cases returns the cases of all checks.
func cases(t testing.TB) []*testCase {
	t.Helper()
	names, err := filepath.Glob("internal/*/testdata/rl*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var list []*testCase
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		id := filepath.Base(filepath.Dir(name))
		list = append(list, &testCase{name, strings.ToUpper(id), id + "/" + strings.TrimSuffix(filepath.Base(name), ".txtar"), archive})
	}
	return list
}

// files returns the files of the case as the module has them.
func (c *testCase) files() []txtar.File {
	var list []txtar.File
	for _, f := range c.archive.Files {
		if f.Name != findingsPart {
			list = append(list, txtar.File{Name: c.folder + "/" + f.Name, Data: f.Data})
		}
	}
	return list
}

// findInCases returns the findings in all cases, by their folders. The cases share one module, which is generated and
// checked once.
func findInCases(t *testing.T) map[string][]finding {
	t.Helper()
	var files []txtar.File
	var without []string
	for _, c := range cases(t) {
		files = append(files, c.files()...)
		if bytes.Contains(c.archive.Comment, []byte("nothing generated")) {
			without = append(without, c.folder)
		}
	}
	dir := writeModule(t, files)
	generate(t, dir, without...)
	byCase := map[string][]finding{}
	for _, f := range find(t, dir) {
		parts := strings.SplitN(f.file, "/", 3)
		f.file = parts[2]
		byCase[parts[0]+"/"+parts[1]] = append(byCase[parts[0]+"/"+parts[1]], f)
	}
	return byCase
}

// TestCases compares the findings in each case with those that it wants.
func TestCases(t *testing.T) {
	found := findInCases(t)
	byCheck := map[string][]*testCase{}
	for _, c := range cases(t) {
		byCheck[c.check] = append(byCheck[c.check], c)
	}
	for _, check := range analyzer.Checks() {
		t.Run(check.ID, func(t *testing.T) {
			for _, c := range byCheck[check.ID] {
				t.Run(strings.TrimSuffix(filepath.Base(c.path), ".txtar"), func(t *testing.T) { c.run(t, found[c.folder]) })
			}
		})
	}
}

func (c *testCase) run(t *testing.T, all []finding) {
	marks := c.marks()
	var got, lines strings.Builder
	for _, f := range all {
		line := fmt.Sprintf("%s:%d: %s", f.file, f.line, f.id)
		_, marked := marks[line]
		check, _ := analyzer.LookUp(f.id)
		if !check.Optional || f.id == c.check || marked || bytes.Contains(c.archive.Comment, []byte(f.id)) {
			fmt.Fprintln(&got, f)
			fmt.Fprintln(&lines, line)
		}
	}
	var wanted strings.Builder
	for _, line := range c.wanted() {
		fmt.Fprintln(&wanted, line)
	}
	if d := diff.Diff("marks in "+c.path, sortedLines(wanted.String()), "lines with findings", sortedLines(lines.String())); d != nil {
		t.Errorf("%s", d)
	}
	if *update {
		c.accept(t, got.String())
	}
	if d := diff.Diff("findings in "+c.path, c.findings(), "findings now", []byte(got.String())); d != nil {
		t.Errorf("%s", d)
	}
}

var markPattern = regexp.MustCompile(`// (want|near) ((?:RL\d+ ?)+)`)

// marks returns the marks of the case: "want" or "near" by file:line: identifier.
func (c *testCase) marks() map[string]string {
	marks := map[string]string{}
	for _, f := range c.archive.Files {
		if f.Name == findingsPart {
			continue
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			for _, mark := range markPattern.FindAllStringSubmatch(line, -1) {
				for _, id := range strings.Fields(mark[2]) {
					marks[fmt.Sprintf("%s:%d: %s", f.Name, i+1, id)] = mark[1]
				}
			}
		}
	}
	return marks
}

// wanted returns the lines that are marked with want.
func (c *testCase) wanted() []string {
	var list []string
	for line, kind := range c.marks() {
		if kind == "want" {
			list = append(list, line)
		}
	}
	return list
}

// findings returns the part of the case with the findings.
func (c *testCase) findings() []byte {
	for _, f := range c.archive.Files {
		if f.Name == findingsPart {
			return f.Data
		}
	}
	return nil
}

// accept writes the part of the case with the findings.
func (c *testCase) accept(t *testing.T, findings string) {
	var files []txtar.File
	for _, f := range c.archive.Files {
		if f.Name != findingsPart {
			files = append(files, f)
		}
	}
	if findings != "" {
		files = append(files, txtar.File{Name: findingsPart, Data: []byte(findings)})
	}
	c.archive.Files = files
	if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

func sortedLines(text string) []byte {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return []byte(strings.Join(slices.Compact(lines), ""))
}
