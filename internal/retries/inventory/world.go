package inventory

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/stale"
)

// world holds packages as one build puts them together. Those through which retries may go are checked from source, function
// bodies included; the others come from the compiler's export data.
type world struct {
	dir      string // that errors name files relative to
	fset     *token.FileSet
	rendered map[string][]byte                    // generated files as they should be, by path; nil for one that should not be
	relevant map[*packages.Package]bool           // whether retries may go through a package
	checked  map[*packages.Package]*types.Package // from source
	types    map[string]*types.Package            // by import path
	failed   map[*packages.Package]error          // why a package, or one that it imports, is not known in full
	more     map[string]*packages.Package         // what rendered files import, by path
	left     []string                             // generated files that no directive asks for
	facts    retries.Facts
	reached  map[key]reached // by the functions with a directive

	fill func(*directive.Func) error // gives policies the values that are assumed
}

func (o Options) newWorld(rendered map[string][]byte) *world {
	return &world{
		dir: o.Dir, fill: o.fill, fset: token.NewFileSet(), rendered: rendered, relevant: map[*packages.Package]bool{},
		checked: map[*packages.Package]*types.Package{}, reached: map[key]reached{}, types: map[string]*types.Package{"unsafe": types.Unsafe},
		failed: map[*packages.Package]error{},
	}
}

// needed is what a world has to know of packages.
const needed = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedExportFile | packages.NeedModule | packages.NeedTypesSizes | packages.NeedForTest

// list asks the go command about packages and all that they import.
func (o Options) list(ctx context.Context, tests bool, patterns []string) ([]*packages.Package, error) {
	config := &packages.Config{Context: ctx, Mode: needed, Dir: o.Dir, Env: o.Env, Tests: tests}
	if o.Tags != "" {
		config.BuildFlags = []string{"-tags=" + o.Tags}
	}
	return packages.Load(config, patterns...)
}

// check checks the packages through which the retries of some packages may go, and builds their graphs, callees before their
// callers. Of a package only its types and facts are kept: the syntax of all would take several times the memory.
func (w *world) check(roots []*packages.Package) {
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if !w.isRelevant(pkg) {
			return
		}
		p := w.source(pkg)
		w.checked[pkg], w.types[pkg.PkgPath] = p.Types, p.Types
		if left := leftOver(p); len(left) > 0 && w.rendered == nil {
			w.left = append(w.left, left...)
			w.fail(pkg, fmt.Errorf("%s is left over: no directive asks for it; run go generate", filepath.Base(left[0])))
		}
		w.reach(w.facts.Graph(p))
	})
}

// reach keeps what the functions with a directive of a package reach.
func (w *world) reach(g *retries.Graph) {
	for _, fn := range g.All() {
		k := key{w.fset.Position(fn.Pos).Filename, fn.Task}
		w.reached[k] = reached{g.ChainsOf(fn), g.BoundOf(fn), g.BoundWithin(fn)}
	}
}

// isRelevant reports whether retries may go through a package: it has directives or generated code, imports what retries, or
// imports such a package.
func (w *world) isRelevant(pkg *packages.Package) bool {
	if known, ok := w.relevant[pkg]; ok {
		return known
	}
	runtime := path.Dir(directive.RetryPath) + "/"
	is := false
	for imported, other := range pkg.Imports {
		is = is || w.isRelevant(other) || library.Retries(imported) || strings.HasPrefix(imported, runtime)
	}
	is = (is || mentions(pkg)) && !strings.HasPrefix(pkg.PkgPath, runtime)
	w.relevant[pkg] = is
	return is
}

// mentions reports whether a source of a package that is being worked on mentions a directive.
func mentions(pkg *packages.Package) bool {
	if pkg.Module == nil && !strings.Contains(pkg.PkgPath, ".") && pkg.PkgPath != "command-line-arguments" {
		return false // the standard library
	}
	if m := pkg.Module; m != nil && !m.Main && (m.Replace == nil || m.Replace.Version != "") {
		return false // a module that is required, which has its generated files
	}
	return slices.ContainsFunc(pkg.GoFiles, func(name string) bool {
		src, err := os.ReadFile(name)
		return err == nil && directive.Mentions(src)
	})
}

