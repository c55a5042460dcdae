package libs

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL503", eachCall(rl503))

// rl503 finds retries that go on when the caller's context is done.
func rl503(p *check.Pass, call *libCall) {
	ctx := p.ContextAt(call.Pos())
	switch {
	case ctx == "":
	case call.name == "avast" && call.fn.Signature().Recv() == nil:
		withoutOption(p, call, ctx)
	case call.name == "backoff" && call.major < 5:
		withoutWrapping(p, call, ctx)
	default:
		arg := syntax.ContextArg(p.TypesInfo, call.CallExpr)
		if arg != nil && syntax.IsFreshContext(p.TypesInfo, arg) {
			p.Report(check.Finding{Pos: arg.Pos(), End: arg.End(), Fix: check.Replace("Use "+ctx, arg.Pos(), arg.End(), ctx),
				Message: fmt.Sprintf("%s is not given to the retries, which go on when it is done", ctx)})
		}
	}
}

// withoutOption reports a call of a library that takes the context as an option.
func withoutOption(p *check.Pass, call *libCall, ctx string) {
	given := false
	syntax.InspectArgumentCalls(p.TypesInfo, call.CallExpr, func(_ *ast.CallExpr, option *types.Func) {
		given = given || option.Name() == "Context"
	})
	if given || call.Ellipsis.IsValid() || hasOptionVariable(p, call) {
		return
	}
	var fix *analysis.SuggestedFix
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && len(call.Args) > 0 {
		end := call.Args[len(call.Args)-1].End()
		fix = check.Replace("Give the context", end, end, fmt.Sprintf(", %s.Context(%s)", syntax.Text(sel.X), ctx))
	}
	p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(), Fix: fix, Message: fmt.Sprintf(
		"%s is not given to the retries, which go on when it is done; add Context(%s)", ctx, ctx)})
}

// withoutWrapping reports a call of a library whose backoff is wrapped with the context.
func withoutWrapping(p *check.Pass, call *libCall, ctx string) {
	backoff := backoffOf(p, call)
	if backoff == nil || !inSight(p, call.function, backoff) {
		return
	}
	given := false
	visit := func(_ *ast.CallExpr, fn *types.Func) { given = given || fn.Name() == "WithContext" }
	syntax.InspectArgumentCalls(p.TypesInfo, call.CallExpr, visit)
	made(p, call.function, backoff, visit)
	if given {
		return
	}
	wrapped := fmt.Sprintf("WithContext(%s, %s)", syntax.Text(backoff), ctx)
	var fix *analysis.SuggestedFix
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		fix = check.Replace("Give the context", backoff.Pos(), backoff.End(), syntax.Text(sel.X)+"."+wrapped)
	}
	p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(), Fix: fix, Message: fmt.Sprintf(
		"%s is not given to the retries, which go on when it is done; wrap the backoff: %s", ctx, wrapped)})
}

// hasOptionVariable reports whether an option comes from a variable or a function of somebody's own, which may be a
// context.
func hasOptionVariable(p *check.Pass, call *libCall) bool {
	for _, arg := range call.Args[1:] {
		inner, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := syntax.Callee(p.TypesInfo, inner)
		if fn == nil || fn.Pkg() != call.fn.Pkg() {
			return true
		}
	}
	return false
}
