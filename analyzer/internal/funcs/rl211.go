package funcs

import (
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL211", check.EachTask(rl211))

// rl211 finds functions with a timeout for each attempt that never look at the context which it ends.
func rl211(p *check.Pass, fn *directive.Func) {
	if !fn.Policy.Timeout.IsSet() || fn.Decl == nil || fn.Decl.Body == nil || len(fn.Decl.Body.List) == 0 {
		return
	}
	ctx := contextOf(fn)
	if ctx == nil || ctx.Name() != "" && ctx.Name() != "_" && syntax.Mentions(p.TypesInfo, fn.Decl.Body, ctx) || !calls(p, fn) {
		return
	}
	p.Option(fn.Policy.Timeout.Pos, nil, "%s never looks at its context: timeout= ends that, and no attempt; "+
		"hand the context to what %[1]s calls", fn.Name)
}

// contextOf returns the first parameter that is a context, nil if there is none.
func contextOf(fn *directive.Func) *types.Var {
	for v := range fn.Sig.Params().Variables() {
		if syntax.IsContext(v.Type()) {
			return v
		}
	}
	return nil
}

// calls reports whether a function calls anything that may fail, and so may take time.
func calls(p *check.Pass, fn *directive.Func) bool {
	return lastFallible(p, fn.Decl.Body).IsValid() && retries.Retried(fn)
}
