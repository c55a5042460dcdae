package analyzer_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestJudged compares what the pages of the checks say of findings in public code with the lists of findings that have been
// read. -update writes it.
func TestJudged(t *testing.T) {
	read, right := map[string]int{}, map[string]int{}
	for _, name := range []string{"testdata/precision.txt", "testdata/outside.txt", "testdata/fresh.txt"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			verdict, rest, _ := strings.Cut(line, " ")
			if verdict != "right" && verdict != "wrong" {
				continue
			}
			_, rest, _ = strings.Cut(rest, ": ")
			id, _, _ := strings.Cut(rest, ":")
			read[id]++
			if verdict == "right" {
				right[id]++
			}
		}
	}
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(read)) {
		fmt.Fprintf(&b, "%s %d %d\n", id, read[id], right[id])
	}
	const name = "internal/check/judged.txt"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(name); err != nil || string(was) != b.String() {
		t.Errorf("%s is stale (%v); run go test ./analyzer -run TestJudged -update", name, err)
	}
}
