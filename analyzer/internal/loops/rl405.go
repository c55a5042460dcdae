package loops

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL405", func(p *check.Pass) {
	for _, l := range slices.Concat(retryLoops.Of(p), polls.Of(p), recursions.Of(p)) {
		rl405(p, l)
	}
})

// rl405 finds waits after the last attempt. Where the function goes on instead of giving up, a last wait may be what it goes
// on after.
func rl405(p *check.Pass, l *loop.Loop) {
	if p.InTestFile(l.Stmt.Pos()) {
		return
	}
	for _, w := range l.Waits {
		if isShort(p, l, w) || !l.WaitsAfterLast(w) || isBrief(l, w) {
			continue
		}
		at := w.Node
		if w.Stmt != nil {
			at = w.Stmt
		}
		p.Report(check.Finding{Pos: at.Pos(), End: at.End(), Fix: guard(l, w),
			Message: who(l) + " waits after its last attempt too, for nothing; wait only where another attempt follows"})
	}
	for _, w := range l.Pauses {
		if l.PausesAfterLast(w) {
			p.Report(check.Finding{Pos: w.Node.Pos(), End: w.Node.End(),
				Message: w.Helper.Name() + " may wait before it returns, after the last attempt too; wait only where another attempt follows"})
		}
	}
}

// who names what waits: the loop, or the function that calls itself.
func who(l *loop.Loop) string {
	if fn, ok := l.Function.(*ast.FuncDecl); ok && l.Stmt == fn.Body {
		return fn.Name.Name
	}
	return "the loop"
}

// isBrief reports whether the last wait is known to be so short that no caller would notice.
func isBrief(l *loop.Loop, w *loop.Wait) bool {
	d, ok := l.LastDelay(w)
	return ok && d <= loop.Brief
}

// guard puts a wait under a condition on the counter.
func guard(l *loop.Loop, w *loop.Wait) *analysis.SuggestedFix {
	b := l.Bound
	if _, recursive := l.Stmt.(*ast.BlockStmt); recursive || b.Counter == nil || b.Counter.Name() == "_" || b.Down ||
		syntax.HasCall(b.Limit) || !isStatement(w) {
		return nil
	}
	if stmt, ok := l.Stmt.(*ast.ForStmt); ok {
		inc, ok := stmt.Post.(*ast.IncDecStmt)
		if !ok || inc.Tok != token.INC || stmt.Cond == nil || b.Test < stmt.Cond.Pos() || b.Test >= stmt.Cond.End() {
			return nil
		}
	}
	condition := b.Counter.Name() + " < " + syntax.Text(b.Limit)
	if !b.Inclusive {
		condition += "-1"
	}
	return &analysis.SuggestedFix{Message: "Wait only before another attempt", TextEdits: []analysis.TextEdit{
		{Pos: w.Stmt.Pos(), End: w.Stmt.Pos(), NewText: []byte("if " + condition + " {\n")},
		{Pos: w.Stmt.End(), End: w.Stmt.End(), NewText: []byte("\n}")},
	}}
}

// isStatement reports whether a wait is a statement that declares nothing.
func isStatement(w *loop.Wait) bool {
	switch w.Stmt.(type) {
	case *ast.ExprStmt, *ast.SelectStmt:
		return true
	}
	return false
}
