package directive

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/policy"
)

var update = flag.Bool("update", false, "accept what is found")

// TestFind runs the cases in testdata. A case is a package in txtar form: files without a folder are its sources, files in
// a folder are a package of that import path. What the directives ask for has to be the file "found", and their mistakes
// the file "problems". Imports come from the case and from stubs.txtar, so that nothing but the case is read.
func TestFind(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 2 {
		t.Fatalf("no cases: %v", err)
	}
	stubs, err := txtar.ParseFile("testdata/stubs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if name != "stubs" {
			t.Run(name, func(t *testing.T) { runCase(t, file, stubs.Files) })
		}
	}
}

func runCase(t *testing.T, file string, stubs []txtar.File) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	isOutput := func(f txtar.File) bool { return f.Name == "found" || f.Name == "problems" }
	sources := slices.DeleteFunc(slices.Clone(archive.Files), isOutput)
	pkg := load(t, append(slices.Clone(stubs), sources...))
	found, problems := Find(pkg)
	got := &txtar.Archive{Comment: archive.Comment, Files: sources}
	if text := describeFound(pkg, found); text != "" {
		got.Files = append(got.Files, txtar.File{Name: "found", Data: []byte(text)})
	}
	if text := describeProblems(pkg, problems); text != "" {
		got.Files = append(got.Files, txtar.File{Name: "problems", Data: []byte(text)})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if g, w := txtar.Format(got), txtar.Format(archive); string(g) != string(w) {
		t.Errorf("%s", diff.Diff("want", w, "got", g))
	}
}

// world is a fake importer: packages from sources, by import path.
type world struct {
	fset  *token.FileSet
	files map[string][]*ast.File
	done  map[string]*types.Package
}

// load parses and checks the files of a case. Files without a folder are the package asked for.
func load(t *testing.T, files []txtar.File) *Package {
	t.Helper()
	w := &world{token.NewFileSet(), map[string][]*ast.File{}, map[string]*types.Package{}}
	optional := map[*ast.File]bool{}
	for _, f := range files {
		parsed, err := parser.ParseFile(w.fset, f.Name, f.Data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		dir := path.Dir(f.Name)
		w.files[dir] = append(w.files[dir], parsed)
		optional[parsed] = strings.HasPrefix(string(f.Data), "//go:build")
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	return &Package{
		Fset: w.fset, Files: w.files["."], Info: info, Types: w.check("example.com/a", w.files["."], info),
		Import: w.Import, Optional: func(file *ast.File) bool { return optional[file] },
	}
}

// Import checks a package when it is first asked for.
func (w *world) Import(path string) (*types.Package, error) {
	if path == "unseen.example/p" {
		return nil, ErrUnseen
	}
	if w.done[path] == nil {
		if w.files[path] == nil {
			return nil, fmt.Errorf("package %s is not in std", path)
		}
		w.done[path] = w.check(path, w.files[path], nil)
	}
	return w.done[path], nil
}

func (w *world) check(path string, files []*ast.File, info *types.Info) *types.Package {
	config := types.Config{Importer: w, IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, _ := config.Check(path, w.fset, files, info)
	return pkg
}

func TestPromises(t *testing.T) {
	const source = `package a

//retry:task retries=1
type Plain[K comparable, V any] interface{ F() }

type (
	// doc
	//retry:task retries=1 as=Again
	Named interface{ F() }

	Without interface{ F() }

	ByMethod interface {
		//retry:task retries=1 as=Other
		F()
	}
)

//retry:task retries=1
type (
	Several interface{ F() }
	More    interface{ F() }
)

//retry:policy
type Policy interface{ F() }

//retry:task retries=1
type Function func() error // gets a method, which no type can mention
`
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	want := []Promise{{"PlainWithRetry", "Plain", 2}, {"Again", "Named", 0}, {"ByMethodWithRetry", "ByMethod", 0}}
	if got := Promises(file); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestCover checks that only covered files are asked for directives, and that all files have a say in defaults.
func TestCover(t *testing.T) {
	pkg := load(t, []txtar.File{
		{Name: "a.go", Data: []byte("package a\n\n//retry:task retries=1\nfunc A() error\n")},
		{Name: "b.go", Data: []byte("package a\n\n//retry:default task delay=1\n\n//retry:task retries=1\nfunc B() error\n")},
	})
	pkg.Cover = func(file *ast.File) bool { return file == pkg.Files[0] }
	found, problems := Find(pkg)
	if len(problems) > 0 || len(found.Funcs) != 1 || found.Funcs[0].Policy.String() != "retries=1 delay=1s" {
		t.Errorf("found %s%v, want A alone, with the default's delay", describeFound(pkg, found), problems)
	}
}

// TestWritten checks that names in files that retrygen has written are free.
func TestWritten(t *testing.T) {
	pkg := load(t, []txtar.File{
		{Name: "a.go", Data: []byte("package a\n\n//retry:task retries=1\nfunc A() error\n")},
		{Name: "a_retry.go", Data: []byte("package a\n\nfunc AWithRetry() error\n")},
	})
	if _, problems := Find(pkg); len(problems) != 1 {
		t.Errorf("problems %v, want that AWithRetry is taken", problems)
	}
	own := pkg.Files[1]
	pkg.Written = func(pos token.Pos) bool { return own.FileStart <= pos && pos < own.FileEnd }
	if _, problems := Find(pkg); len(problems) > 0 {
		t.Errorf("problems %v, want none", problems)
	}
}

// FuzzFind checks that no options make Find panic, that positions lie in the file, and that messages hold no control
// characters.
func FuzzFind(f *testing.F) {
	for _, text := range []string{
		"task retries=4 delay=1 if=.x", "default task as=F", "policy x", "flow on=*T,net.OpError policy=P", "task if=a/b.c.d delay=a-b.c",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n") {
			t.Skip()
		}
		source := "package a\n\nconst P = \"if=worth\"\n\n//retry:" + text + "\nfunc F() error\n\n//retry:" + text +
			"\ntype I interface{ F() error }\n\n//retry:" + text +
			"\ntype T[P any] func(a P) error\n\n//retry:" + text + "\nconst C = \"\"\n"
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "a.go", source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Skip()
		}
		Promises(file)
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
		config := types.Config{IgnoreFuncBodies: true, Error: func(error) {}}
		checked, _ := config.Check("example.com/a", fset, []*ast.File{file}, info)
		missing := func(path string) (*types.Package, error) { return nil, fmt.Errorf("no package %s", policy.Shown(path)) }
		_, problems := Find(&Package{Fset: fset, Files: []*ast.File{file}, Types: checked, Info: info, Import: missing})
		for _, p := range problems {
			if p.Pos < file.FileStart || p.Pos > file.FileEnd {
				t.Errorf("position %d is outside the file: %s", p.Pos, p.Message)
			}
			if strings.ContainsFunc(p.Message, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("a raw control character in %q", p.Message)
			}
		}
	})
}
