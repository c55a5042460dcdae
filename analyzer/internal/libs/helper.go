package libs

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// helpers are the functions of a package that retry one of their parameters with a library, and take no context.
var helpers = check.Share(func(p *check.Pass) map[*types.Func]bool {
	found := map[*types.Func]bool{}
	for _, call := range libCalls.Of(p) {
		decl, ok := call.function.(*ast.FuncDecl)
		if !ok || wayOf(p, call) == noWay && syntax.ContextArg(p.TypesInfo, call.CallExpr) == nil {
			continue
		}
		fn := p.Func(decl)
		if fn == nil || p.ContextAt(call.Pos()) != "" || !retriesParameter(p, call, fn) || endsWithContext(p, call) {
			continue
		}
		found[fn] = true
	}
	return found
})

// retriesParameter reports whether what a call retries is a parameter of the function around it, or calls one.
func retriesParameter(p *check.Pass, call *libCall, fn *types.Func) bool {
	at := call.operation()
	if at < 0 || at >= len(call.Args) {
		return false
	}
	for v := range fn.Signature().Params().Variables() {
		if isFunction(v.Type()) && syntax.Mentions(p.TypesInfo, call.Args[at], v) {
			return true
		}
	}
	return false
}

// endsWithContext reports whether a call may have a context from somewhere that is not to be seen.
func endsWithContext(p *check.Pass, call *libCall) bool {
	if arg := syntax.ContextArg(p.TypesInfo, call.CallExpr); arg != nil {
		return !syntax.IsFreshContext(p.TypesInfo, arg)
	}
	r := recipeOf(p, call)
	return r.unseen || r.kept || r.has("Context", "WithContext")
}

// throughHelpers reports calls of helpers where there is a context.
func throughHelpers(p *check.Pass) {
	list := helpers.Of(p)
	if len(list) == 0 {
		return
	}
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		call := cursor.Node().(*ast.CallExpr)
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil || !list[fn.Origin()] || syntax.EnclosingFunc(cursor) == nil {
			return
		}
		if ctx := callersContext(p, syntax.EnclosingFunc(cursor), call, passedFunction(p, call)); ctx != "" {
			p.Reportf(call.Fun, "%s does not end the retries of %s, which go on when it is done; pass it to %[2]s", ctx, fn.Name())
		}
	})
}

// passedFunction returns the first argument of a call that is a function, nil for none.
func passedFunction(p *check.Pass, call *ast.CallExpr) ast.Expr {
	for _, arg := range call.Args {
		if t := p.TypesInfo.TypeOf(arg); t != nil && isFunction(t) {
			return arg
		}
	}
	return nil
}
