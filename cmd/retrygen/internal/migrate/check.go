package migrate

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/rewrite"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/load"
)

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
	return load.ReadExport(pkg, p.Fset, p.types)
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
