package loop

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// answered reports whether a select waits on a channel for a goroutine that the function has started before, so that the time is a
// limit for what the goroutine does:
//
//	done := make(chan struct{})
//	go func() {
//		defer close(done)
//		err = group.Wait()
//	}()
//	select {
//	case <-done:
//	case <-time.After(timeout):
//	}
func (s *waiter) answered(stmt *ast.SelectStmt, channel ast.Expr) bool {
	v, ok := variableOf(s.info, channel)
	local, isVar := v.object.(*types.Var)
	if !ok || v.fields != "" || !isVar || local.Kind() != types.LocalVar {
		return false
	}
	found := false
	syntax.InspectOwn(s.body, func(n ast.Node) {
		start, isGo := n.(*ast.GoStmt)
		found = found || isGo && start.Pos() < stmt.Pos() && syntax.Mentions(s.info, start, local)
	})
	return found
}

// isAnswer reports whether a wait is a select that waits for such a goroutine.
func (s *waiter) isAnswer(w *Wait) bool {
	stmt, ok := w.Stmt.(*ast.SelectStmt)
	return ok && slices.ContainsFunc(w.Until, func(e ast.Expr) bool { return e != nil && s.answered(stmt, e) })
}
