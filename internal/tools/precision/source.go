package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/analyzer"
	linter "github.com/retrygen/retrygen/internal/lint"
)

// source is vet without a build: it type-checks a module from source and runs the analyzers in this process. Of other modules
// it reads the declarations alone, so that nothing is known of what their functions do.
func (r *runner) source(module, dir string, flags []string) []linter.Finding {
	found, err := inProcess(dir, flags)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", module, err)
	}
	return found
}

func inProcess(dir string, flags []string) ([]linter.Finding, error) {
	l := &loader{fset: token.NewFileSet(), listed: map[string]*listed{}, loaded: map[string]*packages.Package{}}
	own, err := l.list(dir)
	if err != nil {
		return nil, err
	}
	var pkgs []*packages.Package
	for _, path := range own {
		if pkg := l.load(path); pkg != nil && pkg.Types != nil && pkg.Name != "" && pkg.Syntax != nil {
			pkgs = append(pkgs, pkg)
		}
	}
	graph, err := checker.Analyze(withFlags(flags), pkgs, nil)
	if err != nil {
		return nil, err
	}
	var list []linter.Finding
	for _, action := range graph.Roots {
		if action.Err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", action, action.Err)
		}
		for _, d := range action.Diagnostics {
			list = append(list, finding(dir, l.fset, d))
		}
	}
	return list, nil
}

// withFlags returns the analyzers with flags as those of go vet: -retryloop.RL403.
func withFlags(flags []string) []*analysis.Analyzer {
	all := analyzer.Analyzers()
	for _, f := range flags {
		name, flag, _ := strings.Cut(strings.TrimPrefix(f, "-"), ".")
		for _, a := range all {
			if a.Name == name {
				a.Flags.Set(flag, "true")
			}
		}
	}
	return all
}

func finding(dir string, fset *token.FileSet, d analysis.Diagnostic) linter.Finding {
	at := fset.Position(d.Pos)
	file, err := filepath.Rel(dir, at.Filename)
	if err != nil {
		file = at.Filename
	}
	place := linter.Place{File: filepath.ToSlash(file), Line: at.Line, Column: at.Column}
	return linter.Finding{Check: d.Category, Place: place, Message: strings.TrimPrefix(d.Message, d.Category+": ")}
}

// loader type-checks the packages of a module, and what they import, from source.
type loader struct {
	fset   *token.FileSet
	listed map[string]*listed
	loaded map[string]*packages.Package // nil while they are loaded
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Name string
	GoFiles               []string
	Imports               []string
	ImportMap             map[string]string
	DepOnly               bool
	Module                *struct {
		Main      bool
		GoVersion string
	}
}

// list runs go list, and returns the packages of the module.
func (l *loader) list(dir string) (own []string, err error) {
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,Name,GoFiles,Imports,ImportMap,DepOnly,Module", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+updating(dir), "GOWORK=off", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		e := &listed{}
		if err := d.Decode(e); err == io.EOF {
			return own, nil
		} else if err != nil {
			return nil, err
		}
		l.listed[e.ImportPath] = e
		if !e.DepOnly && len(e.GoFiles) > 0 {
			own = append(own, e.ImportPath)
		}
	}
}

// load type-checks a package, nil if there is none. Files may have type errors: what is wrong is left out.
func (l *loader) load(path string) *packages.Package {
	if pkg, ok := l.loaded[path]; ok {
		return pkg
	}
	e := l.listed[path]
	if e == nil {
		return nil
	}
	l.loaded[path] = nil
	own := e.Module != nil && e.Module.Main
	pkg := &packages.Package{
		ID: path, PkgPath: path, Name: e.Name, Fset: l.fset,
		Imports:    map[string]*packages.Package{},
		Module:     &packages.Module{},
		TypesSizes: types.SizesFor("gc", "amd64"),
	}
	conf := types.Config{Importer: importer{l, e}, Sizes: pkg.TypesSizes, IgnoreFuncBodies: !own, FakeImportC: true, Error: func(error) {}}
	if own {
		pkg.TypesInfo = newInfo()
	}
	if e.Module != nil && e.Module.GoVersion != "" {
		conf.GoVersion = "go" + e.Module.GoVersion
	}
	files := l.parse(pkg, e, own)
	pkg.Types, _ = conf.Check(path, l.fset, files, pkg.TypesInfo)
	if own {
		pkg.Syntax = files
		for _, imported := range e.Imports {
			if p := l.loaded[e.mapped(imported)]; p != nil && p.TypesInfo != nil && p.Syntax != nil {
				pkg.Imports[imported] = p
			}
		}
	}
	l.loaded[path] = pkg
	return pkg
}

// parse returns the files of a package, without the bodies of functions where those are not looked at.
func (l *loader) parse(pkg *packages.Package, e *listed, own bool) []*ast.File {
	mode := parser.SkipObjectResolution
	if own {
		mode |= parser.ParseComments
	}
	var files []*ast.File
	for _, name := range e.GoFiles {
		name = filepath.Join(e.Dir, name)
		file, err := parser.ParseFile(l.fset, name, nil, mode)
		if err != nil {
			continue
		}
		files = append(files, file)
		pkg.CompiledGoFiles = append(pkg.CompiledGoFiles, name)
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && !own {
				fn.Body = nil
			}
		}
	}
	return files
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}

// importer imports packages for one that is type-checked.
type importer struct {
	*loader
	from *listed
}

var errMissing = errors.New("missing")

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := i.load(i.from.mapped(path)); pkg != nil {
		return pkg.Types, nil
	}
	return nil, errMissing
}

// mapped returns the package that an import means, such as a vendored one of the standard library.
func (e *listed) mapped(path string) string {
	if to := e.ImportMap[path]; to != "" {
		return to
	}
	return path
}
