package render

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

var update = flag.Bool("update", false, "accept what is generated")

// TestCases runs the cases in testdata. A case is a package in txtar form, with packages that it imports in folders. What
// is generated for its files has to be the files that end in _retry.go, or the error the file "error". All that is
// generated is built and vetted in one module at the end.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var all []txtar.File
	for _, file := range paths {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			for _, f := range runCase(t, file, name) {
				if strings.HasSuffix(f.Name, ".go") {
					all = append(all, txtar.File{Name: name + "/" + f.Name, Data: f.Data})
				}
			}
		})
	}
	if len(all) == 0 || t.Failed() || testing.Short() {
		return
	}
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = testmodule.Write(t, all, "")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// runCase runs one case and returns its files with what is generated, nothing where there is an error.
func runCase(t *testing.T, file, name string) []txtar.File {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if f.Name != "error" && !strings.Contains(path.Base(f.Name), "_retry") {
			got.Files = append(got.Files, f)
		}
	}
	outputs := newCase(t, testmodule.Path+"/"+name, got.Files).render(t)
	got.Files = append(got.Files, outputs...)
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if g, w := txtar.Format(got), txtar.Format(archive); !bytes.Equal(g, w) {
		t.Errorf("%s", diff.Diff("want", w, "got", g))
	}
	if slices.ContainsFunc(outputs, func(f txtar.File) bool { return f.Name == "error" }) {
		return nil
	}
	return got.Files
}

// world is an importer of the packages of a case, and of the standard library.
type world struct {
	path  string // of the package of the case
	fset  *token.FileSet
	files map[string][]*ast.File // by import path
	done  map[string]*types.Package
	info  *types.Info

	bodies bool // functions are checked with their bodies
}

func newCase(t *testing.T, root string, files []txtar.File) *world {
	t.Helper()
	w := &world{
		path: root, fset: token.NewFileSet(), files: map[string][]*ast.File{}, done: map[string]*types.Package{},
		info: &types.Info{
			Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
		},
	}
	for _, f := range files {
		parsed, err := parser.ParseFile(w.fset, f.Name, f.Data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		target := path.Join(root, path.Dir(f.Name))
		w.files[target] = append(w.files[target], parsed)
	}
	return w
}

// Import returns a package of the case, which it checks when it is first asked for, or one of the standard library.
func (w *world) Import(path string) (*types.Package, error) {
	if w.files[path] == nil {
		if pkg := library()[path]; pkg != nil {
			return pkg, nil
		}
		return nil, fmt.Errorf("no package %s", path)
	}
	if w.done[path] == nil {
		config := types.Config{Importer: w, IgnoreFuncBodies: !w.bodies}
		info := w.info
		if path != w.path {
			info = nil
		}
		pkg, err := config.Check(path, w.fset, w.files[path], info)
		if err != nil {
			return nil, err
		}
		w.done[path] = pkg
	}
	return w.done[path], nil
}

// render generates what the files of the package ask for.
func (w *world) render(t *testing.T) []txtar.File {
	t.Helper()
	pkg, err := w.Import(w.path)
	if err != nil {
		t.Fatal(err)
	}
	found, problems := w.find(pkg)
	for _, p := range problems {
		t.Fatalf("%s: %s", w.fset.Position(p.Pos), p.Message)
	}
	var outputs []txtar.File
	for _, file := range w.files[w.path] {
		in := &Input{Package: &Package{Path: w.path, Types: pkg, Info: w.info, Found: found, Declared: declaredIn(pkg)}, Source: file}
		if len(newFile(in).all()) == 0 {
			continue
		}
		name := w.fset.Position(file.Package).Filename
		text, err := File(in)
		if err != nil {
			return []txtar.File{{Name: "error", Data: []byte(err.Error() + "\n")}}
		}
		compareAlone(t, in, text)
		compareDraft(t, in, text)
		outputs = append(outputs, txtar.File{Name: strings.TrimSuffix(name, ".go") + "_retry.go", Data: text})
	}
	return outputs
}

// find finds the directives of the package.
func (w *world) find(pkg *types.Package) (*directive.Found, []directive.Problem) {
	return directive.Find(&directive.Package{
		Fset: w.fset, Files: w.files[w.path], Types: pkg, Info: w.info, Import: w.Import,
	})
}

// declaredIn counts what a package declares.
func declaredIn(pkg *types.Package) map[string]int {
	declared := map[string]int{}
	for _, name := range pkg.Scope().Names() {
		declared[name]++
		if named, ok := pkg.Scope().Lookup(name).Type().(*types.Named); ok {
			for method := range named.Methods() {
				declared[name+"."+method.Name()]++
			}
		}
	}
	return declared
}

// brokenStruct is a struct type that gofmt breaks over lines, whatever the printer does.
var brokenStruct = regexp.MustCompile(`struct\{ [^\n]*; `)

// compareDraft checks that gofmt has nothing to change, for then a file that is up to date need not be formatted again.
func compareDraft(t *testing.T, in *Input, text []byte) {
	t.Helper()
	f := newFile(in)
	f.build()
	if err := f.decide(); err != nil {
		t.Fatal(err)
	}
	if draft := f.draft(); !bytes.Equal(draft, text) && !brokenStruct.Match(draft) {
		t.Errorf("%s", diff.Diff("written", draft, "formatted", text))
	}
}

// compareAlone checks that what is generated for each directive is the same without the others.
func compareAlone(t *testing.T, in *Input, text []byte) {
	t.Helper()
	whole := functions(t, text)
	var parts []*directive.Found
	for _, fn := range in.Found.Funcs {
		parts = append(parts, &directive.Found{Funcs: []*directive.Func{fn}})
	}
	for _, d := range in.Found.Decorators {
		parts = append(parts, &directive.Found{Decorators: []*directive.Decorator{d}})
	}
	for _, part := range parts {
		alone := &Input{
			Package: &Package{Path: in.Path, Types: in.Types, Info: in.Info, Found: part, Declared: in.Declared},
			Source:  in.Source,
		}
		if len(newFile(alone).all()) == 0 {
			continue
		}
		text, err := File(alone)
		if err != nil {
			t.Fatal(err)
		}
		for key, function := range functions(t, text) {
			if function != whole[key] {
				t.Errorf("%s depends on other directives:\n%s", key, diff.Diff("alone", []byte(function), "together", []byte(whole[key])))
			}
		}
	}
}

// functions maps the first lines of functions, and their receivers, to their text with their comments.
func functions(t *testing.T, text []byte) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			written := string(text[fset.Position(fn.Doc.Pos()).Offset:fset.Position(fn.End()).Offset])
			first, _, _ := strings.Cut(written, "\n")
			if fn.Recv != nil { // methods of function types have the same name, and often the same comment
				first += string(text[fset.Position(fn.Recv.Pos()).Offset:fset.Position(fn.Recv.End()).Offset])
			}
			found[first] = written
		}
	}
	return found
}

// library is the standard library and the runtime, by import path.
var library = sync.OnceValue(func() map[string]*types.Package {
	config := &packages.Config{Mode: packages.NeedName | packages.NeedTypes}
	loaded, err := packages.Load(config, "std", "github.com/retrygen/retrygen/runtime/...")
	if err != nil {
		panic(err)
	}
	all := map[string]*types.Package{"unsafe": types.Unsafe}
	for _, pkg := range loaded {
		if pkg.Types != nil && pkg.Name != "main" {
			all[pkg.PkgPath] = pkg.Types
		}
	}
	return all
})
