package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL401", check.EachDecl(rl401))

// rl401 finds a wait that doubles by a shift or a power of the number of attempts, and for a large number is negative or
// nothing, which a cap that is applied afterwards does not notice.
func rl401(p *check.Pass, decl *ast.FuncDecl) {
	if p.InTest(decl.Pos()) {
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
			if exponent := growth(p, e); exponent != nil {
				overflow(p, decl, path, e, exponent)
			}
		}
		return true
	})
}

// growth gives the number of attempts in 1<<n or math.Pow(2, float64(n)), nil in anything else.
func growth(p *check.Pass, e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.SHL {
			return variable(p, e.Y)
		}
	case *ast.CallExpr:
		if syntax.FullName(p.TypesInfo, e) == "math.Pow" && p.TypesInfo.Types[e.Args[0]].Value != nil {
			return variable(p, e.Args[1])
		}
	}
	return nil
}

// variable gives the integer variable that an expression is, through conversions and a constant that is taken off.
func variable(p *check.Pass, e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := p.TypesInfo.Uses[e].(*types.Var); ok {
			if basic, ok := v.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
				return e
			}
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 && p.TypesInfo.Types[e.Fun].IsType() {
			return variable(p, e.Args[0])
		}
	case *ast.BinaryExpr:
		if (e.Op == token.SUB || e.Op == token.ADD) && p.TypesInfo.Types[e.Y].Value != nil {
			return variable(p, e.X)
		}
	}
	return nil
}

// overflow decides whether a growth makes a wait, and whether anything keeps it from overflowing.
func overflow(p *check.Pass, decl *ast.FuncDecl, path []ast.Node, e ast.Expr, exponent *ast.Ident) {
	n := p.TypesInfo.Uses[exponent]
	wait, float := becomesDuration(p, path)
	if wait == nil || bounded(p, decl, n) {
		return
	}
	if _, pow := e.(*ast.CallExpr); pow && float {
		return // compared as a float, which does not overflow
	}
	capped, checked := capped(p, decl, path, wait)
	endless := countsInEndlessLoop(p, decl, n)
	if checked || !capped && !endless {
		return
	}
	missed := ""
	if capped {
		missed = ", which the cap that is applied afterwards lets pass"
	}
	p.Report(check.Finding{
		Pos: e.Pos(), End: e.End(), Fix: check.Replace("Bound the exponent", exponent.Pos(), exponent.End(), "min("+exponent.Name+", 16)"),
		Message: fmt.Sprintf("for a large number of attempts the wait overflows to nothing or less%s, and the loop runs hot; "+
			"bound the exponent first: min(%s, 16)", missed, exponent.Name),
	})
}
