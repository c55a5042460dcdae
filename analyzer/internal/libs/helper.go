package libs

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// helpers are the functions of a package that retry with a library, and take no context: those that retry one of their parameters, and
// those of the package's own that call a library without one, or with one that never ends, or pass such a context to another function
// that retries. Those that do without a library, or are in another package, are known by facts.
var helpers = check.Share(func(p *check.Pass) map[*types.Func]bool {
	found := map[*types.Func]bool{}
	for _, call := range libCalls.Of(p) {
		decl, ok := call.function.(*ast.FuncDecl)
		if !ok || wayOf(p, call) == noWay && syntax.ContextArg(p.TypesInfo, call.CallExpr) == nil {
			continue
		}
		fn := p.Func(decl)
		if fn == nil || p.ContextAt(call.Pos()) != "" || endsWithContext(p, call) {
			continue
		}
		if retriesParameter(p, call, fn) || !fn.Exported() && !watches(p, call) {
			found[fn] = true
		}
	}
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		call := cursor.Node().(*ast.CallExpr)
		decl, ok := syntax.EnclosingFunc(cursor).(*ast.FuncDecl)
		if ok && p.Func(decl) != nil && !decl.Name.IsExported() && passesFresh(p, call) && p.ContextAt(call.Pos()) == "" {
			found[p.Func(decl)] = true
		}
	})
	return found
})

// watches reports whether what a call retries asks for itself whether it is to go on, or uses a context that a field holds.
func watches(p *check.Pass, call *libCall) bool {
	retried := operationOf(p, call.retried())
	return retried.looks(p) || retried.context(p) != ""
}

// passesFresh reports whether a call of a function that is no library's, and tries again what it is passed, has a context that never
// ends.
func passesFresh(p *check.Pass, call *ast.CallExpr) bool {
	fn := p.Callee(call)
	arg := syntax.ContextArg(p.TypesInfo, call)
	return arg != nil && syntax.IsFreshContext(p.TypesInfo, arg) && p.Retrier(fn).Params != 0 && p.Retrier(fn).Waits
}

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
	if wayOf(p, call) == byFunction {
		return false // neither its backoff nor its durations hold one
	}
	r := recipeOf(p, call)
	return r.unseen || r.kept || r.has("Context", "WithContext")
}

// throughHelpers reports calls of helpers where there is a context.
func throughHelpers(p *check.Pass) {
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		fn := p.Callee(call)
		if !isHelper(p, fn) || syntax.EnclosingFunc(cursor) == nil || afterTheEnd(p, cursor) || p.Generated[p.FileOf(call.Pos())] {
			continue
		}
		if ctx := callersContext(p, syntax.EnclosingFunc(cursor), call, passedFunction(p, call)); ctx != "" {
			p.Reportf(call.Fun, "%s does not end the retries of %s, which go on when it is done; pass it to %[2]s", ctx, fn.Name())
		}
	}
}

// isHelper reports whether a function is one of the module's own that retries, and takes no context although it should.
func isHelper(p *check.Pass, fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if name, _ := library.Entry(fn); name != "" || withContext(fn) != "" {
		return false
	}
	return helpers.Of(p)[fn.Origin()] || p.Retrier(fn).Alone() && sameModule(p, fn.Pkg())
}

// sameModule reports whether a package can be changed together with this one.
func sameModule(p *check.Pass, pkg *types.Package) bool {
	if p.Module == nil || p.Module.Path == "" {
		return true
	}
	return strings.HasPrefix(pkg.Path()+"/", p.Module.Path+"/")
}

// afterTheEnd reports whether a call is made when the function around it ends, which may be because of a context, or after one has ended.
func afterTheEnd(p *check.Pass, cursor inspector.Cursor) bool {
	for range cursor.Enclosing((*ast.DeferStmt)(nil)) {
		return true
	}
	_, body := syntax.FuncParts(syntax.EnclosingFunc(cursor))
	after := false
	syntax.InspectOwn(body, func(n ast.Node) {
		stmt, ok := n.(*ast.ExprStmt)
		if !ok || stmt.Pos() > cursor.Node().Pos() {
			return
		}
		if done, ok := syntax.ReceivedFrom(stmt).(*ast.CallExpr); ok {
			ctx, _ := syntax.AskedContext(p.TypesInfo, done)
			after = after || ctx != nil
		}
	})
	return after
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
