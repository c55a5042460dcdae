package values

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "accept the answers")

// TestTypes asks every question about the types in testdata/types.txtar. A case is a file: Go declarations with a type T,
// and behind a blank line the answers. Lines with a package path in front declare what another package has.
func TestTypes(t *testing.T) {
	const file = "testdata/types.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range archive.Files {
		source, want, _ := strings.Cut(string(c.Data), "\n\n")
		t.Run(c.Name, func(t *testing.T) {
			got := answers(t, source)
			if got != want && !*update {
				t.Errorf("%s\n got\n%swant\n%s", source, got, want)
			}
			archive.Files[i].Data = []byte(source + "\n\n" + got)
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// answers asks all questions about type T.
func answers(t *testing.T, source string) string {
	t.Helper()
	pkg, typ := typeOf(t, source)
	form, _ := FormOf(typ, pkg)
	shape, stored := NewShaper(pkg, false).Shape(typ), NewShaper(pkg, true).Shape(typ)
	return fmt.Sprintf("key: %s\njson: %s\nshared: %s\nlock: %t\nequals itself: %t\nspelled: %t, "+
		"%t\nform: %d\nwritten: %s\nshape: %s\nstored shape: %s\n",
		orYes(Untold(typ, pkg, "x")), orYes(Inexact(typ, pkg, "x")), []string{"apart", "copied", "shared"}[SharingOf(typ, pkg)],
		HoldsLock(typ), EqualsItself(typ), CanSpell(typ, pkg), CanSpell(typ.Underlying(), pkg), form,
		orYes(Unspelled(typ, pkg)), shape, stored)
}

func orYes(why string) string {
	if why == "" {
		return "yes"
	}
	return why
}

// typeOf checks a package example.com/a with the declarations of a case and returns its type T: the type parameter of
// that name of a function F, if the case has one.
func typeOf(t *testing.T, source string) (*types.Package, types.Type) {
	t.Helper()
	w := &world{token.NewFileSet(), map[string]string{}, map[string]*types.Package{}}
	for path, text := range std {
		w.sources[path] = text
	}
	own := ""
	for line := range strings.Lines(source) {
		if path, decl, ok := strings.Cut(line, ": "); ok && !strings.ContainsAny(path, " \t") {
			name := path[strings.LastIndexByte(path, '/')+1:]
			if w.sources[path] == "" {
				w.sources[path] = "package " + name + "\n"
			}
			w.sources[path] += decl
			continue
		}
		own += line
	}
	imports := ""
	for path := range w.sources {
		if name := path[strings.LastIndexByte(path, '/')+1:]; strings.Contains(own, name+".") {
			imports += fmt.Sprintf("import %q\n", path)
		}
	}
	w.sources["example.com/a"] = "package a\n" + imports + own + "\n"
	pkg, err := w.Import("example.com/a")
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := pkg.Scope().Lookup("F").(*types.Func); ok {
		return pkg, f.Signature().TypeParams().At(0)
	}
	return pkg, pkg.Scope().Lookup("T").Type()
}

// world imports packages from sources.
type world struct {
	fset    *token.FileSet
	sources map[string]string
	done    map[string]*types.Package
}

func (w *world) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := w.done[path]; pkg != nil {
		return pkg, nil
	}
	file, err := parser.ParseFile(w.fset, path+".go", w.sources[path], parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: w, IgnoreFuncBodies: true}
	pkg, err := config.Check(path, w.fset, []*ast.File{file}, nil)
	w.done[path] = pkg
	return pkg, err
}

// std is what the questions know of the standard library.
var std = map[string]string{
	"time":    "package time\ntype Time struct{ wall uint64; loc *int }\nfunc (Time) MarshalJSON() ([]byte, error)\ntype Duration int64",
	"sync":    "package sync\ntype Mutex struct{ state int }\nfunc (*Mutex) Lock()\nfunc (*Mutex) Unlock()",
	"net/url": "package url\ntype Userinfo struct{ name string }\ntype URL struct{ Host string; User *Userinfo }",
	"math/big": "package big\ntype Int struct{ neg bool; abs []uint }\nfunc (*Int) MarshalText() ([]byte, " +
		"error)\ntype Float struct{ prec uint }\nfunc (*Float) MarshalText() ([]byte, error)",
	"regexp": "package regexp\ntype Regexp struct{ expr string }\nfunc (*Regexp) MarshalText() ([]byte, error)",
	"net/netip": "package netip\ntype Addr struct{ hi uint64 }\nfunc (Addr) MarshalText() ([]byte, " +
		"error)\nfunc (Addr) MarshalBinary() ([]byte, error)",
	"encoding/json": "package json\ntype Number string\ntype RawMessage []byte\nfunc (RawMessage) MarshalJSON() ([]byte, error)",
	"unsafe":        "package unsafe",
}

func TestCanImport(t *testing.T) {
	for _, test := range []struct {
		from, target string
		want         bool
	}{
		{"a", "b", true}, {"a", "a/internal/x", true}, {"a/b", "a/internal", true}, {"b", "a/internal/x", false},
		{"ab", "a/internal", false}, {"a_test", "a/internal", true}, {"a", "internal/x", false},
		{"a/internal/b", "a/internal/b/internal/c", true},
	} {
		if got := CanImport(test.from, test.target); got != test.want {
			t.Errorf("CanImport(%q, %q) = %t, want %t", test.from, test.target, got, test.want)
		}
	}
}
