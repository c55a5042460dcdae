package loops

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/handloop"
)

var _ = Checks.Add("RL408", eachLoop(rl408))

// rl408 finds loops without a bound, and waits that do not spread callers.
func rl408(p *check.Pass, l *loop) {
	at := check.Finding{Pos: l.Stmt.Pos(), End: l.Body.Lbrace}
	name, _ := p.ContextVar(l.Stmt.Pos())
	constantWait := len(l.Waits) > 0
	for _, w := range l.Waits {
		if w.Delay == nil || p.TypesInfo.Types[w.Delay].Value == nil {
			constantWait = false
		}
	}
	stmt, isFor := l.Stmt.(*ast.ForStmt)
	switch {
	case isFor && stmt.Cond == nil && name == "" && !returnsOften(l.Loop):
		at.Message = "nothing bounds this loop: neither a number of attempts nor a context"
	case len(l.Waits) == 0 && !l.WaitsByName(p.TypesInfo):
		at.Message = "the loop tries again at once: whatever failed is hit again while it is down"
	case constantWait:
		at.Message = "the loop waits equally long each time: callers that fail together retry together; let the wait grow, and add jitter"
	default:
		return
	}
	p.Report(at)
}

// returnsOften reports whether a loop has a way out besides success: a second return or break.
func returnsOften(l *handloop.Loop) bool {
	n := 0
	ast.Inspect(l.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			n++
		case *ast.BranchStmt:
			if node.Tok == token.BREAK {
				n++
			}
		}
		return true
	})
	return n > 1
}
