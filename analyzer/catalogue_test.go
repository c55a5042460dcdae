package analyzer_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// TestCatalogue runs all checks on the code of each page: the bad code is found once, by the check of the page, the good
// code by none. RL207 finds what has not been generated.
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
	byFile := map[string][]finding{}
	for _, f := range find(t, dir) {
		byFile[f.file] = append(byFile[f.file], f)
	}
	for _, check := range analyzer.Checks() {
		t.Run(check.ID, func(t *testing.T) {
			id := strings.ToLower(check.ID)
			if got := idsOf(byFile[id+"/bad/bad.go"], check.ID); got != check.ID {
				t.Errorf("the bad code is found by %q, want %s, once", got, check.ID)
			}
			if got := idsOf(byFile[id+"/good/good.go"], check.ID); got != "" {
				t.Errorf("the good code is found by %s", got)
			}
		})
	}
}

// idsOf returns the identifiers of the findings that count on the page of a check.
func idsOf(list []finding, id string) string {
	var ids []string
	for _, f := range list {
		if counts(f, id) {
			ids = append(ids, f.id)
		}
	}
	return strings.Join(ids, " ")
}

// counts reports whether a finding counts on the page of a check: if it is that check's, or is found by default.
func counts(f finding, id string) bool {
	check, _ := analyzer.LookUp(f.id)
	return f.id == id || !check.Optional
}

// TestCoverage wants, for each check, three lines that it finds and three that it nearly finds.
func TestCoverage(t *testing.T) {
	wanted, near := map[string]int{}, map[string]int{}
	for _, c := range cases(t) {
		for line, kind := range c.marks() {
			_, id, _ := strings.Cut(line, ": ")
			if kind == "want" {
				wanted[id]++
			} else {
				near[id]++
			}
		}
		if n := strings.Count(string(txtar.Format(c.archive)), "\n"); n > 120 {
			t.Errorf("%s has %d lines, want at most 120", c.path, n)
		}
	}
	for _, check := range analyzer.Checks() {
		if wanted[check.ID] < 3 || near[check.ID] < 3 {
			t.Errorf("%s has %d lines that it finds and %d near misses, want 3 of each", check.ID, wanted[check.ID], near[check.ID])
		}
	}
}
