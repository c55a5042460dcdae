package directives

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

// RL104 finds unlimited retries that neither the policy nor a caller ends. A guard that refuses attempts ends them.
var _ = Checks.Add("RL104", advisedUnless(ended, "RL104", "retries", "within", "reset"))

// ended reports whether something besides the policy ends the retries of a task.
func ended(p *check.Pass, fn *directive.Func) bool {
	return fn.Guard != nil && !fn.Guard.Waits || calledWithDeadline(p, fn)
}

// calledWithDeadline reports whether this package calls a wrapper, and each time with a context that has a deadline.
func calledWithDeadline(p *check.Pass, fn *directive.Func) bool {
	calls, bounded := 0, 0
	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		if p.Wrappers[callee.Origin()] != fn {
			return
		}
		calls++
		if ctx := syntax.ContextArg(p.TypesInfo, call); ctx != nil {
			if given, _ := syntax.Deadline(p.TypesInfo, decl, ctx); given {
				bounded++
			}
		}
	})
	return calls > 0 && calls == bounded
}
