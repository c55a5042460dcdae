package generator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
)

// TestWaitingModule generates in a module whose sources need what is still to be generated in another one, of the workspace or
// replaced by a directory.
func TestWaitingModule(t *testing.T) {
	const (
		app = `package app

import (
	"context"

	"example.com/store"
)

//retry:task retries=1 delay=1
func Load(ctx context.Context, s store.StoreWithRetry) error { return nil }
`
		library = `package store

import "context"

//retry:task retries=1 delay=1
type Store interface{ Get(ctx context.Context) error }

func get(ctx context.Context, s Store) error { return StoreWithRetry{s}.Get(ctx) }
`
	)
	files := []txtar.File{
		{Name: "app/app.go", Data: []byte(app)},
		{Name: "store/store.go", Data: []byte(library)},
		{Name: "store/go.mod", Data: []byte("module example.com/store\n\ngo 1.26.0\n")},
	}
	t.Run("workspace", func(t *testing.T) {
		work := txtar.File{Name: "go.work", Data: []byte("go 1.26.0\n\nuse (\n\t.\n\t./store\n)\n")}
		dir := writeModule(t, append(files, work))
		t.Setenv("GOFLAGS", "")
		if err := os.Unsetenv("GOWORK"); err != nil { // writeModule puts it back after the test
			t.Fatal(err)
		}
		// Only the module that waits is named.
		result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./app"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Diagnostics) > 0 || len(result.Changes) != 1 {
			t.Errorf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
		}
	})
	t.Run("replaced", func(t *testing.T) {
		dir := writeModule(t, files)
		appendTo(t, filepath.Join(dir, "go.mod"), "\nrequire example.com/store v0.0.0\n\nreplace example.com/store => ./store\n")
		if result := plan(t, dir); len(result.Diagnostics) > 0 || len(result.Changes) != 1 {
			t.Errorf("diagnostics %v and %d changes, want none and one", result.Diagnostics, len(result.Changes))
		}
	})
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// quoting needs a module in its signatures and its directives.
const quoting = `

import (
	"context"

	"rsc.io/quote"
)

//retry:task retries=1 delay=1 on=quote.Err
func F(ctx context.Context, q quote.Q) error { return nil }

//retry:task retries=1 delay=1
func G(ctx context.Context) (*quote.Q, error) { return nil, nil }
`

// TestModuleTrouble names, once, what has to be run before anything can be generated.
func TestModuleTrouble(t *testing.T) {
	source := func(pkg string) []byte { return []byte("package " + pkg + quoting) }
	for _, c := range []struct{ name, mod, want string }{
		{
			"missing requirement", "",
			"cannot import rsc.io/quote: no required module provides package rsc.io/quote; to add it: go get rsc.io/quote",
		},
		{
			"missing sum", "\nrequire rsc.io/quote v1.5.2\n",
			"cannot import rsc.io/quote: missing go.sum entry for module providing package rsc.io/quote; " +
				"to add: go mod download rsc.io/quote",
		},
		{
			"stale", "\nrequire example.com/y v0.0.0\nrequire example.com/z v0.9.0\n" +
				"\nreplace example.com/y => ./y\nreplace example.com/z => ./z\n",
			"updates to go.mod needed; to update it: go mod tidy",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := writeModule(t, []txtar.File{
				{Name: "go.mod", Data: []byte("module example.com/case\n\ngo 1.26.0\n" + c.mod)},
				{Name: "go.sum", Data: nil},
				{Name: "a/a.go", Data: source("a")},
				{Name: "b/b.go", Data: source("b")},
				{Name: "y/go.mod", Data: []byte("module example.com/y\n\ngo 1.26\n\nrequire example.com/z v1.0.0\n")},
				{Name: "z/go.mod", Data: []byte("module example.com/z\n\ngo 1.26.0\n")},
			})
			t.Setenv("GOFLAGS", "")
			t.Setenv("GOPROXY", "off")
			result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
			var got []string
			if err != nil {
				got = append(got, err.Error())
			} else {
				for _, d := range result.Diagnostics {
					got = append(got, d.Message)
				}
			}
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

// TestLinkedDirectory runs in a directory that is reached through a link.
func TestLinkedDirectory(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte(annotated)},
		{Name: "a/a_windows.go", Data: []byte(strings.NewReplacer("F(", "W(", "delay=1", "delay=x").Replace(annotated))},
		{Name: "b/b_windows.go", Data: []byte(strings.Replace(annotated, "package a", "package b", 1))},
	})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip("there are no links here: ", err)
	}
	t.Chdir(link)
	t.Setenv("PWD", link)
	want := outputs(t, dir, plan(t, dir))
	for _, options := range []generator.Options{
		{Dir: link, Patterns: []string{"./..."}},
		{Patterns: []string{"./..."}},
		{Dir: ".", Patterns: []string{"example.com/case/..."}},
		{Dir: filepath.Join(link, "a"), Patterns: []string{"../..."}},
		{Dir: dir, Patterns: []string{filepath.Join(link, "...")}},
		{Patterns: []string{filepath.Join(link, "a"), filepath.Join(link, "b") + "/..."}},
	} {
		result, err := generator.Plan(t.Context(), options)
		if err != nil {
			t.Errorf("%+v: %v", options, err)
			continue
		}
		got := outputs(t, dir, result)
		if g, w := txtar.Format(&txtar.Archive{Files: got}), txtar.Format(&txtar.Archive{Files: want}); string(g) != string(w) {
			t.Errorf("%+v: got:\n%s\nwant:\n%s", options, g, w)
		}
	}
}

// TestUnmatched reports patterns that match no package.
func TestUnmatched(t *testing.T) {
	dir := writeModule(t, []txtar.File{
		{Name: "a/a.go", Data: []byte(annotated)},
		{Name: "w/w_windows.go", Data: []byte("package w\n")},
		{Name: "empty/README", Data: nil},
	})
	for pattern, matches := range map[string]bool{
		"./...": true, "./a...": true, "./a/...": true, "./w/...": true, "example.com/case/...": true, "example.com/.../a": true,
		"./wh...": false, "./a/x...": false, "./empty/...": false, "example.com/case/b...": false, "example.com/other/...": false,
	} {
		result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{pattern}})
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		} else if matched := len(result.Unmatched) == 0; matched != matches {
			t.Errorf("%s: unmatched %q", pattern, result.Unmatched)
		}
	}
}
