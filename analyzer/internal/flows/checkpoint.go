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
			for _, element := range n.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					element = pair.Value
				}
				keep(element)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if _, local := left.(*ast.Ident); !local && len(n.Lhs) == len(n.Rhs) {
					keep(n.Rhs[i])
				}
			}
		case *ast.ReturnStmt:
			keep(n.Results...)
		}
		return true
	})
	return kept
}
