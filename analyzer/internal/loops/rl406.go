package loops

import (
	"go/ast"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

var _ = Checks.Add("RL406", eachLoop(rl406))

// rl406 finds defer statements in the body of a loop.
func rl406(p *check.Pass, l *loop) {
	ast.Inspect(l.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			p.Reportf(n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; "+
				"close it before the next attempt")
		}
		return true
	})
}
