package funcs

import (
	"go/ast"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL202", rl202)

// rl202 finds functions without a context that are called where there is one. It reports each function once.
func rl202(p *check.Pass) {
	if len(p.Found.Funcs) == 0 {
		return
	}
	reported := map[*directive.Func]bool{}
	for decl := range p.Functions {
		if p.InTest(decl.Pos()) {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fn := waitingCallee(p, call)
			if fn == nil || reported[fn] || fn.Object == p.Func(decl) || p.ContextAt(call.Pos()) == "" ||
				!lastingOf.Of(p).may(fn.Object) {
				return true
			}
			reported[fn] = true
			p.Option(fn.Policy.Delay.Pos, nil,
				"%s takes no context, though its caller %s has one: cancelling it ends a wait, but not an attempt; "+
					"add a parameter of type context.Context",
				fn.Name, decl.Name.Name)
			return true
		})
	}
}

// waitingCallee returns the function of this package that a call calls, by its wrapper or without. It is nil if the function
// takes a context, or if it does not wait, and for function types: the block captures the context.
func waitingCallee(p *check.Pass, call *ast.CallExpr) *directive.Func {
	callee := syntax.Callee(p.TypesInfo, call)
	if callee == nil {
		return nil
	}
	fn := p.Wrappers[callee.Origin()]
	if fn == nil {
		fn = p.Annotated[callee.Origin()]
	}
	if fn == nil || fn.Type != nil || fn.HasContext() || !fn.Policy.Delay.IsSet() || !retries.Retried(fn) {
		return nil
	}
	return fn
}
