package analyzer_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// TestCatalogue runs every check on its own documentation: the bad code is found by exactly that check, the good code by
// none.
func TestCatalogue(t *testing.T) {
	var files []txtar.File
	for _, check := range analyzer.Checks() {
		id := strings.ToLower(check.ID)
		files = append(files,
			txtar.File{Name: id + "/bad/bad.go", Data: []byte(check.Bad)},
			txtar.File{Name: id + "/good/good.go", Data: []byte(check.Good)},
		)
	}
	dir := writeModule(t, files)
	generate(t, dir, "rl207/bad")
	byFolder := map[string][]finding{}
	for _, f := range vet(t, buildTool(t), dir) {
		byFolder[filepath.ToSlash(filepath.Dir(f.file))] = append(byFolder[filepath.ToSlash(filepath.Dir(f.file))], f)
	}
	for _, check := range analyzer.Checks() {
		counts := func(f finding) bool { other, _ := analyzer.LookUp(f.id); return f.id == check.ID || !other.Optional }
		id := strings.ToLower(check.ID)
		found := 0
		for _, f := range byFolder[id+"/bad"] {
			if f.id == check.ID {
				found++
			} else if counts(f) {
				t.Errorf("%s: its bad code is found by another check: %v", check.ID, f)
			}
		}
		if found != 1 {
			t.Errorf("%s: found %d times in its bad code, want once", check.ID, found)
		}
		for _, f := range byFolder[id+"/good"] {
			if counts(f) {
				t.Errorf("%s: its good code is found: %v", check.ID, f)
			}
		}
	}
}

var markPattern = regexp.MustCompile(`// (want|near) ((?:RL\d+ ?)+)`)

// TestCases runs the checks on the modules in testdata. A comment "// want RL301" says that the check finds something on
// this line, "// near RL301" that it does not, though it nearly does. Nothing else is found by the checks that are on by
// default, and by those that a case's comment names.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	enabled := map[string]string{}
	for _, name := range names {
		folder := strings.TrimSuffix(filepath.Base(name), ".txtar")
		if folder == "stubs" {
			continue
		}
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		enabled[folder] = string(archive.Comment)
		for _, f := range archive.Files {
			files = append(files, txtar.File{Name: folder + "/" + f.Name, Data: f.Data})
		}
	}
	want, near := map[string]bool{}, map[string]bool{}
	wanted, nearly := map[string]int{}, map[string]int{}
	for _, f := range files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			for _, mark := range markPattern.FindAllStringSubmatch(line, -1) {
				for _, id := range strings.Fields(mark[2]) {
					if key := fmt.Sprintf("%s:%d: %s", f.Name, i+1, id); mark[1] == "want" {
						want[key] = true
						wanted[id]++
					} else {
						near[key] = true
						nearly[id]++
					}
				}
			}
		}
	}
	dir := writeModule(t, files)
	generate(t, dir, "func/stale", "func/missing")
	got := map[string]string{}
	for _, f := range vet(t, buildTool(t), dir) {
		folder, _, _ := strings.Cut(f.file, "/")
		key := fmt.Sprintf("%s:%d: %s", f.file, f.line, f.id)
		check, _ := analyzer.LookUp(f.id)
		if folder != "stubs" && (!check.Optional || strings.Contains(enabled[folder], f.id) || want[key] || near[key]) {
			got[key] = f.message
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == "" {
			t.Errorf("%s is not found", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if !want[key] {
			t.Errorf("%s is found, and should not be: %s", key, got[key])
		}
	}
	for _, check := range analyzer.Checks() {
		if wanted[check.ID] < 3 || nearly[check.ID] < 3 {
			t.Errorf("%s has %d cases that it finds and %d near misses, want 3 of each", check.ID, wanted[check.ID], nearly[check.ID])
		}
	}
}

// TestFixes lets the real go vet apply the fixes to the bad code of every check that has one. What comes out builds, and
// is found no more.
func TestFixes(t *testing.T) {
	tool := buildTool(t)
	var files []txtar.File
	for _, check := range analyzer.Checks() {
		if check.Fix != "" {
			files = append(files, txtar.File{Name: strings.ToLower(check.ID) + "/bad.go", Data: []byte(check.Bad)})
		}
	}
	// What the page of RL501 shows has fields, which a constructor does not take.
	files = append(files, txtar.File{Name: "rl501/bad.go", Data: []byte("package bad\n\nimport \"github.com/cenkalti/backoff/v4\"\n\nvar _ = backoff.Retry(nil, &backoff.ExponentialBackOff{})\n")})
	// An ignore without a reason wants one, and nobody but its author knows it.
	files = append(files, txtar.File{Name: "rl001/bad.go", Data: []byte("package bad\n\n//retry:ignore RL105 the queue never refuses twice\nfunc f() {}\n\nvar _ = f\n")})
	dir := writeModule(t, files)
	generate(t, dir)
	args := []string{"vet", "-vettool=" + tool, "-fix", "-retrycall.RL305"}
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("go vet -fix: %v\n%s", err, out) // what has no fix is still reported
	}
	generate(t, dir)
	cmd = exec.Command("go", "build", "./...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the fixed code does not build: %v\n%s", err, out)
	}
	for _, f := range vet(t, tool, dir) {
		folder, _, _ := strings.Cut(f.file, "/")
		if check, _ := analyzer.LookUp(f.id); !strings.HasPrefix(folder, "rl") || check.Optional && strings.ToLower(f.id) != folder {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, f.file))
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("after its fix: %v\n%s", f, src)
	}
}
