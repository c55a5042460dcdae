package libs

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// throughOthers reports calls of functions that retry or wait, and that are no library's: of those that have a variant with a
// context, and of those that are passed one which never ends while what they retry uses the caller's.
func throughOthers(p *check.Pass) {
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		fn := p.Callee(call)
		if fn == nil || fn.Pkg() == nil || !check.SaysWait(fn) && p.Retrier(fn).Params == 0 || p.Generated[p.FileOf(call.Pos())] {
			continue
		}
		if name, _ := library.Entry(fn); name != "" {
			continue
		}
		function := syntax.EnclosingFunc(cursor)
		if function == nil {
			continue
		}
		if arg := syntax.ContextArg(p.TypesInfo, call); arg != nil {
			reportFresh(p, function, call, arg)
		} else if variant := withContext(fn); variant != "" && fn.Pkg() != p.Pkg {
			if ctx := callersContext(p, function, call, passedFunction(p, call)); ctx != "" {
				p.Reportf(call.Fun, "%s does not end the waits of %s, which go on when it is done; use %s", ctx, fn.Name(), variant)
			}
		}
	}
}

// reportFresh reports a context that is never cancelled, where a function is passed that uses the caller's.
func reportFresh(p *check.Pass, function ast.Node, call *ast.CallExpr, arg ast.Expr) {
	lit := literalPassed(call)
	if lit == nil || !isFresh(p, arg) {
		return
	}
	name, v := p.ContextVar(call.Pos())
	if v == nil || !syntax.Mentions(p.TypesInfo, lit, v) || callersContext(p, function, call, lit) == "" {
		return
	}
	p.Report(check.Finding{Pos: arg.Pos(), End: arg.End(), Fix: check.Replace("Use "+name, arg.Pos(), arg.End(), name),
		Message: fmt.Sprintf("%s does not end the retries, which go on when it is done", name)})
}

// literalPassed returns the first function literal among the arguments of a call, or in a literal of a struct among them.
func literalPassed(call *ast.CallExpr) *ast.FuncLit {
	var found *ast.FuncLit
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				if found == nil {
					found = n
				}
				return false
			case *ast.CallExpr:
				return false
			}
			return found == nil
		})
	}
	return found
}

// withContext returns the name of the variant of a function that takes a context first, "" if there is none. What takes a channel
// may end with that.
func withContext(fn *types.Func) string {
	for v := range fn.Signature().Params().Variables() {
		if _, ok := v.Type().Underlying().(*types.Chan); ok || syntax.CarriesContext(v.Type()) {
			return ""
		}
	}
	for _, suffix := range []string{"Context", "WithContext", "Ctx"} {
		if variant := sibling(fn, fn.Name()+suffix); variant != nil {
			params := variant.Signature().Params()
			if params.Len() > 0 && syntax.IsContext(params.At(0).Type()) {
				return variant.Name()
			}
		}
	}
	return ""
}

// sibling returns the function of a name in the package of another, or the method of its receiver; nil if there is none.
func sibling(fn *types.Func, name string) *types.Func {
	recv := fn.Signature().Recv()
	if recv == nil {
		found, _ := fn.Pkg().Scope().Lookup(name).(*types.Func)
		return found
	}
	object, _, _ := types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg(), name)
	found, _ := object.(*types.Func)
	return found
}