// source parses and checks a package.
func (w *world) source(pkg *packages.Package) *stale.Package {
	p := &stale.Package{Fset: w.fset, Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}}
	rendered := map[*ast.File]bool{}
	p.Rendered = func(file *ast.File) bool { return rendered[file] }
	p.Each = func(fn *directive.Func) {
		if err := w.fill(fn); err != nil {
			w.fail(pkg, err)
		}
	}
	for _, name := range w.files(pkg) {
		text, fresh := w.rendered[name]
		var src any
		if fresh {
			src = text
		}
		file, err := parser.ParseFile(w.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			w.fail(pkg, err)
		}
		if file != nil {
			p.Files, rendered[file] = append(p.Files, file), fresh
		}
	}
	config := &types.Config{
		Importer: importer(func(path string) (*types.Package, error) { return w.load(pkg, path) }), Sizes: pkg.TypesSizes,
		Error: func(err error) {
			if wrong, ok := errors.AsType[types.Error](err); ok && !wrong.Soft && !w.inRendered(wrong.Pos) {
				w.fail(pkg, err)
			}
		},
	}
	if pkg.Module != nil && pkg.Module.GoVersion != "" {
		config.GoVersion = "go" + pkg.Module.GoVersion
	}
	p.Types, _ = config.Check(pkg.PkgPath, w.fset, p.Files, p.Info)
	for _, other := range sortedImports(pkg) {
		if err := w.failed[other]; err != nil {
			w.fail(pkg, fmt.Errorf("%s does not build: %w", other.PkgPath, err))
		}
	}
	return p
}

// sortedImports returns the packages that a package imports, sorted by path.
func sortedImports(pkg *packages.Package) []*packages.Package {
	var list []*packages.Package
	for _, other := range pkg.Imports {
		list = append(list, other)
	}
	slices.SortFunc(list, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	return list
}

// fail records the first reason why a package is not known in full.
func (w *world) fail(pkg *packages.Package, err error) {
	if w.failed[pkg] != nil {
		return
	}
	if wrong, ok := errors.AsType[types.Error](err); ok {
		at := w.fset.Position(wrong.Pos)
		at.Filename = lint.Relative(w.dir, at.Filename)
		err = fmt.Errorf("%s: %s", at, wrong.Msg)
	}
	if list, ok := errors.AsType[scanner.ErrorList](err); ok && len(list) > 0 {
		at := list[0].Pos
		at.Filename = lint.Relative(w.dir, at.Filename)
		err = fmt.Errorf("%s: %s", at, list[0].Msg)
	}
	w.failed[pkg] = err
}

// inRendered reports whether a position lies in a file that has been rendered. It is known to build but for imports of its
// own, which the package that it is for may not have yet.
func (w *world) inRendered(pos token.Pos) bool {
	_, ok := w.rendered[w.fset.Position(pos).Filename]
	return ok
}

// files lists the files of a package: those that the go command builds, and those that are rendered for its sources. Of a
// source that imports "C", the go command builds cgo's translation, which has a name of the build cache.
func (w *world) files(pkg *packages.Package) []string {
	var list []string
	built := map[string]bool{}
	for _, name := range pkg.GoFiles {
		built[name] = true
	}
	for _, name := range pkg.CompiledGoFiles {
		built[name] = true
		if text, ok := w.rendered[name]; isGo(name) && (!ok || text != nil) {
			list = append(list, name)
		}
	}
	for name, text := range w.rendered {
		source := output.SourceOf(filepath.Base(name))
		if text != nil && !built[name] && source != "" && built[filepath.Join(filepath.Dir(name), source)] {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// isGo reports whether a file that the go command builds is Go source.
func isGo(name string) bool { return strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "-d") }

// listMore asks the go command about what rendered files import and no package does yet.
func (w *world) listMore(ctx context.Context, o Options, roots []*packages.Package) error {
	w.more = map[string]*packages.Package{}
	packages.Visit(roots, nil, func(pkg *packages.Package) { w.more[pkg.PkgPath] = pkg })
	var missing []string
	for name, text := range w.rendered {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range file.Imports {
			if path := strings.Trim(spec.Path.Value, "\"`"); w.more[path] == nil {
				missing = append(missing, path)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	list, err := o.list(ctx, false, slices.Compact(missing))
	for _, pkg := range list {
		w.more[pkg.PkgPath] = pkg
	}
	return err
}

// importer is a function as a types.Importer.
type importer func(path string) (*types.Package, error)

// Import calls the function.
func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// load returns what an import path means in a package.
func (w *world) load(from *packages.Package, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if path == "C" {
		return nil, errors.New("import \"C\" has not been translated")
	}
	pkg := from.Imports[path]
	if pkg == nil {
		pkg = w.more[path]
	}
	if pkg == nil {
		return nil, fmt.Errorf("%s is not among the imports of %s", path, from.PkgPath)
	}
	if p := w.checked[pkg]; p != nil {
		return p, nil
	}
	if known := w.types[pkg.PkgPath]; known != nil && known.Complete() {
		return known, nil
	}
	return load.ReadExport(pkg, w.fset, w.types)
}
