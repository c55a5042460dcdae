package policy

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestReadme compares the options with the table in README.md.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`(?s)\| option \| values \| meaning \|\n(.*?)\n\n`).FindSubmatch(text)
	if table == nil {
		t.Fatal("README.md has no table of options")
	}
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllSubmatch(table[1], -1) {
		for _, name := range regexp.MustCompile("`([a-z]+)`").FindAllSubmatch(row[1], -1) {
			named = append(named, string(name[1]))
		}
	}
	if want := optionNames(); !slices.Equal(named, want) {
		t.Errorf("README.md has the options %v, want %v", named, want)
	}
}
