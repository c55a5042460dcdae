package main

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// scopes are the outermost loops of a file, and its functions, as ranges of lines.
type scopes struct{ loops, functions []lines }

type lines struct{ first, last int }

func (l lines) has(line int) bool { return l.first <= line && line <= l.last }

// readScopes reads the scopes of a Go file.
func readScopes(name string) (scopes, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return scopes{}, err
	}
	var s scopes
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			s.loops = append(s.loops, linesOf(fset, n))
		case *ast.FuncDecl, *ast.FuncLit:
			s.functions = append(s.functions, linesOf(fset, n))
		}
		return true
	})
	return s, nil
}

func linesOf(fset *token.FileSet, n ast.Node) lines {
	return lines{fset.Position(n.Pos()).Line, fset.Position(n.End()).Line}
}

// same reports whether two lines are in the same innermost loop or, where they are in no loop, in the same innermost
// function. A list names a loop by its head, or by the statement in it that is wrong.
func (s scopes) same(a, b int) bool {
	if x, y := innermost(s.loops, a), innermost(s.loops, b); x.last > 0 || y.last > 0 {
		return x == y
	}
	return innermost(s.functions, a) == innermost(s.functions, b)
}

// innermost returns the smallest of several ranges that has a line, the zero value if there is none.
func innermost(list []lines, line int) lines {
	var best lines
	for _, l := range list {
		if l.has(line) && (best.last == 0 || l.last-l.first < best.last-best.first) {
			best = l
		}
	}
	return best
}
