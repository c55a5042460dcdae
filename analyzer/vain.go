package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/analysis"
)

// waitsInVain is RL405.
func (r *reporter) waitsInVain(l *handLoop) {
	uncounted := false // for range 3
	if stmt, ok := l.stmt.(*ast.RangeStmt); ok {
		uncounted = stmt.Key == nil
	}
	if l.counter == nil && !uncounted || !l.bounded || l.limit == nil {
		return
	}
	tested := firstTest(r.TypesInfo, l.body)
	counters := derived(r.TypesInfo, l)
	for _, w := range l.waits {
		if tested == token.NoPos || w.stmt.Pos() < tested || r.guarded(l, w, counters) {
			continue
		}
		r.report(finding{id: "RL405", pos: w.stmt.Pos(), end: w.stmt.End(),
			message: "the loop waits after its last attempt too, and then gives up all the same; wait only where another attempt follows",
			fix:     l.guard(w)})
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
func derived(info *types.Info, l *handLoop) map[types.Object]bool {
	set := map[types.Object]bool{l.counter: true}
	ast.Inspect(l.body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 && len(assign.Lhs) == 1 {
			if id, ok := assign.Lhs[0].(*ast.Ident); ok {
				if t := info.TypeOf(id); t != nil && types.Identical(t.Underlying(), types.Typ[types.Bool]) && syntax.Mentions(info, assign.Rhs[0], l.counter) {
					set[info.ObjectOf(id)] = true
				}
			}
		}
		return true
	})
	return set
}

// guarded reports whether something on the way to a wait looks at the counter.
func (r *reporter) guarded(l *handLoop, w *wait, counters map[types.Object]bool) bool {
	looks := func(n ast.Node) bool {
		for object := range counters {
			if syntax.Mentions(r.TypesInfo, n, object) {
				return true
			}
		}
		return false
	}
	for i, n := range w.path {
		switch n := n.(type) {
		case *ast.IfStmt:
			if looks(n.Cond) {
				return true
			}
		case *ast.SwitchStmt, *ast.CaseClause:
			return true // too much to tell
		case *ast.BlockStmt:
			next := ast.Node(w.stmt)
			if i+1 < len(w.path) {
				next = w.path[i+1]
			}
			for _, stmt := range n.List {
				if stmt == next {
					break
				}
				if branch, ok := stmt.(*ast.IfStmt); ok && looks(branch.Cond) && syntax.Leaves(branch.Body.List, false) {
					return true
				}
				if _, ok := stmt.(*ast.SwitchStmt); ok {
					return true
				}
			}
		}
	}
	return false
}

// guard puts a wait under a condition on the counter.
func (l *handLoop) guard(w *wait) *analysis.SuggestedFix {
	if l.counter == nil || l.counter.Name() == "_" || syntax.HasCall(l.limit) {
		return nil
	}
	if stmt, ok := l.stmt.(*ast.ForStmt); ok {
		if inc, ok := stmt.Post.(*ast.IncDecStmt); !ok || inc.Tok != token.INC {
			return nil
		}
	}
	condition := l.counter.Name() + " < " + syntax.Text(l.limit)
	if !l.inclusive {
		condition += "-1"
	}
	return &analysis.SuggestedFix{Message: "Wait only before another attempt", TextEdits: []analysis.TextEdit{
		{Pos: w.stmt.Pos(), End: w.stmt.Pos(), NewText: []byte("if " + condition + " {\n")},
		{Pos: w.stmt.End(), End: w.stmt.End(), NewText: []byte("\n}")},
	}}
}
