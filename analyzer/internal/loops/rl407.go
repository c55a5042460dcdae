package loops

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/handloop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL407", eachLoop(rl407))

// rl407 finds loops that never look at the caller's context.
func rl407(p *check.Pass, l *loop) {
	name, ctx := p.ContextVar(l.Stmt.Pos())
	if ctx == nil {
		return
	}
	looked := false
	ast.Inspect(l.Stmt, func(n ast.Node) bool {
		looked = looked || looksAt(p, n, ctx)
		return !looked
	})
	if !looked {
		p.Report(check.Finding{Pos: l.Stmt.Pos(), End: l.Body.Lbrace, Message: fmt.Sprintf(
			"the loop tries again although %s may be done; look at %s.Err() before each attempt", name, name)})
	}
}

// looksAt reports whether an expression or a statement looks at a context, or at an error that may be its.
func looksAt(p *check.Pass, n ast.Node, ctx types.Object) bool {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return true
	case *ast.SelectorExpr:
		return (n.Sel.Name == "Err" || n.Sel.Name == "Done") && syntax.Mentions(p.TypesInfo, n.X, ctx)
	case *ast.CallExpr:
		// A wait that is given the context looks at it.
		fn := syntax.Callee(p.TypesInfo, n)
		return fn != nil && handloop.WaitPattern.MatchString(fn.Name()) && syntax.Mentions(p.TypesInfo, n, ctx)
	case *ast.Ident:
		return n.Name == "Canceled" || n.Name == "DeadlineExceeded"
	}
	return false
}
