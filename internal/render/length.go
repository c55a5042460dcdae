package render

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/scanner"
	"go/token"
	"go/types"
	"strconv"
)

// length writes the length of an array as the source has it, so that it means the same on every platform. The length of a
// type that another package declares is a number.
func (f *file) length(t *types.Array) code {
	expr := f.lengths[t]
	if expr == nil || f.Types.Scope().Innermost(expr.Pos()) == nil {
		return join(strconv.FormatInt(t.Len(), 10))
	}
	if lit, ok := expr.(*ast.BasicLit); ok {
		return join(lit.Value)
	}
	return f.constant(expr)
}

// constant repeats a constant expression of the source, with names that mean the same here.
func (f *file) constant(expr ast.Expr) code {
	var text bytes.Buffer
	if err := format.Node(&text, token.NewFileSet(), expr); err != nil {
		panic(err) // it has been parsed
	}
	names := f.namesIn(expr)
	var c code
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, text.Len())
	s.Init(file, text.Bytes(), nil, 0)
	done, met := 0, 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return join(c, text.String()[done:])
		}
		if tok != token.IDENT {
			continue
		}
		at := file.Offset(pos)
		c = join(c, text.String()[done:at])
		if n := names[met]; n != nil {
			c = join(c, n)
		} else {
			c = join(c, lit)
		}
		done, met = at+len(lit), met+1
	}
}

// namesIn lists the identifiers of an expression in their order, nil for those that mean nothing by themselves, such as
// selectors and fields.
func (f *file) namesIn(expr ast.Expr) []code {
	var names []code
	selectors := map[*ast.Ident]bool{}
	ast.Inspect(expr, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selectors[n.Sel] = true
		case *ast.Field:
			for _, name := range n.Names {
				selectors[name] = true
			}
		case *ast.Ident:
			if selectors[n] {
				names = append(names, nil)
			} else {
				names = append(names, f.meaning(n))
			}
		}
		return true
	})
	return names
}

// meaning writes what an identifier of the source stands for.
func (f *file) meaning(id *ast.Ident) code {
	scope := f.Types.Scope().Innermost(id.Pos())
	for scope != nil && scope.Parent() != f.Types.Scope() {
		scope = scope.Parent() // parameters do not count
	}
	if scope == nil {
		return nil
	}
	_, object := scope.LookupParent(id.Name, token.NoPos)
	switch object := object.(type) {
	case nil:
		return nil
	case *types.PkgName:
		return join(f.importName(object.Imported().Path(), object.Imported().Name()))
	default:
		switch pkg := object.Pkg(); {
		case pkg == nil:
			return join(f.predeclared(id.Name))
		case pkg.Path() != f.Path:
			return f.selected(pkg.Path(), pkg.Name(), id.Name)
		}
		return join(f.local(id.Name))
	}
}

// lengthsOf maps the array types of files to the expressions of their lengths.
func lengthsOf(info *types.Info) map[*types.Array]ast.Expr {
	lengths := map[*types.Array]ast.Expr{}
	for expr, tv := range info.Types {
		array, ok := expr.(*ast.ArrayType)
		if !ok || array.Len == nil {
			continue
		}
		if t, ok := tv.Type.(*types.Array); ok {
			lengths[t] = array.Len
		}
	}
	return lengths
}
