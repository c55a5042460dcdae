package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// callsNow goes through the calls of declared functions in a function, but for those in function literals that it keeps or
// returns: they may run when the flow is over.
func callsNow(p *check.Pass, decl *ast.FuncDecl, visit func(*ast.CallExpr, *types.Func)) {
	syntax.InspectCalls(p.TypesInfo, decl, keptLiterals(decl), visit)
}

// keptLiterals returns the function literals that become part of a struct, a map or a slice, or a result.
func keptLiterals(decl *ast.FuncDecl) map[ast.Node]bool {
	kept := map[ast.Node]bool{}
	keep := func(values ...ast.Expr) {
		for _, e := range values {
			if _, literal := e.(*ast.FuncLit); literal {
				kept[e] = true
			}
		}
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			keep(elements(n)...)
		case *ast.AssignStmt:
			keep(stored(n)...)
		case *ast.ReturnStmt:
			keep(n.Results...)
		}
		return true
	})
	return kept
}

// elements returns the values of a composite literal.
func elements(lit *ast.CompositeLit) []ast.Expr {
	var values []ast.Expr
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		values = append(values, e)
	}
	return values
}

// stored returns the values that are assigned to anything but variables.
func stored(assign *ast.AssignStmt) []ast.Expr {
	var values []ast.Expr
	for i, left := range assign.Lhs {
		if _, local := left.(*ast.Ident); !local && len(assign.Lhs) == len(assign.Rhs) {
			values = append(values, assign.Rhs[i])
		}
	}
	return values
}
