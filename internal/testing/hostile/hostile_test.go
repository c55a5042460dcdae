// Package hostile_test holds declarations that are legal Go and hard to wrap: names that hide others, packages called like
// locals, letters beyond ASCII, platforms that disagree. What retrygen makes of each has to build and vet on every platform.
//
// A case is a file in testdata: a sentence that says what is hostile, and the files of one folder. The folder is
// example.com/case/NAME, where NAME is the name of the case. Lines before the files can say
//
//	refuse: a.go:5:1: text     the case has this diagnostic, and nothing is generated for it
//	want: a_retry.go: text     the generated file holds the text
//	tags: name                 the case is built with the tag as well
//
// In files, \CR is a carriage return and \BOM a byte order mark; \n and \t in wanted texts are what they are in Go.
// A directive that ends in "// above" makes the case a stable one: all other wrappers must have the same text with and
// without it. The files use.go and use_test.go use wrappers, and the latter's tests are run.
package hostile_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

func TestHostile(t *testing.T) {
	m := newModule(t, readCases(t))
	m.generate()
	if slices.ContainsFunc(m.cases, m.present) {
		m.build()
		m.checkStale()
	}
	for _, c := range m.cases {
		t.Run(c.name, func(t *testing.T) {
			m.compare(t, c)
			if len(c.problems) > 0 {
				t.Error(strings.Join(c.problems, "\n"))
			}
		})
	}
}

// module is the module that holds all cases.
type module struct {
	*testing.T
	cases   []*hostile
	byName  map[string]*hostile
	dir     string
	command string // retrygen
}

// newModule writes the cases into a module, first without what uses wrappers, to see that the sources are legal Go.
func newModule(t *testing.T, cases []*hostile) *module {
	m := &module{T: t, cases: cases, byName: map[string]*hostile{}}
	m.command = buildCommand(t)
	var files []txtar.File
	for _, c := range cases {
		m.byName[c.name] = c
		for _, f := range c.files {
			files = append(files, txtar.File{Name: c.name + "/" + f.Name, Data: f.Data})
			if c.stable() && !strings.Contains(f.Name, "/") {
				files = append(files, txtar.File{Name: c.alone() + "/" + f.Name, Data: without(f.Data)})
			}
		}
	}
	m.dir = testmodule.Write(t, slices.DeleteFunc(slices.Clone(files), uses), "")
	m.checkSources()
	write(t, m.dir, slices.DeleteFunc(files, func(f txtar.File) bool { return !uses(f) }))
	return m
}

// without turns the marked directives of a file into comments of the same length.
func without(data []byte) []byte {
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if strings.HasSuffix(line, left) {
			lines[i] = strings.Replace(line, "//retry:", "// retry ", 1)[:len(line)]
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
