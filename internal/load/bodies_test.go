package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestBodiesOfStd parses the standard library and its tests with and without bodies, and compares the declarations.
func TestBodiesOfStd(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "src")
	if testing.Short() {
		root = filepath.Join(root, "go")
	}
	whole, blanked := 0, 0
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil || len(src) == 0 {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			return nil // a test of the compiler
		}
		short := withoutBodies(src)
		other, err := parser.ParseFile(token.NewFileSet(), path, short, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		sameDeclarations(t, path, file, other)
		for _, decl := range other.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				whole += len(fn.Body.List)
				blanked++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if whole > blanked/10 {
		t.Errorf("%d statements are left in %d bodies", whole, blanked)
	}
}

// sameDeclarations compares declarations with their positions, but for the statements of bodies.
func sameDeclarations(t *testing.T, path string, file, other *ast.File) {
	t.Helper()
	for _, f := range []*ast.File{file, other} {
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				fn.Body.List = nil
			}
		}
	}
	if !reflect.DeepEqual(file.Decls, other.Decls) {
		t.Errorf("%s: other declarations without bodies", path)
	}
}

// TestBodies shows what is blanked and what stays.
func TestBodies(t *testing.T) {
	for name, test := range map[string]struct{ src, want string }{
		"plain":           {"func f() { x }\n", "func f() {   }\n"},
		"method":          {"func (t T) f() error { x }\n", "func (t T) f() error {   }\n"},
		"generic":         {"func f[T interface{ ~int }](x T) { x }\n", "func f[T interface{ ~int }](x T) {   }\n"},
		"type in results": {"func f() interface{} { x }\n", "func f() interface{} {   }\n"},
		"struct results":  {"func f() struct { a int } { x }\n", "func f() struct { a int } {   }\n"},
		"results":         {"func f() (\n\ta int,\n\terr error,\n) {\n\tx\n}\n", "func f() (\n\ta int,\n\terr error,\n) {\n  \n}\n"},
		"no body":         {"func f()\n\nfunc g() { x }\n", "func f()\n\nfunc g() {   }\n"},
		"no body, type":   {"func f() int\ntype T struct{ a int }\n", "func f() int\ntype T struct{ a int }\n"},
		"no body, last":   {"func f()", "func f()"},
		"one line":        {"func f() { x }; func g() { y }\n", "func f() {   }; func g() {   }\n"},
		"brace in string": {"func f() { \"}\" }\n", "func f() {     }\n"},
		"brace in rune":   {"func f() { '}'; '\\'' }\n", "func f() {           }\n"},
		"brace in raw":    {"func f() { `}\n` }\n", "func f() {   \n  }\n"},
		"comments":        {"func f() { // }\n/* } */ }\n", "func f() {     \n        }\n"},
		"comment between": {"func /* a { */ f( /* { */ ) /* { */ { x }\n", "func /* a { */ f( /* { */ ) /* { */ {   }\n"},
		"value":           {"var f = func() { x }\n", "var f = func() { x }\n"},
		"value, new line": {"var f =\nfunc() { x }\n", "var f =\nfunc() { x }\n"},
		"type, new line":  {"type c chan\nfunc()\n\nvar x = []int{1}\n", "type c chan\nfunc()\n\nvar x = []int{1}\n"},
		"literals inside": {"func f() { _ = func() { x }; type t func() }\n", "func f() {                                 }\n"},
		"directive":       {"func f() {\n\t//retry:task\n}\n", "func f() {\n\t//retry:task\n}\n"},
		"position":        {"func f() {\n//line a.go:1\n}\n", "func f() {\n//line a.go:1\n}\n"},
		"open":            {"func f() {\n\nfunc g() { x }\n", "func f() {\n\nfunc g() { x }\n"},
		"open and closed": {"func f() { {\n\nfunc g() { } }\n}\n", "func f() { {\n\nfunc g() { } }\n}\n"},
		"closed twice":    {"func f() { x } }\n\nfunc g() { x }\n", "func f() { x } }\n\nfunc g() { x }\n"},
		"crossed":         {"func f() { ( } ) }\n", "func f() { ( } ) }\n"},
		"open string":     {"func f() { \"a }\n\nfunc g() { x }\n", "func f() { \"a }\n\nfunc g() { x }\n"},
		"open comment":    {"func f() { /* }\n", "func f() { /* }\n"},
		"empty":           {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(withoutBodies([]byte(test.src))); got != test.want {
				t.Errorf("withoutBodies(%q)\n got %q\nwant %q", test.src, got, test.want)
			}
		})
	}
}

func FuzzBodies(f *testing.F) {
	f.Add([]byte("package p\n\nfunc (t T) f(x func()) (struct{ a int }, error) { return nil }\nfunc g()\nvar x = func() {}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
		if err != nil {
			withoutBodies(src) // does not panic
			return
		}
		other, err := parser.ParseFile(token.NewFileSet(), "", withoutBodies(src), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		sameDeclarations(t, "", file, other)
	})
}
