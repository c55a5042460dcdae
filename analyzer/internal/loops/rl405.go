package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/handloop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL405", eachLoop(rl405))

// rl405 finds waits after the last attempt.
func rl405(p *check.Pass, l *loop) {
	if p.InTest(l.Stmt.Pos()) || !givesUp(p, syntax.StatementsAfter(l.cursor)) {
		return
	}
	uncounted := false // for range 3
	if stmt, ok := l.Stmt.(*ast.RangeStmt); ok {
		uncounted = stmt.Key == nil
	}
	if l.Counter == nil && !uncounted || !l.Bounded || l.Limit == nil {
		return
	}
	tested := firstTest(p.TypesInfo, l.Body)
	counters := derived(p.TypesInfo, l.Loop)
	for _, w := range l.Waits {
		if tested == token.NoPos || w.Stmt.Pos() < tested || guarded(p, w, counters) {
			continue
		}
		p.Report(check.Finding{Pos: w.Stmt.Pos(), End: w.Stmt.End(), Fix: guard(l.Loop, w),
			Message: "the loop waits after its last attempt too, and then gives up all the same; wait only where another attempt follows"})
	}
}

// firstTest gives the position of the first comparison of an error with nil, that of a context apart.
func firstTest(info *types.Info, body *ast.BlockStmt) token.Pos {
	first := token.NoPos
	ast.Inspect(body, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || first != token.NoPos {
			return first == token.NoPos
		}
		tested := syntax.ErrorTest(info, b, token.EQL)
		if tested == nil {
			tested = syntax.ErrorTest(info, b, token.NEQ)
		}
		if call, ok := tested.(*ast.CallExpr); ok && syntax.FullName(info, call) == "context.Context.Err" {
			return true
		}
		if tested != nil {
			first = b.Pos()
		}
		return true
	})
	return first
}

// derived gathers the counter, what is computed from it, and what is compared to the limit.
func derived(info *types.Info, l *handloop.Loop) map[types.Object]bool {
	set := map[types.Object]bool{l.Counter: true}
	ast.Inspect(l.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 || len(assign.Lhs) != 1 {
			return true
		}
		id, ok := assign.Lhs[0].(*ast.Ident)
		if !ok {
			return true
		}
		t := info.TypeOf(id)
		if t != nil && types.Identical(t.Underlying(), types.Typ[types.Bool]) && syntax.Mentions(info, assign.Rhs[0], l.Counter) {
			set[info.ObjectOf(id)] = true
		}
		return true
	})
	return set
}

// guarded reports whether something on the way to a wait looks at the counter.
func guarded(p *check.Pass, w *handloop.Wait, counters map[types.Object]bool) bool {
	looks := func(n ast.Node) bool {
		for object := range counters {
			if syntax.Mentions(p.TypesInfo, n, object) {
				return true
			}
		}
		return false
	}
	for i, n := range w.Path {
		switch n := n.(type) {
		case *ast.IfStmt:
			if looks(n.Cond) {
				return true
			}
		case *ast.SwitchStmt, *ast.CaseClause:
			return true // too much to tell
		case *ast.BlockStmt:
			next := ast.Node(w.Stmt)
			if i+1 < len(w.Path) {
				next = w.Path[i+1]
			}
			if leavesBefore(n.List, next, looks) {
				return true
			}
		}
	}
	return false
}

// leavesBefore reports whether a block leaves the loop before one of its statements, on a condition that looks at the
// counter, or in a switch, which may do anything.
func leavesBefore(list []ast.Stmt, next ast.Node, looks func(ast.Node) bool) bool {
	for _, stmt := range list {
		if stmt == next {
			return false
		}
		switch stmt := stmt.(type) {
		case *ast.IfStmt:
			if looks(stmt.Cond) && syntax.Leaves(stmt.Body.List, false) {
				return true
			}
		case *ast.SwitchStmt:
			return true
		}
	}
	return false
}

// guard puts a wait under a condition on the counter.
func guard(l *handloop.Loop, w *handloop.Wait) *analysis.SuggestedFix {
	if l.Counter == nil || l.Counter.Name() == "_" || syntax.HasCall(l.Limit) {
		return nil
	}
	if stmt, ok := l.Stmt.(*ast.ForStmt); ok {
		if inc, ok := stmt.Post.(*ast.IncDecStmt); !ok || inc.Tok != token.INC {
			return nil
		}
	}
	condition := l.Counter.Name() + " < " + syntax.Text(l.Limit)
	if !l.Inclusive {
		condition += "-1"
	}
	return &analysis.SuggestedFix{Message: "Wait only before another attempt", TextEdits: []analysis.TextEdit{
		{Pos: w.Stmt.Pos(), End: w.Stmt.Pos(), NewText: []byte("if " + condition + " {\n")},
		{Pos: w.Stmt.End(), End: w.Stmt.End(), NewText: []byte("\n}")},
	}}
}

// givesUp reports whether what follows a loop fails: it returns an error, or panics. Where it goes on instead, a last
// wait may be what it goes on after.
func givesUp(p *check.Pass, after []ast.Stmt) bool {
	for _, stmt := range after {
		switch stmt := stmt.(type) {
		case *ast.ReturnStmt:
			if len(stmt.Results) == 0 {
				return false
			}
			last := stmt.Results[len(stmt.Results)-1]
			t := p.TypesInfo.TypeOf(last)
			return t != nil && !p.TypesInfo.Types[last].IsNil() && syntax.IsError(t)
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" || strings.Contains(syntax.FullName(p.TypesInfo, call), ".Fatal") {
					return true
				}
			}
		}
	}
	return false
}
