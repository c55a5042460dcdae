package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL409", rl409)

// rl409 finds decisions by the text of an error, in loops and in the conditions of directives.
func rl409(p *check.Pass) {
	for _, l := range retryLoops.Of(p) {
		byText(p, l.Body)
	}
	for _, fn := range p.All() {
		if fn.If == nil {
			continue
		}
		if object, ok := fn.If.Object.(*types.Func); ok && p.Bodies[object] != nil {
			byText(p, p.Bodies[object].Body)
		}
	}
}

const byTextMessage = "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As"

func byText(p *check.Pass, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := syntax.FullName(p.TypesInfo, n); strings.HasPrefix(name, "strings.") && isErrorText(p, n.Args[0]) {
				p.Reportf(n, byTextMessage)
				return false
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (isErrorText(p, n.X) || isErrorText(p, n.Y)) {
				p.Reportf(n, byTextMessage)
			}
		}
		return true
	})
}

// isErrorText reports whether an expression is err.Error(), perhaps in other letters.
func isErrorText(p *check.Pass, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if len(call.Args) == 1 && strings.HasPrefix(syntax.FullName(p.TypesInfo, call), "strings.To") {
		return isErrorText(p, call.Args[0])
	}
	t := p.TypesInfo.TypeOf(sel.X)
	return sel.Sel.Name == "Error" && t != nil && syntax.IsError(t)
}
