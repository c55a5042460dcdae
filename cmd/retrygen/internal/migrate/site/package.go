package site

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Package is a package in which sites are looked for, checked from source, function bodies included.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File // that may be changed: no generated ones
	Types *types.Package
	Info  *types.Info

	// Sources has the text of each file, as it was parsed.
	Sources map[*ast.File][]byte
	// Builds returns a text for the builds that a file takes part in: files with the same text are always built together.
	Builds func(*ast.File) string
	// Elsewhere are names that files declare which are not part of this build.
	Elsewhere map[string]bool
	// Mentions are all names in these files.
	Mentions map[string]bool
	// ComparesContext says where the error of an ended context is compared by itself or by its text, in the package, its tests,
	// or packages that import it. It is "" where errors.Is will do.
	ComparesContext string
	// Version returns the version of the module that an imported package belongs to, "" if it is not known.
	Version func(path string) string

	bodies map[*types.Func]*ast.FuncDecl
	made   map[ast.Node]string // texts of expressions that stand nowhere
}

// Since reports whether the package may use what version 1.minor of Go has brought.
func (p *Package) Since(minor int) bool {
	var major, has int
	_, err := fmt.Sscanf(p.Types.GoVersion(), "go%d.%d", &major, &has)
	return err != nil || has >= minor
}

// File returns the file around a position, nil for one in another package or a generated file.
func (p *Package) File(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}

// Text returns the source text from one position to another.
func (p *Package) Text(pos, end token.Pos) string {
	f := p.File(pos)
	if f == nil {
		return ""
	}
	return string(p.Sources[f][pos-f.FileStart : end-f.FileStart])
}

// Source returns the source text of a node.
func (p *Package) Source(n ast.Node) string {
	if text, ok := p.made[n]; ok {
		return text
	}
	return p.Text(n.Pos(), n.End())
}

// Path returns the nodes around a node, from its file down to the node itself.
func (p *Package) Path(n ast.Node) []ast.Node {
	file := p.File(n.Pos())
	if file == nil {
		return nil
	}
	var stack, path []ast.Node
	ast.Inspect(file, func(at ast.Node) bool {
		if at == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if path != nil || at.Pos() > n.Pos() || at.End() < n.End() {
			return false
		}
		stack = append(stack, at)
		if at == n {
			path = slices.Clone(stack)
		}
		return true
	})
	return path
}

// Around returns the function declaration around a position, nil at package level.
func (p *Package) Around(pos token.Pos) *ast.FuncDecl {
	f := p.File(pos)
	if f == nil {
		return nil
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos < fn.End() {
			return fn
		}
	}
	return nil
}

// Body returns the declaration of a function of this package that has a body, nil for any other function.
func (p *Package) Body(fn *types.Func) *ast.FuncDecl {
	if p.bodies == nil {
		p.bodies = map[*types.Func]*ast.FuncDecl{}
		for _, f := range p.Files {
			for _, d := range f.Decls {
				if decl, ok := d.(*ast.FuncDecl); ok && decl.Body != nil {
					if object, ok := p.Info.Defs[decl.Name].(*types.Func); ok {
						p.bodies[object] = decl
					}
				}
			}
		}
	}
	return p.bodies[fn.Origin()]
}
