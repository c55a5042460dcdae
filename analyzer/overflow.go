package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/analysis"
)

// overflows is RL401: a wait that doubles by a shift or a power of the number of attempts, and for a large number is
// negative or nothing, which a cap that is applied afterwards does not notice.
func (r *reporter) overflows(decl *ast.FuncDecl) {
	if !r.on("RL401") {
		return
	}
	var path []ast.Node
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		if e, ok := n.(ast.Expr); ok {
			if exponent := r.growth(e); exponent != nil {
				r.overflow(decl, path, e, exponent)
			}
		}
		return true
	})
}

// growth gives the number of attempts in 1<<n or math.Pow(2, float64(n)), nil in anything else.
func (r *reporter) growth(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.SHL {
			return r.variable(e.Y)
		}
	case *ast.CallExpr:
		if syntax.FullName(r.TypesInfo, e) == "math.Pow" && r.TypesInfo.Types[e.Args[0]].Value != nil {
			return r.variable(e.Args[1])
		}
	}
	return nil
}

// variable gives the integer variable that an expression is, through conversions and a constant that is taken off.
func (r *reporter) variable(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := r.TypesInfo.Uses[e].(*types.Var); ok {
			if basic, ok := v.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
				return e
			}
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 && r.TypesInfo.Types[e.Fun].IsType() {
			return r.variable(e.Args[0])
		}
	case *ast.BinaryExpr:
		if (e.Op == token.SUB || e.Op == token.ADD) && r.TypesInfo.Types[e.Y].Value != nil {
			return r.variable(e.X)
		}
	}
	return nil
}

// overflow decides whether a growth makes a wait, and whether anything keeps it from overflowing.
func (r *reporter) overflow(decl *ast.FuncDecl, path []ast.Node, e ast.Expr, exponent *ast.Ident) {
	n := r.TypesInfo.Uses[exponent]
	wait, float := r.becomesDuration(path)
	if wait == nil || r.bounded(decl, n) {
		return
	}
	if _, pow := e.(*ast.CallExpr); pow && float {
		return // compared as a float, which does not overflow
	}
	capped, checked := r.capped(decl, path, wait)
	endless := r.countsInEndlessLoop(decl, n)
	if checked || !capped && !endless {
		return
	}
	message := "for a large number of attempts the wait overflows to nothing or less, and the loop runs hot"
	if capped {
		message = "for a large number of attempts the wait overflows to nothing or less, which the cap that is applied afterwards lets pass, and the loop runs hot"
	}
	r.report(finding{id: "RL401", pos: e.Pos(), end: e.End(), message: fmt.Sprintf("%s; bound the exponent first: min(%s, 16)", message, exponent.Name), fix: r.clamp(exponent)})
}

func (r *reporter) clamp(exponent *ast.Ident) *analysis.SuggestedFix {
	return replacing("Bound the exponent", exponent.Pos(), exponent.End(), "min("+exponent.Name+", 16)")
}

// becomesDuration climbs from a growth to the largest expression around it that is a time.Duration, nil for none. Float
// says that a comparison as a float comes first.
func (r *reporter) becomesDuration(path []ast.Node) (wait ast.Expr, float bool) {
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
			name := syntax.FullName(r.TypesInfo, x)
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "min" || name == "math.Min" {
				float = float || wait == nil
				continue
			}
			if !r.TypesInfo.Types[x.Fun].IsType() {
				return wait, float
			}
		}
		if syntax.IsNamed(r.TypesInfo.TypeOf(e), "time", "Duration") && r.TypesInfo.Types[e].Value == nil && !r.TypesInfo.Types[e].IsType() {
			wait = e
		}
	}
	return wait, float
}

// bounded reports whether a function compares the number of attempts with anything, or draws it from a loop with a head
// that bounds it.
func (r *reporter) bounded(decl *ast.FuncDecl, n types.Object) bool {
	found := false
	ast.Inspect(decl, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BinaryExpr:
			switch node.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ:
				found = found || r.is(node.X, n) && !r.isZero(node.Y) || r.is(node.Y, n) && !r.isZero(node.X)
			case token.REM, token.AND:
				found = found || r.is(node.X, n)
			}
		case *ast.CallExpr:
			if id, ok := node.Fun.(*ast.Ident); ok && (id.Name == "min" || id.Name == "Min") {
				for _, arg := range node.Args {
					found = found || r.is(arg, n)
				}
			}
		case *ast.RangeStmt:
			if id, ok := node.Key.(*ast.Ident); ok && r.TypesInfo.ObjectOf(id) == n {
				found = true
			}
		case *ast.AssignStmt:
			// What is computed from something else is bounded or not elsewhere.
			for _, left := range node.Lhs {
				if r.is(left, n) && (node.Tok == token.ASSIGN || node.Tok == token.DEFINE) && !r.isConstant(node.Rhs) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// is reports whether an expression is a variable, through conversions.
func (r *reporter) is(e ast.Expr, object types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if call, isCall := ast.Unparen(e).(*ast.CallExpr); isCall && len(call.Args) == 1 && r.TypesInfo.Types[call.Fun].IsType() {
		return r.is(call.Args[0], object)
	}
	return ok && r.TypesInfo.ObjectOf(id) == object
}

// isZero reports whether a bound is 0 or 1, which keeps nothing from growing.
func (r *reporter) isZero(e ast.Expr) bool {
	n, ok := syntax.ConstantInt(r.TypesInfo, e)
	return ok && n <= 1
}

func (r *reporter) isConstant(list []ast.Expr) bool {
	for _, e := range list {
		if r.TypesInfo.Types[e].Value == nil {
			return false
		}
	}
	return true
}

// capped reports whether a wait is cut at a maximum afterwards, and whether a check for an overflow has been made.
func (r *reporter) capped(decl *ast.FuncDecl, path []ast.Node, wait ast.Expr) (capped, checked bool) {
	var variable types.Object
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "min" && n != wait {
				capped = true
			}
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && variable == nil {
				if id, ok := n.Lhs[0].(*ast.Ident); ok {
					variable = r.TypesInfo.ObjectOf(id)
				}
			}
		}
	}
	if call, ok := ast.Unparen(wait).(*ast.CallExpr); ok {
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "min" {
			capped = true
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || variable == nil {
			return true
		}
		x, y, op := b.X, b.Y, b.Op
		if r.is(y, variable) {
			x, y = y, x
			op = map[token.Token]token.Token{token.LSS: token.GTR, token.LEQ: token.GEQ, token.GTR: token.LSS, token.GEQ: token.LEQ}[op]
		}
		if !r.is(x, variable) {
			return true
		}
		switch op {
		case token.GTR, token.GEQ:
			capped = true
		case token.LSS, token.LEQ, token.EQL:
			checked = true // a wait below something, such as 0, is noticed
		}
		return true
	})
	return capped, checked
}

// countsInEndlessLoop reports whether the number of attempts grows in a loop without a bound.
func (r *reporter) countsInEndlessLoop(decl *ast.FuncDecl, n types.Object) bool {
	found := false
	ast.Inspect(decl, func(node ast.Node) bool {
		loop, ok := node.(*ast.ForStmt)
		if !ok || loop.Cond != nil {
			return true
		}
		ast.Inspect(loop, func(inner ast.Node) bool {
			switch inner := inner.(type) {
			case *ast.IncDecStmt:
				found = found || inner.Tok == token.INC && r.is(inner.X, n)
			case *ast.AssignStmt:
				found = found || inner.Tok == token.ADD_ASSIGN && r.is(inner.Lhs[0], n)
			}
			return true
		})
		return true
	})
	return found
}
