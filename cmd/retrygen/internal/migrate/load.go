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

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/rewrite"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/directive"
	retryload "github.com/retrygen/retrygen/internal/load"
)

// world are packages as the go command lists them.
type world struct {
	dir       string
	roots     []*packages.Package // to be looked at
	known     map[string]*packages.Package
	unmatched []string
}

const needed = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedExportFile | packages.NeedModule | packages.NeedTypesSizes | packages.NeedForTest

// load lists the packages that patterns name, with their tests. New code may need packages that they do not import yet.
func load(ctx context.Context, o Options) (*world, error) {
	config := &packages.Config{Context: ctx, Mode: needed, Dir: o.Dir, Env: o.Env, Tests: true}
	if o.Tags != "" {
		config.BuildFlags = []string{"-tags=" + o.Tags}
	}
	patterns := o.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	list, err := packages.Load(config, append(slices.Clone(patterns), "context", "time", "errors")...)
	if err != nil {
		return nil, err
	}
	w := &world{dir: o.Dir, known: map[string]*packages.Package{}}
	packages.Visit(list, nil, func(p *packages.Package) {
		if p.ForTest == "" {
			w.known[p.PkgPath] = p
		}
	})
	tested := map[string]bool{}
	for _, p := range list {
		if p.ForTest == p.PkgPath {
			tested[p.PkgPath] = true
		}
	}
	var errs []error
	for _, p := range list {
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
	p.Builds, p.Elsewhere = p.builds, elsewhere(root.IgnoredFiles)
	for _, name := range root.CompiledGoFiles {
		if !strings.HasSuffix(name, ".go") {
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

// elsewhere lists the functions, methods, types and variables that files declare.
func elsewhere(files []string) map[string]bool {
	names := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if file == nil || !strings.HasSuffix(name, ".go") {
			continue // it is no Go file, or nothing that could be declared there matters
		}
		_ = err // what could be parsed counts
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
	return names
}

// message shows an error with the file relative to the directory.
func (p *checked) message(err error) string {
	if e, ok := errors.AsType[types.Error](err); ok {
		at := p.Fset.Position(e.Pos)
		return fmt.Sprintf("%s:%d:%d: %s", relative(p.world.dir, at.Filename), at.Line, at.Column, e.Msg)
	}
	return err.Error()
}

// typeCheck checks files as the package.
func (p *checked) typeCheck(files []*ast.File) (*types.Package, *types.Info, error) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	var first error
	config := &types.Config{Importer: p, Sizes: p.root.TypesSizes, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	if m := p.root.Module; m != nil && m.GoVersion != "" {
		config.GoVersion = "go" + m.GoVersion
	}
	pkg, _ := config.Check(p.root.PkgPath, p.Fset, files, info)
	return pkg, info, first
}

// Import returns a package by the compiler's export data.
func (p *checked) Import(path string) (*types.Package, error) {
	pkg := p.root.Imports[path]
	if pkg == nil {
		pkg = p.world.known[path]
	}
	if pkg == nil && path == directive.RetryPath {
		return p.runtime()
	}
	if pkg == nil {
		return nil, fmt.Errorf("package %s is not known", path)
	}
	if known := p.types[pkg.PkgPath]; known != nil && known.Complete() {
		return known, nil
	}
	if pkg.ExportFile == "" {
		return nil, fmt.Errorf("%s does not build", pkg.PkgPath)
	}
	file, err := os.Open(pkg.ExportFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	//lint:ignore SA1019 Go 1.26 still writes archives; NewReader reads them as well as what comes after.
	data, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", pkg.PkgPath, err)
	}
	return gcexportdata.Read(data, p.Fset, p.types, pkg.PkgPath)
}

// runtime declares what migrated code uses of the runtime, for modules that do not require it yet.
func (p *checked) runtime() (*types.Package, error) {
	if known := p.types[directive.RetryPath]; known != nil {
		return known, nil
	}
	const text = `package retry

import (
	"context"
	"time"
)

type Attempt struct {
	Number  int
	Elapsed time.Duration
	Err     error
}
type Event struct{ Err error }
type Budget struct{}
type Policy struct{}

const Unlimited = -1
const Immediately time.Duration = -1

func Permanent(err error) error                      { return err }
func After(err error, wait time.Duration) error      { return err }
func unused(context.Context)                         {}
`
	file, err := parser.ParseFile(p.Fset, "retry.go", text, 0)
	if err != nil {
		return nil, err
	}
	pkg, err := (&types.Config{Importer: p}).Check(directive.RetryPath, p.Fset, []*ast.File{file}, nil)
	if err == nil {
		p.types[directive.RetryPath] = pkg
	}
	return pkg, err
}

// recheck checks the package with new texts of some files, and the directives in them.
func (p *checked) recheck(texts, stubs map[*ast.File]string) error {
	files := slices.Clone(p.all)
	ends := map[*ast.File]int{} // where a file's own text ends
	for i, file := range files {
		text, changed := texts[file]
		if !changed && stubs[file] == "" {
			continue
		}
		if !changed {
			text = string(p.Sources[file])
		}
		parsed, err := parser.ParseFile(p.Fset, p.Fset.Position(file.Package).Filename, rewrite.WithStubs(text, stubs[file]),
			parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files[i], ends[parsed] = parsed, len(text)
	}
	pkg, info, err := p.typeCheck(files)
	if err != nil {
		return errors.New(p.message(err))
	}
	for _, problem := range p.mistakes(pkg, info, files, ends) {
		if !p.wrong[problem.Message] {
			return fmt.Errorf("the directive would be wrong: %s", problem.Message)
		}
	}
	return nil
}

// mistakes are the problems of directives. Behind the end of a file's own text stands what will be generated.
func (p *checked) mistakes(pkg *types.Package, info *types.Info, files []*ast.File, ends map[*ast.File]int) []directive.Problem {
	var sources []*ast.File
	for _, file := range files {
		if !ast.IsGenerated(file) {
			sources = append(sources, file)
		}
	}
	_, problems := directive.Find(&directive.Package{
		Fset: p.Fset, Files: sources, Types: pkg, Info: info, Import: p.Import,
		Written: func(pos token.Pos) bool {
			for file, end := range ends {
				if file.FileStart <= pos && pos < file.FileEnd {
					return int(pos-file.FileStart) > end
				}
			}
			return !slices.ContainsFunc(sources, func(f *ast.File) bool { return f.FileStart <= pos && pos < f.FileEnd })
		},
		Optional: func(*ast.File) bool { return false },
	})
	return slices.DeleteFunc(problems, func(problem directive.Problem) bool { return problem.Unsure })
}
