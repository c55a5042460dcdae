package hostile_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// hostile is one case: a folder of the module that all cases share.
type hostile struct {
	name   string
	files  []txtar.File
	refuse []expected
	want   []expected
	tags   string

	problems []string
}

// expected is a text that must be in a diagnostic or in a file.
type expected struct{ where, text string }

// left marks the directives that a copy of a stable case does without.
const left = " // above"

// uses reports whether a file of a case uses wrappers. The sources have to build without it.
func uses(f txtar.File) bool {
	return strings.HasSuffix(f.Name, "/use.go") || strings.HasSuffix(f.Name, "/use_test.go")
}

// problem notes what went wrong in a step. What several steps say is noted once.
func (c *hostile) problem(step, text string) {
	for i, other := range c.problems {
		if text != "" && strings.HasSuffix(other, ":"+text) {
			c.problems[i] = step + ", " + other
			return
		}
	}
	c.problems = append(c.problems, step+":"+text)
}

// stable reports whether the case has directives that its other wrappers must not depend on.
func (c *hostile) stable() bool {
	return strings.Contains(string(txtar.Format(&txtar.Archive{Files: c.files})), left+"\n")
}

// alone is the folder for the copy of a stable case without the marked directives.
func (c *hostile) alone() string { return c.name + "_alone" }

// readCases reads the cases that -run selects.
func readCases(t *testing.T) []*hostile {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var cases []*hostile
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if selected(t, name) {
			cases = append(cases, readCase(t, path, name))
		}
	}
	if len(cases) == 0 {
		t.Skip("-run selects no case")
	}
	return cases
}

// selected reports whether -run selects a case. Cases share the runs of the go command, so it has to be known before them.
func selected(t *testing.T, name string) bool {
	t.Helper()
	_, pattern, narrowed := strings.Cut(flag.Lookup("test.run").Value.String(), "/")
	if !narrowed {
		return true
	}
	pattern, _, _ = strings.Cut(pattern, "/")
	match, err := regexp.MatchString(pattern, name)
	if err != nil {
		t.Fatal(err)
	}
	return match
}

func readCase(t *testing.T, path, name string) *hostile {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &hostile{name: name, files: archive.Files}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		where, text := cut(rest)
		switch word {
		case "refuse":
			c.refuse = append(c.refuse, expected{where, text})
		case "want":
			c.want = append(c.want, expected{where, text})
		case "tags":
			c.tags = rest
		}
	}
	for i := range c.files {
		c.files[i].Data = unescape(c.files[i].Data)
	}
	if len(c.files) == 0 {
		t.Fatalf("%s has no files", path)
	}
	return c
}

// cut splits "file: text" and "file:line:col: text".
func cut(text string) (where, rest string) {
	where, rest, found := strings.Cut(text, ": ")
	if !found {
		return "", text
	}
	return where, rest
}

// unescape writes what a case cannot show: \CR is a carriage return, \BOM a byte order mark.
func unescape(data []byte) []byte {
	return []byte(strings.NewReplacer(`\CR`, "\r", `\BOM`, "\ufeff").Replace(string(data)))
}

// write puts files into a folder.
func write(t *testing.T, dir string, files []txtar.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
