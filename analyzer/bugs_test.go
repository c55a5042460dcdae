package analyzer_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// bugs are the marks of testdata/bugs. A comment
//
//	// bug RL402 RL405: label
//
// says what is to be found on its line, and names the bug; those of published.txtar, one for each check, have no names.
//
//	// right: label
//
// marks the same code as it should be.
type bugs struct {
	found map[string]bool   // "file:line: RL402"
	named map[string]string // the file by the names of bugs
	right map[string]string // the file by the names of correct twins
}

// readBugs reads the marks in files.
func readBugs(t *testing.T, files []txtar.File) bugs {
	b := bugs{map[string]bool{}, map[string]string{}, map[string]string{}}
	for _, f := range files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			if _, rest, ok := strings.Cut(line, "// bug "); ok {
				ids, name, _ := strings.Cut(rest, ": ")
				for id := range strings.FieldsSeq(ids) {
					b.found[fmt.Sprintf("%s:%d: %s", f.Name, i+1, id)] = true
				}
				add(t, b.named, name, f.Name)
			}
			if _, name, ok := strings.Cut(line, "// right: "); ok {
				add(t, b.right, name, f.Name)
			}
		}
	}
	return b
}

// add adds the name of a bug or of its twin, unless it is "".
func add(t *testing.T, names map[string]string, name, file string) {
	if _, twice := names[name]; twice {
		t.Errorf("%s: there is another %q", file, name)
	}
	if name != "" {
		names[name] = file
	}
}

// bugFiles returns the packages of all bugs.
func bugFiles(t *testing.T) []txtar.File {
	t.Helper()
	names, err := filepath.Glob("testdata/bugs/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, archive.Files...)
	}
	return files
}

// TestBugs looks for the bugs of testdata/bugs. All are found, those that have names have correct twins, and the checks that
// are on by default find nothing else. The real go vet finds the same, each package in a process of its own.
func TestBugs(t *testing.T) {
	files := bugFiles(t)
	dir := writeModule(t, files)
	generate(t, dir)
	found := find(t, dir)
	b := readBugs(t, files)
	for name, file := range b.named {
		if b.right[name] != file {
			t.Errorf("%s: %s has no correct twin", file, name)
		}
	}
	at := map[string]bool{}
	byDefault := ""
	for _, f := range found {
		line := fmt.Sprintf("%s:%d: %s", f.file, f.line, f.id)
		at[line] = true
		if check, _ := analyzer.LookUp(f.id); !check.Optional {
			byDefault += f.String() + "\n"
			if !b.found[line] {
				t.Errorf("found besides: %v", f)
			}
		}
	}
	hits := 0
	for line := range b.found {
		if at[line] {
			hits++
		} else {
			t.Errorf("not found: %s", line)
		}
	}
	t.Logf("%d of %d findings are made, at bugs of which %d have names and correct twins", hits, len(b.found), len(b.named))
	out, _ := vet(t, dir, "-json")
	if d := diff.Diff("found in this process", []byte(byDefault), "by go vet", []byte(decode(t, out, dir))); d != nil {
		t.Errorf("%s", d)
	}
}
