package migrate

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	retryload "github.com/retrygen/retrygen/internal/load"
)

// world are packages as the go command lists them.
type world struct {
	dir       string
	roots     []*packages.Package // to be looked at
	known     map[string]*packages.Package
	unmatched []string
	compared  map[string]string // packages whose errors of ended contexts are compared, and where
}

const needed = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedExportFile | packages.NeedModule | packages.NeedTypesSizes | packages.NeedForTest

// list asks the go command for the packages that patterns name, with their tests, and for what new code may need that they do
// not import yet.
func list(ctx context.Context, o Options) (*world, error) {
	config := &packages.Config{Context: ctx, Mode: needed, Dir: o.Dir, Env: o.Env, Tests: true}
	if o.Tags != "" {
		config.BuildFlags = []string{"-tags=" + o.Tags}
	}
	patterns := o.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	found, err := packages.Load(config, append(slices.Clone(patterns), "context", "time", "errors")...)
	if err != nil {
		return nil, err
	}
	w := &world{dir: o.Dir, known: map[string]*packages.Package{}}
	packages.Visit(found, nil, func(p *packages.Package) {
		if p.ForTest == "" {
			w.known[p.PkgPath] = p
		}
	})
	tested := map[string]bool{}
	for _, p := range found {
		if p.ForTest == p.PkgPath {
			tested[p.PkgPath] = true
		}
	}
	var errs []error
	for _, p := range found {
		if p.Module == nil && len(p.Errors) > 0 && len(p.GoFiles) == 0 && !strings.HasSuffix(p.ID, ".test") {
			errs = append(errs, errors.New(p.Errors[0].Msg))
			continue
		}
		if p.Module == nil || !p.Module.Main || strings.HasSuffix(p.ID, ".test") || p.ForTest == "" && tested[p.PkgPath] {
			continue
		}
		w.roots = append(w.roots, p)
	}
	if len(w.roots) == 0 && len(errs) == 0 {
		w.unmatched = patterns
	}
	w.compareContexts()
	return w, errors.Join(errs...)
}

// checked is a package that type-checks.
type checked struct {
	*site.Package
	world *world
	root  *packages.Package
	all   []*ast.File // generated ones too
	types map[string]*types.Package
	wrong map[string]bool // messages of mistakes in directives that were there before
}

// check parses and checks a package.
func (w *world) check(root *packages.Package) (*checked, error) {
	p := &checked{
		world: w, root: root, types: map[string]*types.Package{"unsafe": types.Unsafe}, wrong: map[string]bool{},
		Package: &site.Package{Fset: token.NewFileSet(), Sources: map[*ast.File][]byte{}},
	}
	p.Version = func(path string) string {
		if pkg := root.Imports[path]; pkg != nil && pkg.Module != nil {
			return pkg.Module.Version
		}
		return ""
	}
	p.Builds = p.builds
	p.ComparesContext = w.compared[root.PkgPath]
	p.Elsewhere, p.Mentions = elsewhere(root.IgnoredFiles)
	for _, name := range root.CompiledGoFiles {
		if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "-d") { // so do cgo's translations end, in the build cache
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(p.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("%s does not parse: %w", root.PkgPath, err)
		}
		p.all = append(p.all, file)
		if !ast.IsGenerated(file) && slices.Contains(root.GoFiles, name) {
			p.Files, p.Sources[file] = append(p.Files, file), src
		}
	}
	var err error
	if p.Types, p.Info, err = p.typeCheck(p.all); err != nil {
		return nil, fmt.Errorf("%s does not build: %s", root.PkgPath, p.message(err))
	}
	for _, problem := range p.mistakes(p.Types, p.Info, p.all, nil) {
		p.wrong[problem.Message] = true
	}
	return p, nil
}

// builds describes the builds that a file takes part in. Those of tests are their own.
func (p *checked) builds(file *ast.File) string {
	name := filepath.Base(p.Fset.Position(file.Package).Filename)
	text := retryload.Restriction(&retryload.Source{Name: name, Src: p.Sources[file], File: file})
	if strings.HasSuffix(name, "_test.go") {
		text += " test"
	}
	return text
}

// elsewhere lists the functions, methods, types and variables that files declare, and all names in them.
func elsewhere(files []string) (names, mentions map[string]bool) {
	names, mentions = map[string]bool{}, map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if file == nil || !strings.HasSuffix(name, ".go") {
			continue // it is no Go file, or nothing that could be declared there matters
		}
		_ = err // what could be parsed counts
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				mentions[id.Name] = true
			}
			return true
		})
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				names[d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, id := range s.Names {
							names[id.Name] = true
						}
					}
				}
			}
		}
	}
	return names, mentions
}

// message shows an error with the file relative to the directory.
func (p *checked) message(err error) string {
	if e, ok := errors.AsType[types.Error](err); ok {
		at := p.Fset.Position(e.Pos)
		return fmt.Sprintf("%s:%d:%d: %s", relative(p.world.dir, at.Filename), at.Line, at.Column, e.Msg)
	}
	return err.Error()
}
