package load

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSplitStd splits the standard library and its tests, and compares the parts with what the parser finds.
func TestSplitStd(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "src")
	if testing.Short() {
		root = filepath.Join(root, "go")
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "testdata" {
			return fs.SkipDir // much of it does not compile
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			return nil // a test of the compiler
		}
		want := partsOf(file)
		got, ok := split(src)
		if !ok || len(got) != len(want) {
			t.Errorf("%s: %d parts, %t, want %d", path, len(got), ok, len(want))
			return nil
		}
		for i, p := range got {
			if short := appendCode(nil, p.text); !slices.Equal(scan(short), scan(p.text)) {
				t.Errorf("%s: %s has become %s", path, p.text, short)
			}
			p.text, want[i].decl = nil, nil
			if !reflect.DeepEqual(p, want[i]) {
				t.Errorf("%s: %+v, want %+v", path, *p, *want[i])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// scan lists the tokens of a text.
func scan(src []byte) []string {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	var list []string
	for {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			return list
		}
		list = append(list, tok.String()+" "+text)
	}
}

// TestAppendCode shows what is left of a piece of source.
func TestAppendCode(t *testing.T) {
	const src = "T struct { // a comment\n\n\t// another\n\tA, /* one */ B int `json:\"// no comment\"`\n" +
		"\tC [len(\"/*\")]byte /* two\n\tlines */ D rune\n}"
	const want = "T struct {  \n \nA,   B int `json:\"// no comment\"`\nC [len(\"/*\")]byte \n D rune\n}"
	if got := string(appendCode(nil, []byte(src))); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestSplit shows the texts of parts.
func TestSplit(t *testing.T) {
	const src = `package p

import "io"

type (
	T[E any] struct{ io.Reader } // a comment
	A = T[int]
)

const (
	a, b = iota, 2
	c, d
)

var x, y = f(1,
	2), func() { return }

func (t *T[E]) M(n int) (int, error) { return 0, nil }

func noBody(x int) int
`
	parts, ok := split([]byte(src))
	if !ok {
		t.Fatal("the source is unusual")
	}
	var got []string
	for _, p := range parts {
		names, text := strings.Join(p.names, ","), strings.Join(strings.Fields(string(p.text)), " ")
		got = append(got, strings.Join([]string{p.keyword.String(), p.receiver, names, text}, "|"))
	}
	want := []string{
		"type||T|T[E any] struct{ io.Reader }",
		"type||A|A = T[int]",
		"const||a,b,c,d|( a, b = iota, 2 c, d )",
		"var||x,y|x, y = f(1, 2), func() { return }",
		"func|T|M|(t *T[E]) M(n int) (int, error)",
		"func||noBody|noBody(x int) int",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
