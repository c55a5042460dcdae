package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// becomesDuration climbs from a growth to the largest expression around it that is a time.Duration, nil for none. Float
// says that a comparison as a float comes first.
func becomesDuration(p *check.Pass, path []ast.Node) (wait ast.Expr, float bool) {
	for i := len(path) - 1; i >= 0; i-- {
		e, ok := path[i].(ast.Expr)
		if !ok {
			break
		}
		switch x := e.(type) {
		case *ast.FuncLit, *ast.CompositeLit:
			return wait, float
		case *ast.CallExpr:
			if i == len(path)-1 {
				continue
			}
			name := syntax.FullName(p.TypesInfo, x)
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "min" || name == "math.Min" {
				float = float || wait == nil
				continue
			}
			if !p.TypesInfo.Types[x.Fun].IsType() {
				return wait, float
			}
		}
		if syntax.IsNamed(p.TypesInfo.TypeOf(e), "time", "Duration") && p.TypesInfo.Types[e].Value == nil && !p.TypesInfo.Types[e].IsType() {
			wait = e
		}
	}
	return wait, float
}

// bounded reports whether a function compares the number of attempts with anything, or draws it from a loop with a head
// that bounds it.
func bounded(p *check.Pass, decl *ast.FuncDecl, n types.Object) bool {
	found := false
	ast.Inspect(decl, func(node ast.Node) bool {
		found = found || bounds(p, node, n)
		return !found
	})
	return found
}

// bounds is bounded for one expression or statement.
func bounds(p *check.Pass, node ast.Node, n types.Object) bool {
	switch node := node.(type) {
	case *ast.BinaryExpr:
		switch node.Op {
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			return is(p, node.X, n) && !isZero(p, node.Y) || is(p, node.Y, n) && !isZero(p, node.X)
		case token.REM, token.AND:
			return is(p, node.X, n)
		}
	case *ast.CallExpr:
		id, ok := node.Fun.(*ast.Ident)
		return ok && (id.Name == "min" || id.Name == "Min") && anyIs(p, node.Args, n)
	case *ast.RangeStmt:
		id, ok := node.Key.(*ast.Ident)
		return ok && p.TypesInfo.ObjectOf(id) == n
	case *ast.AssignStmt:
		// What is computed from something else is bounded or not elsewhere.
		return (node.Tok == token.ASSIGN || node.Tok == token.DEFINE) && !isConstant(p, node.Rhs) && anyIs(p, node.Lhs, n)
	}
	return false
}

func anyIs(p *check.Pass, list []ast.Expr, n types.Object) bool {
	return slices.ContainsFunc(list, func(e ast.Expr) bool { return is(p, e, n) })
}

// is reports whether an expression is a variable, through conversions.
func is(p *check.Pass, e ast.Expr, object types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if call, isCall := ast.Unparen(e).(*ast.CallExpr); isCall && len(call.Args) == 1 && p.TypesInfo.Types[call.Fun].IsType() {
		return is(p, call.Args[0], object)
	}
	return ok && p.TypesInfo.ObjectOf(id) == object
}

// isZero reports whether a bound is 0 or 1, which keeps nothing from growing.
func isZero(p *check.Pass, e ast.Expr) bool {
	n, ok := syntax.ConstantInt(p.TypesInfo, e)
	return ok && n <= 1
}

func isConstant(p *check.Pass, list []ast.Expr) bool {
	for _, e := range list {
		if p.TypesInfo.Types[e].Value == nil {
			return false
		}
	}
	return true
}

// capped reports whether a wait is cut at a maximum afterwards, and whether a check for an overflow has been made.
func capped(p *check.Pass, decl *ast.FuncDecl, path []ast.Node, wait ast.Expr) (capped, checked bool) {
	capped = isMin(wait)
	var variable types.Object // that the wait is assigned to
	for _, n := range slices.Backward(path) {
		switch n := n.(type) {
		case *ast.CallExpr:
			capped = capped || n != wait && isMin(n)
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Lhs) == 1 && variable == nil {
				variable = p.TypesInfo.ObjectOf(id)
			}
		}
	}
	if variable == nil {
		return capped, false
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok {
			switch compared(p, b, variable) {
			case token.GTR, token.GEQ:
				capped = true
			case token.LSS, token.LEQ, token.EQL:
				checked = true // a wait below something, such as 0, is noticed
			}
		}
		return true
	})
	return capped, checked
}

func isMin(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "min"
}

var mirrored = map[token.Token]token.Token{token.LSS: token.GTR, token.LEQ: token.GEQ, token.GTR: token.LSS, token.GEQ: token.LEQ}

// compared returns the operator of a comparison with a variable on the left, token.ILLEGAL for anything else.
func compared(p *check.Pass, b *ast.BinaryExpr, variable types.Object) token.Token {
	switch {
	case is(p, b.Y, variable):
		return mirrored[b.Op]
	case is(p, b.X, variable):
		return b.Op
	}
	return token.ILLEGAL
}

// countsInEndlessLoop reports whether the number of attempts grows in a loop without a bound.
func countsInEndlessLoop(p *check.Pass, decl *ast.FuncDecl, n types.Object) bool {
	found := false
	ast.Inspect(decl, func(node ast.Node) bool {
		loop, ok := node.(*ast.ForStmt)
		if !ok || loop.Cond != nil {
			return true
		}
		ast.Inspect(loop, func(inner ast.Node) bool {
			switch inner := inner.(type) {
			case *ast.IncDecStmt:
				found = found || inner.Tok == token.INC && is(p, inner.X, n)
			case *ast.AssignStmt:
				found = found || inner.Tok == token.ADD_ASSIGN && is(p, inner.Lhs[0], n)
			}
			return true
		})
		return true
	})
	return found
}
