package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

// recurs reports whether a function passes its own request on to itself, or its own reader with all else but numbers: that is another
// attempt.
func (f *spender) recurs(u use) bool {
	decl, ok := f.around.(*ast.FuncDecl)
	if !ok || !syntax.Contains(decl.Type.Params, u.source.Var.Pos()) {
		return false
	}
	callee := syntax.Callee(f.TypesInfo, u.Call)
	return callee != nil && callee.Origin() == f.Func(decl) &&
		(spent.IsRequest(u.source.Var.Type()) || countsDown(f.TypesInfo, u.Call) && passesItsOwn(f.Pass, decl, u.Call))
}

// countsDown reports whether an argument of a call is another number than before: tries-1.
func countsDown(info *types.Info, call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		e, ok := ast.Unparen(arg).(*ast.BinaryExpr)
		return ok && (e.Op == token.ADD || e.Op == token.SUB) && info.Types[e.Y].Value != nil
	})
}
