package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// place is where a number is kept: a variable, a field of one, what a pointer points to, an element.
type place struct {
	root types.Object
	path string // ".backoff.next", "" for the variable itself
}

// under reports whether a place is part of another, or is it.
func (p place) under(q place) bool { return p.root == q.root && strings.HasPrefix(p.path, q.path) }

// placeOf returns the place that an expression reads, and reports whether it is one.
func placeOf(info *types.Info, e ast.Expr) (place, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := info.ObjectOf(e).(*types.Var)
		return place{root: v}, ok
	case *ast.ParenExpr:
		return placeOf(info, e.X)
	case *ast.StarExpr:
		return placeOf(info, e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return placeOf(info, e.X)
		}
	case *ast.SelectorExpr:
		if info.Selections[e] == nil {
			return placeOf(info, e.Sel) // a variable of a package
		}
		p, ok := placeOf(info, e.X)
		return place{p.root, p.path + "." + e.Sel.Name}, ok
	case *ast.IndexExpr:
		p, ok := placeOf(info, e.X)
		return place{p.root, p.path + "[" + types.ExprString(e.Index) + "]"}, ok
	case *ast.CallExpr:
		return loaded(info, e)
	}
	return place{}, false
}

// loaded returns the place that x.Load() and atomic.LoadInt64(&x) read.
func loaded(info *types.Info, call *ast.CallExpr) (place, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return place{}, false
	}
	fn, ok := info.Uses[sel.Sel].(*types.Func)
	switch {
	case !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" || !strings.HasPrefix(fn.Name(), "Load"):
		return place{}, false
	case len(call.Args) == 1:
		return placeOf(info, call.Args[0])
	}
	return placeOf(info, sel.X)
}
