package libs

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL503", rl503)

// rl503 finds retries that go on when the caller's context is done: those of a library, those of a function of the package that
// calls a library and takes no context, and those of other functions that could be passed it.
func rl503(p *check.Pass) {
	for _, call := range libCalls.Of(p) {
		if ctx := callersContext(p, call.function, call.CallExpr, call.retried()); ctx != "" {
			ungiven(p, call, ctx)
		}
	}
	throughHelpers(p)
	throughOthers(p)
}

// ungiven reports a call of a library that is not given a context.
func ungiven(p *check.Pass, call *libCall, ctx string) {
	if arg := syntax.ContextArg(p.TypesInfo, call.CallExpr); arg != nil {
		fresh(p, arg, ctx)
		return
	}
	switch w := wayOf(p, call); w {
	case noWay:
	case byOption:
		withoutOption(p, call, ctx)
	case byBackoff:
		withoutWrapping(p, call, ctx)
	case byExecutor:
		withoutExecutor(p, call, ctx)
	case byFunction:
		p.Reportf(call.Fun, "%s does not end the retries, which go on when it is done; use %s", ctx, endedBy(call, ctx))
	}
}

// fresh reports a context that is never cancelled.
func fresh(p *check.Pass, arg ast.Expr, ctx string) {
	if isFresh(p, arg) {
		p.Report(check.Finding{Pos: arg.Pos(), End: arg.End(), Fix: check.Replace("Use "+ctx, arg.Pos(), arg.End(), ctx),
			Message: fmt.Sprintf("%s does not end the retries, which go on when it is done", ctx)})
	}
}

// way is how a library takes a context, other than by a parameter.
type way int

const (
	noWay      way = iota
	byOption       // avast: Context(ctx)
	byBackoff      // cenkalti below version 5: WithContext(b, ctx)
	byFunction     // Kubernetes: ExponentialBackoffWithContext, PollUntilContextTimeout
	byExecutor     // failsafe-go: With(policies).WithContext(ctx)
)

func wayOf(p *check.Pass, call *libCall) way {
	switch {
	case call.name == "avast" && call.fn.Pkg().Scope().Lookup("Context") != nil:
		return byOption
	case call.name == "backoff" && call.major < 5 && backoffOf(call) != nil:
		return byBackoff
	case call.name == "wait" && !hasChannel(p, call), call.name == "kubernetes" && waitsLong(p, call):
		return byFunction
	case call.name == "failsafe":
		return byExecutor
	}
	return noWay
}

// withoutOption reports a call of a library that takes the context as an option.
func withoutOption(p *check.Pass, call *libCall, ctx string) {
	r := recipeOf(p, call)
	for _, m := range r.calls {
		if m.fn.Name() == "Context" && len(m.Args) == 1 {
			if m.function == call.function || m.Pos() >= call.Pos() && m.End() <= call.End() {
				fresh(p, m.Args[0], ctx)
			}
			return
		}
	}
	if r.unseen {
		return
	}
	var fix *analysis.SuggestedFix
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && call.fn.Signature().Recv() == nil && !call.Ellipsis.IsValid() {
		end := call.Args[len(call.Args)-1].End()
		fix = check.Replace("Give the context", end, end, fmt.Sprintf(", %s.Context(%s)", syntax.Text(sel.X), ctx))
	}
	p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(), Fix: fix, Message: fmt.Sprintf(
		"%s does not end the retries, which go on when it is done; add Context(%s)", ctx, ctx)})
}

// withoutWrapping reports a call of a library whose backoff is wrapped with the context. One that has been wrapped is known by an
// interface; a *backoff.ExponentialBackOff has not been, wherever it comes from.
func withoutWrapping(p *check.Pass, call *libCall, ctx string) {
	r, backoff := recipeOf(p, call), backoffOf(call)
	for _, m := range r.calls {
		if m.fn.Name() == "WithContext" && len(m.Args) == 2 {
			if m.Pos() >= call.function.Pos() && m.End() <= call.function.End() {
				fresh(p, m.Args[1], ctx)
			}
			return
		}
	}
	if t := p.TypesInfo.TypeOf(backoff); r.unseen && (types.IsInterface(t) || !isPartOf(call.name, t)) {
		return
	}
	wrapped := fmt.Sprintf("WithContext(%s, %s)", syntax.Text(backoff), ctx)
	if _, isLiteral := ast.Unparen(backoff).(*ast.UnaryExpr); isLiteral {
		wrapped = fmt.Sprintf("WithContext(…, %s)", ctx)
	}
	var fix *analysis.SuggestedFix
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		fix = check.Replace("Give the context", backoff.Pos(), backoff.End(),
			fmt.Sprintf("%s.WithContext(%s, %s)", syntax.Text(sel.X), syntax.Text(backoff), ctx))
	}
	p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(), Fix: fix, Message: fmt.Sprintf(
		"%s does not end the retries, which go on when it is done; wrap the backoff: %s", ctx, wrapped)})
}

// withoutExecutor reports a call of failsafe-go whose executor has no context, if it has a policy that retries.
func withoutExecutor(p *check.Pass, call *libCall, ctx string) {
	r := recipeOf(p, call)
	retries := false
	for _, m := range r.calls {
		if m.fn.Name() == "WithContext" && len(m.Args) == 1 {
			if m.function == call.function || m.Pos() >= call.Pos() && m.End() <= call.End() {
				fresh(p, m.Args[0], ctx)
			}
			return
		}
		retries = retries || library.IsRetryPolicy(p.TypesInfo.TypeOf(m.CallExpr))
	}
	if r.unseen || !retries {
		return
	}
	p.Reportf(call.Fun, "%s does not end the retries, which go on when it is done; use an executor, With(…).WithContext(%[1]s)", ctx)
}
