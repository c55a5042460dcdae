package directives

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL104", eachKnown(rl104))

// rl104 finds unlimited retries that neither the policy nor a caller ends. Work with reset= is meant to go on until its
// context ends. A guard that refuses attempts ends them.
func rl104(p *check.Pass, fn *directive.Func) {
	retries := fn.Policy.Retries
	if !fn.Policy.Endless() || fn.Policy.Within.IsSet() || fn.Policy.Reset.IsSet() ||
		fn.Guard != nil && !fn.Guard.Waits || calledWithDeadline(p, fn) {
		return
	}
	p.Option(retries.Pos, nil, "%s is retried without an end; set within= to a duration, or retries= to a number", fn.Name)
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
