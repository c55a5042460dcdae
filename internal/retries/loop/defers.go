package loop

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Defers returns the defer statements of the loop after which another attempt may follow. A defer statement is left out if the loop
// also makes its call without defer, directly or in a function of this package; if it runs at most once; and if it stops a timer,
// which need not be stopped.
func (l *Loop) Defers() []*ast.DeferStmt {
	var list []*ast.DeferStmt
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if d, ok := n.(*ast.DeferStmt); ok && !l.callsItself(d) && !l.comesOnce(b) && !l.stopsTimer(d) && !l.closedInside(d) {
				list = append(list, d)
			}
		}
	}
	return list
}

// callsItself reports whether the loop makes a deferred call, or that of a deferred function literal, by itself too.
func (l *Loop) callsItself(d *ast.DeferStmt) bool {
	lit, ok := d.Call.Fun.(*ast.FuncLit)
	if !ok {
		return l.calls(syntax.Text(d.Call.Fun))
	}
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			_, isMethod := call.Fun.(*ast.SelectorExpr)
			found = found || isMethod && l.calls(syntax.Text(call.Fun))
		}
		return !found
	})
	return found
}

// stopsTimer reports whether a deferred call stops a timer or a ticker. The garbage collector frees these without that.
func (l *Loop) stopsTimer(d *ast.DeferStmt) bool {
	name := syntax.FullName(l.flow.info, d.Call)
	return name == "time.Timer.Stop" || name == "time.Ticker.Stop"
}

// closedInside reports whether a function of this package that the loop calls closes what a deferred call closes.
func (l *Loop) closedInside(d *ast.DeferStmt) bool {
	closed := l.closedBy(d)
	if closed == nil {
		return false
	}
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			found := false
			ast.Inspect(n, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				found = found || ok && l.flow.passes(call, closed) && l.flow.closesIn(call)
				return !found
			})
			if found {
				return true
			}
		}
	}
	return false
}

// closedBy returns the variable whose Close, or that of its body, a deferred call or literal calls, nil if there is none.
func (l *Loop) closedBy(d *ast.DeferStmt) *ast.Ident {
	var closed *ast.Ident
	ast.Inspect(d.Call, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" && closed == nil {
			closed = syntax.Root(sel.X)
		}
		return closed == nil
	})
	return closed
}

// comesOnce reports whether a block runs at most once in all rounds: it sets a variable, and runs only while that is nil.
func (l *Loop) comesOnce(b *block) bool {
	set := map[variable]bool{}
	for ; b != nil && l.flow.has[b] && b != l.flow.head; b = b.idom {
		for _, a := range l.flow.assignmentsOf(b) {
			set[a.to] = true
		}
		if len(b.preds) != 1 {
			continue
		}
		before := b.preds[0]
		if before.branch == nil || before.branch.cond == nil || before.succs[0] != b {
			continue
		}
		e, ok := ast.Unparen(before.branch.cond).(*ast.BinaryExpr)
		if !ok || e.Op != token.EQL || !l.flow.info.Types[e.Y].IsNil() {
			continue
		}
		if v, ok := variableOf(l.flow.info, e.X); ok && set[v] {
			return true
		}
	}
	return false
}

// calls reports whether a statement of the loop calls a function that is spelled in a way.
func (l *Loop) calls(fun string) bool {
	found := false
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.DeferStmt, *ast.FuncLit:
					return false
				case *ast.CallExpr:
					found = found || syntax.Text(n.Fun) == fun
				}
				return !found
			})
		}
	}
	return found
}
