package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMatch assigns findings to places in a file with a function of two loops and a function of none.
func TestMatch(t *testing.T) {
	name := filepath.Join(t.TempDir(), "p.go")
	src := "package p\n\nfunc f() {\n\tfor { // line 4\n\t\tf()\n\t\tf()\n\t}\n\tfor { // line 8\n\t\tf()\n\t}\n}\n\nfunc g() { // line 13\n\tf()\n\tf()\n}\n"
	if err := os.WriteFile(name, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	scopes, err := readScopes(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name          string
		places, found []int
		want          string
	}{
		{"the same line", []int{5}, []int{5}, "5=5"},
		{"the same loop", []int{6}, []int{4}, "6=4"},
		{"another loop", []int{5}, []int{8}, "5=0 0=8"},
		{"the same function", []int{14}, []int{15}, "14=15"},
		{"another function", []int{2}, []int{14}, "2=0 0=14"},
		{"a finding is one place", []int{5, 6}, []int{4}, "5=4 6=0"},
		{"a place is found once", []int{5}, []int{5, 6}, "5=5 0=6"},
		{"the line comes first", []int{4, 5}, []int{5}, "5=5 4=0"},
		{"found twice on a line", []int{5}, []int{5, 5}, "5=5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var list []*place
			for _, line := range test.places {
				list = append(list, &place{line: line})
			}
			var got []string
			for _, p := range match(list, test.found, scopes) {
				line := 0
				if p.place != nil {
					line = p.place.line
				}
				got = append(got, fmt.Sprintf("%d=%d", line, p.found))
			}
			if want := strings.Fields(test.want); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
