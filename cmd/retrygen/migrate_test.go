package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
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
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sources []txtar.File
	want := map[string]string{}
	for _, f := range archive.Files {
		if f.Name == "output" || strings.HasSuffix(f.Name, ".after") {
			want[f.Name] = string(f.Data)
			continue
		}
		sources = append(sources, f)
	}
	dir := migrateModule(t, sources)
	_, args, _ := strings.Cut(string(archive.Comment), "\nmigrate")
	args, _, _ = strings.Cut(args, "\n")
	status, out, errOut := retrygen(t, append([]string{"migrate", "-C", dir}, strings.Fields(args)...)...)
	got := map[string]string{"output": fmt.Sprintf("%s%sexit status %d\n", out, errOut, status)}
	for _, f := range sources {
		now := plain(t, filepath.Join(dir, strings.TrimSuffix(f.Name, ".crlf")), strings.HasSuffix(f.Name, ".crlf"))
		if now != string(f.Data) {
			got[f.Name+".after"] = now
		}
	}
	if *update {
		for _, part := range append([]string{"output"}, afters(got)...) {
			sources = append(sources, txtar.File{Name: part, Data: []byte(got[part])})
		}
		archive.Files = sources
		if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for part, text := range got {
		if d := diff.Diff(part+" of "+name, []byte(want[part]), part+" now", []byte(text)); d != nil {
			t.Errorf("%s", d)
		}
		delete(want, part)
	}
	for part := range want {
		t.Errorf("%s has the part %s, and the file has not changed", name, part)
	}
}

func afters(got map[string]string) []string {
	var list []string
	for part := range got {
		if part != "output" {
			list = append(list, part)
		}
	}
	slices.Sort(list)
	return list
}

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
	archive, err := txtar.ParseFile("testdata/migrate/forms.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := migrateModule(t, slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
		return f.Name == "output" || strings.HasSuffix(f.Name, ".after")
	}))
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
