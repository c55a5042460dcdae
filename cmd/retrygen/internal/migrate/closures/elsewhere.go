package closures

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// usedElsewhere returns a variable with a backoff that other code uses than what makes it and what retries with it, nil for
// none. The library keeps in a backoff how far the retries are.
func (c *closure) usedElsewhere() *types.Var {
	if c.library != "backoff" && c.library != "sethvargo" {
		return nil
	}
	decl := c.Around(c.call.Pos())
	for _, v := range c.followed {
		found := false
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case ast.Stmt:
				if slices.Contains(c.removes, n) || c.resets(n, v) {
					return false
				}
			case *ast.ValueSpec:
				if slices.Contains(c.specs, n) {
					return false
				}
			case *ast.CallExpr:
				return !c.retriesWith(n, v)
			case *ast.Ident:
				found = found || c.Info.Uses[n] == v
			}
			return !found
		})
		if found {
			return v
		}
	}
	return nil
}

// resets reports whether a statement does no more than to reset a backoff, which Retry does too.
func (c *closure) resets(s ast.Stmt, v *types.Var) bool {
	stmt, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Reset" && isVar(c.Info, sel.X, v)
}

// retriesWith reports whether a call of the library has a variable among its arguments, and not in the function to retry.
func (c *closure) retriesWith(call *ast.CallExpr, v *types.Var) bool {
	name, _ := library.Entry(syntax.Callee(c.Info, call))
	if name != c.library || name == "sethvargo" && call != c.call {
		return false
	}
	for _, arg := range call.Args {
		if _, literal := c.unconverted(arg).(*ast.FuncLit); literal && syntax.Mentions(c.Info, arg, v) {
			return false
		}
	}
	return true
}
