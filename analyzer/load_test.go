package analyzer_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// loader type-checks the packages of a test module, and of its stubs, from source, and takes the others from export data.
// It is what go vet does, without a process for each package.
type loader struct {
	t      testing.TB
	dir    string
	fset   *token.FileSet
	loaded map[string]*packages.Package
	others types.Importer
	spoil  func(*ast.File) // may take out declarations
}

// load returns the packages of a module, with their tests.
func load(t testing.TB, dir string) []*packages.Package {
	t.Helper()
	return loadSpoiled(t, dir, func(*ast.File) {})
}

// loadSpoiled is load for code that does not build.
func loadSpoiled(t testing.TB, dir string, spoil func(*ast.File)) []*packages.Package {
	t.Helper()
	l := &loader{t: t, dir: dir, fset: token.NewFileSet(), loaded: map[string]*packages.Package{}, spoil: spoil}
	folders, imports := l.scan()
	exports := l.exports(imports)
	l.others = importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var list []*packages.Package
	for _, folder := range folders {
		if !strings.HasPrefix(folder, "stubs/") {
			list = append(list, l.check(path.Join(testmodule.Path, folder), folder, false))
			if hasTests(filepath.Join(dir, folder)) {
				list = append(list, l.check(path.Join(testmodule.Path, folder), folder, true))
			}
		}
	}
	return list
}

// scan returns the folders with Go files, and what they import that is not among them.
func (l *loader) scan() (folders, imports []string) {
	seen := map[string]bool{}
	err := filepath.WalkDir(l.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		rel, err := filepath.Rel(l.dir, filepath.Dir(name))
		if folder := filepath.ToSlash(rel); !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		file, _ := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); l.folder(path) == "" {
				seen[path] = true
			}
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return folders, slices.Sorted(maps.Keys(seen))
}

// folder returns the folder of a package of the module or its stubs, "" for any other.
func (l *loader) folder(path string) string {
	if rest, ok := strings.CutPrefix(path, testmodule.Path+"/"); ok {
		return rest
	}
	if _, err := os.Stat(filepath.Join(l.dir, "stubs", path)); err == nil {
		return "stubs/" + path
	}
	return ""
}

// exports returns the files of export data of packages and of what they import.
func (l *loader) exports(paths []string) map[string]string {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, paths...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("go list: %v", err)
	}
	exports := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct{ ImportPath, Export string }
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return exports
		} else if err != nil {
			l.t.Fatal(err)
		}
		exports[pkg.ImportPath] = pkg.Export
	}
}

// Import imports a package for the type checker.
func (l *loader) Import(path string) (*types.Package, error) {
	if folder := l.folder(path); folder != "" {
		return l.check(path, folder, false).Types, nil
	}
	return l.others.Import(path)
}

// check type-checks the files of a folder. The files may have type errors: code that does not build yet is linted too.
func (l *loader) check(pkgPath, folder string, tests bool) *packages.Package {
	id := pkgPath
	if tests {
		id += " [test]"
	}
	if pkg := l.loaded[id]; pkg != nil {
		return pkg
	}
	pkg := &packages.Package{ID: id, PkgPath: pkgPath, Fset: l.fset, Imports: map[string]*packages.Package{},
		TypesSizes: types.SizesFor("gc", "amd64"),
		TypesInfo: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
			Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
		},
	}
	l.loaded[id] = pkg
	l.parse(pkg, folder, tests)
	conf := types.Config{Importer: l, GoVersion: "go1.26", Sizes: pkg.TypesSizes, Error: func(err error) {
		pkg.Errors = append(pkg.Errors, packages.Error{Msg: err.Error()})
	}}
	pkg.Types, _ = conf.Check(pkgPath, l.fset, pkg.Syntax, pkg.TypesInfo)
	return pkg
}

// parse adds the files of a folder to a package, and the packages of the module that they import.
func (l *loader) parse(pkg *packages.Package, folder string, tests bool) {
	names, err := filepath.Glob(filepath.Join(l.dir, folder, "*.go"))
	if err != nil {
		l.t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") && !tests {
			continue
		}
		file, err := parser.ParseFile(l.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			l.t.Fatal(err)
		}
		l.spoil(file)
		pkg.Name = file.Name.Name
		pkg.Syntax = append(pkg.Syntax, file)
		pkg.CompiledGoFiles = append(pkg.CompiledGoFiles, name)
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if folder := l.folder(path); folder != "" {
				pkg.Imports[path] = l.check(path, folder, false)
			}
		}
	}
}

func hasTests(dir string) bool {
	names, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
	return len(names) > 0
}
