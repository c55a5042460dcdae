package calls

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL302", rl302)

// rl302 finds calls of wrappers with a context that is never cancelled, where one that may be is in scope.
func rl302(p *check.Pass) {
	p.WrapperCalls(func(_ *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		for _, arg := range call.Args {
			if syntax.IsFreshContext(p.TypesInfo, arg) {
				neverEnded(p, call, callee, arg)
			}
		}
	})
}

func neverEnded(p *check.Pass, call *ast.CallExpr, callee *types.Func, arg ast.Expr) {
	ctx := p.ContextAt(call.Pos())
	if ctx == "" {
		return
	}
	p.Report(check.Finding{
		Pos: arg.Pos(), End: arg.End(), Subject: call, Fix: check.Replace("Use "+ctx, arg.Pos(), arg.End(), ctx),
		Message: fmt.Sprintf("%s uses a context that is never cancelled although %s is in scope: its retries go on when the caller has left",
			p.Called(callee), ctx),
	})
}
