package policy

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestPage compares the options with the table in docs/language.md.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`(?s)\| option \| values \| meaning \|\n(.*?)\n\n`).FindSubmatch(text)
	if table == nil {
		t.Fatal("docs/language.md has no table of options")
	}
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllSubmatch(table[1], -1) {
		for _, name := range regexp.MustCompile("`([a-z]+)`").FindAllSubmatch(row[1], -1) {
			named = append(named, string(name[1]))
		}
	}
	if want := optionNames(); !slices.Equal(named, want) {
		t.Errorf("docs/language.md has the options %v, want %v", named, want)
	}
}
