package libs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// retriesOwnErrors reports whether the predicate of a library's call knows the errors that are worth a retry by values of this package:
// what the function has made of an answer, such as errNotAttachedYet. The errors of a client are none of them.
func retriesOwnErrors(p *check.Pass, node ast.Node) bool {
	call := libCallAt.Of(p)[node]
	if call == nil {
		return false
	}
	predicate := predicateOf(p, call)
	return predicate != nil && asksForOwn(p, bodyOf(p, predicate))
}

// libCallAt holds the calls that make libraries retry by their nodes.
var libCallAt = check.Share(func(p *check.Pass) map[ast.Node]*libCall {
	calls := map[ast.Node]*libCall{}
	for _, call := range libCalls.Of(p) {
		calls[call.CallExpr] = call
	}
	return calls
})

// asksForOwn reports whether all that a predicate asks is whether an error is one of some values of this package.
func asksForOwn(p *check.Pass, body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	own, other := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				own = own || isOwn(p, n.X) || isOwn(p, n.Y)
			}
		case *ast.CallExpr:
			if syntax.FullName(p.TypesInfo, n) == "errors.Is" && isOwn(p, n.Args[1]) {
				own = true
				return false
			}
			other = true
		}
		return true
	})
	return own && !other
}

// isOwn reports whether an expression is an error that a variable of this package holds, and no parameter.
func isOwn(p *check.Pass, e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := p.TypesInfo.Uses[id].(*types.Var)
	return ok && v.Pkg() == p.Pkg && !p.IsParameter(v) && syntax.IsError(v.Type())
}
