package directives

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL110", rl110)

// rl110 finds calls of wrappers with a context that ends before the last retry.
func rl110(p *check.Pass) {
	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := p.Wrapped(callee)
		ctx := syntax.ContextArg(p.TypesInfo, call)
		if ctx == nil || wrapped.Shortest == 0 {
			return
		}
		if _, after := syntax.Deadline(p.TypesInfo, decl, ctx); after > 0 && after < wrapped.Shortest {
			p.Reportf(ctx, "the context ends after %s, but the waits of %s alone take at least %s, so that its last retries never happen",
				policy.Spell(after), wrapped.Task, policy.Spell(wrapped.Shortest))
		}
	})
}
