package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// TestMigrateCases migrates the modules in testdata/migrate, which take a library from testdata/migrate/library. The comment of
// each says what it shows, and has the arguments in a line of their own. The part "output" holds what a user sees, and each part
// that ends in ".after" a file as the command leaves it; -update writes them. In a part whose name ends in ".crlf" lines end so.
func TestMigrateCases(t *testing.T) {
	names, err := filepath.Glob("testdata/migrate/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { migrateCase(t, name) })
	}
}

func migrateCase(t *testing.T, name string) {
	c := readCase(t, name, migrated)
	dir := migrateModule(t, c.sources)
	status, out, errOut := c.run(t, "migrate", dir)
	var after []txtar.File
	for _, f := range c.sources {
		now := plain(t, filepath.Join(dir, strings.TrimSuffix(f.Name, ".crlf")), strings.HasSuffix(f.Name, ".crlf"))
		if now != string(f.Data) {
			after = append(after, txtar.File{Name: f.Name + ".after", Data: []byte(now)})
		}
	}
	slices.SortFunc(after, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
	c.compare(t, append([]txtar.File{{Name: "output", Data: fmt.Appendf(nil, "%s%sexit status %d\n", out, errOut, status)}}, after...))
}

// migrated reports whether a part of a case is what the command prints or leaves.
func migrated(part string) bool { return part == "output" || strings.HasSuffix(part, ".after") }

// migrateModule writes a module that requires the library.
func migrateModule(t *testing.T, sources []txtar.File) string {
	const path = "github.com/cenkalti/backoff/v4"
	files := slices.Clone(sources)
	for i, f := range files {
		if name, ok := strings.CutSuffix(f.Name, ".crlf"); ok {
			files[i] = txtar.File{Name: name, Data: []byte(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))}
		}
	}
	for _, name := range []string{"go.mod", "backoff.go"} {
		text, err := os.ReadFile(filepath.Join("testdata", "migrate", "library", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, txtar.File{Name: "library/" + name, Data: text})
	}
	return testmodule.Write(t, files, "\nrequire "+path+" v4.3.0\n\nreplace "+path+" => ./library\n")
}

// plain reads a file. With CRLF every line has to end so.
func plain(t *testing.T, path string, crlf bool) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines, ends := strings.Count(string(text), "\n"), strings.Count(string(text), "\r\n"); crlf && lines != ends || !crlf && ends > 0 {
		t.Errorf("%s: %d of %d lines end in CRLF", path, ends, lines)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// TestMigrateTwice finds nothing to do in what has been migrated.
func TestMigrateTwice(t *testing.T) {
	dir := migrateModule(t, readCase(t, "testdata/migrate/forms.txtar", migrated).sources)
	if status, _, errOut := retrygen(t, "migrate", "-C", dir, "./..."); status != 0 {
		t.Fatal(errOut)
	}
	if status, _, errOut := retrygen(t, "-C", dir, "./..."); status != 0 {
		t.Fatal(errOut)
	}
	status, out, errOut := retrygen(t, "migrate", "-n", "-C", dir, "./...")
	if status != 0 || out != "" || !strings.Contains(errOut, "nothing retries here") {
		t.Errorf("status %d, output %q, errors %q", status, out, errOut)
	}
}

// TestMigrateArguments has mistakes in the arguments.
func TestMigrateArguments(t *testing.T) {
	dir := testmodule.Write(t, []txtar.File{{Name: "a/a.go", Data: []byte("package a\n\nfunc f() { undefined() }\n")}}, "")
	for _, test := range []struct{ args, want string }{
		{"-x", "flag provided but not defined: -x"},
		{"a -n", "flags come before packages"},
		{"-C /nowhere", "-C: "},
		{"./b", "directory not found"},
		{"./a", "does not build: a/a.go:3:12: undefined: undefined"},
		{"./c/...", "retrygen: migrate: pattern ./c/...: "},
	} {
		args := append([]string{"migrate", "-C", dir}, strings.Fields(test.args)...)
		status, _, errOut := retrygen(t, args...)
		if status != 2 || !strings.Contains(errOut, test.want) {
			t.Errorf("%s: status %d, %q, want %q", test.args, status, errOut, test.want)
		}
	}
}
