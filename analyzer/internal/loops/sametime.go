package loops

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// endsAsSoon reports whether a loop ends when its context does: the context is made here, nothing but its time ends it, and the
// loop asks whether the same time is over.
//
//	ctx, cancel := context.WithTimeout(context.Background(), timeout)
//	defer cancel()
//	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); time.Sleep(delay) {
func endsAsSoon(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	limit := ownTime(p, ctx)
	if limit == nil {
		return false
	}
	found := false
	ask := func(cond ast.Expr) { found = found || cond != nil && asksForTime(p, cond, limit) }
	ast.Inspect(l.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			ask(n.Cond)
		case *ast.IfStmt:
			ask(n.Cond)
		}
		return !found
	})
	return found
}

// ownTime returns the time after which a context ends that is made from none, nil for any other context.
func ownTime(p *check.Pass, ctx types.Object) ast.Expr {
	list := assignments.Of(p)[ctx]
	if len(list) != 1 || list[0].source == nil {
		return nil
	}
	call, ok := ast.Unparen(list[0].source).(*ast.CallExpr)
	if !ok || len(call.Args) != 2 || !syntax.IsFreshContext(p.TypesInfo, call.Args[0]) {
		return nil
	}
	if name := syntax.FullName(p.TypesInfo, call); name != "context.WithTimeout" && name != "context.WithDeadline" {
		return nil
	}
	return call.Args[1]
}

// asksForTime reports whether a condition has a time in it, or a variable that is computed from it.
func asksForTime(p *check.Pass, cond, limit ast.Expr) bool {
	text, found := syntax.Text(limit), false
	ast.Inspect(cond, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || found {
			return !found
		}
		found = syntax.Text(e) == text
		id, ok := e.(*ast.Ident)
		if !ok || found {
			return !found
		}
		list := assignments.Of(p)[p.TypesInfo.Uses[id]]
		found = len(list) == 1 && list[0].value != nil && addsTime(p, list[0].value, text)
		return !found
	})
	return found
}

// addsTime reports whether an expression is the time that it is and a time more.
func addsTime(p *check.Pass, e ast.Expr, text string) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(call.Args) == 1 && syntax.IsNamed(p.TypesInfo.TypeOf(call), "time", "Time") && syntax.Text(call.Args[0]) == text
}

// endsAfterwards reports whether nothing ends a context before a loop is over: it is made from none in the loop's function, which
// cancels it when it returns, and nowhere else.
//
//	ctx, cancel := context.WithCancel(context.Background())
//	defer cancel()
func endsAfterwards(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	list := assignments.Of(p)[ctx]
	if len(list) != 1 || list[0].source == nil || !syntax.Contains(l.Function, ctx.Pos()) {
		return false
	}
	call, ok := ast.Unparen(list[0].source).(*ast.CallExpr)
	if !ok || syntax.FullName(p.TypesInfo, call) != "context.WithCancel" || !syntax.IsFreshContext(p.TypesInfo, call.Args[0]) {
		return false
	}
	_, body := syntax.FuncParts(l.Function)
	cancel := cancelOf(p, body, call)
	if cancel == nil {
		return false
	}
	uses, deferred := 0, 0
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.TypesInfo.Uses[id] == cancel {
			uses++
		}
		return true
	})
	syntax.InspectOwn(body, func(n ast.Node) {
		if stmt, ok := n.(*ast.DeferStmt); ok && isCallOf(p, stmt.Call, cancel) {
			deferred++
		}
	})
	return uses == deferred
}

// cancelOf returns the variable for the second result of a call, nil if there is none.
func cancelOf(p *check.Pass, body ast.Node, call *ast.CallExpr) types.Object {
	var cancel types.Object
	syntax.InspectOwn(body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 || ast.Unparen(assign.Rhs[0]) != ast.Expr(call) {
			return
		}
		if id, ok := assign.Lhs[1].(*ast.Ident); ok {
			cancel = p.TypesInfo.Defs[id]
		}
	})
	return cancel
}

// isCallOf reports whether a call is of a variable.
func isCallOf(p *check.Pass, call *ast.CallExpr, v types.Object) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && p.TypesInfo.Uses[id] == v
}
