package calls

import (
	"go/ast"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL303", check.EachDecl(rl303))

// rl303 finds calls of wrappers whose error is dropped. Blanks for all results say that this is meant; a result that is
// used without its error does not.
func rl303(p *check.Pass, decl *ast.FuncDecl) {
	if !p.Followed() {
		return
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			dropped(p, n.X, "")
		case *ast.GoStmt:
			dropped(p, n.Call, " by go")
		case *ast.DeferStmt:
			dropped(p, n.Call, " by defer")
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && len(n.Lhs) > 1 && isBlank(n.Lhs[len(n.Lhs)-1]) && !allBlank(n.Lhs) {
				dropped(p, n.Rhs[0], ", and its result used all the same")
			}
		}
		return true
	})
}

// dropped reports an expression whose error is dropped, if it calls a wrapper.
func dropped(p *check.Pass, e ast.Expr, how string) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	callee := syntax.Callee(p.TypesInfo, call)
	if wrapped, ok := p.Wrapped(callee); ok && wrapped.Error {
		p.Reportf(call, "the error of %s is dropped%s: it says that every attempt has failed", p.Called(callee), how)
	}
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func allBlank(list []ast.Expr) bool {
	for _, e := range list {
		if !isBlank(e) {
			return false
		}
	}
	return true
}
