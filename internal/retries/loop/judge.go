package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Judge is a condition that decides whether an operation has failed.
type Judge struct {
	Kind Kind
	Cond ast.Expr // nil for a case of a type switch
	Pos  token.Pos

	// Operations are the calls and receives whose results are judged. Where some work on results of others, those others.
	Operations []ast.Expr

	block *block
	last  *block // where what is judged has been computed
	fail  int    // which successor means failure: 0, 1, or -1 if that is not known
}

// failure returns the successor that means failure.
func (j *Judge) failure() *block { return j.block.succs[j.fail] }

// success returns the successor that means success.
func (j *Judge) success() *block { return j.block.succs[1-j.fail] }

// againName matches the names of what says that there is to be another attempt.
var againName = regexp.MustCompile(`(?i)retry|again`)

// asksAgain reports whether the attempt itself says that there is to be another one: again, err := try().
func (j *Judge) asksAgain() bool {
	return j.Kind == Predicate && j.Cond != nil && againName.MatchString(syntax.Identifiers(j.Cond))
}

// judge reads the branch at the end of a block. It returns nil if that judges no operation of the loop.
func (w *flow) judge(b *block) *Judge {
	if b.branch == nil {
		return nil
	}
	j := &Judge{block: b, Cond: b.branch.cond, fail: -1}
	w.at = b
	switch {
	case b.branch.cond != nil:
		j.Pos = b.branch.cond.Pos()
		j.Kind, j.fail = w.condition(b.branch.cond, 0)
		j.Operations = w.operations(b.branch.cond)
		j.last = w.lastSite(b.branch.cond)
	case b.branch.clause != nil:
		w.clause(j, b.branch.clause)
	}
	if j.Kind == 0 || j.Kind != ContextEnd && len(j.Operations) == 0 {
		return nil
	}
	return j
}

// clause reads the case of a type switch or select.
func (w *flow) clause(j *Judge, clause ast.Stmt) {
	j.Pos = clause.Pos()
	switch clause := clause.(type) {
	case *ast.CommClause:
		if channel := syntax.ReceivedFrom(clause.Comm); channel != nil && isDone(w.info, channel) {
			j.Kind, j.fail = ContextEnd, 0
		}
	case *ast.CaseClause:
		stmt, ok := w.graph.parent[clause].(*ast.TypeSwitchStmt)
		if !ok {
			return
		}
		x := switched(stmt)
		if !syntax.IsErrorItself(w.info.TypeOf(x)) {
			return
		}
		j.Kind, j.fail, j.Operations, j.last = ErrorKind, 0, w.operations(x), w.lastSite(x)
		for _, e := range clause.List {
			if w.info.Types[e].IsNil() {
				j.Kind, j.fail = NilError, 1
			}
		}
	}
}

// switched returns the x of switch x.(type).
func switched(stmt *ast.TypeSwitchStmt) ast.Expr {
	var e ast.Expr
	switch assign := stmt.Assign.(type) {
	case *ast.ExprStmt:
		e = assign.X
	case *ast.AssignStmt:
		e = assign.Rhs[0]
	}
	if assertion, ok := ast.Unparen(e).(*ast.TypeAssertExpr); ok {
		return assertion.X
	}
	return e
}

// isDone reports whether a channel is that of a context, directly or by a variable's name and type.
func isDone(info *types.Info, channel ast.Expr) bool {
	t := info.TypeOf(channel)
	if !syntax.DeliversNothing(t) {
		return false
	}
	call, ok := ast.Unparen(channel).(*ast.CallExpr)
	if !ok {
		return t.Underlying().(*types.Chan).Dir() == types.RecvOnly
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Done" && syntax.CarriesContext(info.TypeOf(sel.X))
}

// operations returns the operations behind an expression, but for those that work on results of others.
func (w *flow) operations(e ast.Expr) []ast.Expr {
	var list []ast.Expr
	for _, op := range w.results(e, w.at) {
		if !w.isWait(op) && !isSignal(w.info, op) && !w.consumes(op) {
			list = append(list, op)
		}
	}
	return list
}

// lastSite returns the last block in which an operation behind an expression is made: before the expression or, if there is none,
// in the round before.
func (w *flow) lastSite(e ast.Expr) *block {
	var before, last *block
	for _, op := range w.results(e, w.at) {
		b := w.sites[op]
		if b == nil || w.isWait(op) {
			continue
		}
		if last == nil || b.order > last.order {
			last = b
		}
		if w.at != nil && b.order <= w.at.order && (before == nil || b.order > before.order) {
			before = b
		}
	}
	if before != nil {
		return before
	}
	return last
}

// consumes reports whether a call works on results of other operations of the loop.
func (w *flow) consumes(op ast.Expr) bool {
	call, ok := op.(*ast.CallExpr)
	if !ok {
		return false
	}
	at := w.at
	if site := w.sites[op]; site != nil {
		at = site
	}
	for _, e := range append([]ast.Expr{receiver(call)}, call.Args...) {
		for _, other := range w.before(e, at, call.Pos()) {
			if other != op && (w.precedes(other, op, at) || w.asksOnly(call)) && !w.isWait(other) && !isSignal(w.info, other) {
				return true
			}
		}
	}
	return false
}

// asksOnly reports whether a call asks a result something, perhaps that of the round before: for s.Pending() { s = do() }.
func (w *flow) asksOnly(call *ast.CallExpr) bool {
	t := w.info.TypeOf(call)
	return len(call.Args) == 0 && t != nil && syntax.IsBool(t)
}

// precedes reports whether an operation is made before another, in a block, in the same round. What the round before has left
// is an argument like any other.
func (w *flow) precedes(other, op ast.Expr, at *block) bool {
	site := w.sites[other]
	return site == nil || site.order < at.order || site == at && other.End() <= op.End()
}

// before is results for an expression at a position in a block.
func (w *flow) before(e ast.Expr, at *block, pos token.Pos) []ast.Expr {
	s := &search{w: w, seen: map[any]bool{}}
	s.expr(e, at, pos, 1)
	return s.found
}

// receiver returns the x of x.f(), nil for any other call.
func receiver(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// isSignal reports whether an operation receives from a channel that carries no results.
func isSignal(info *types.Info, op ast.Expr) bool {
	u, ok := op.(*ast.UnaryExpr)
	if !ok {
		return false
	}
	t := info.TypeOf(u.X)
	return t == nil || syntax.DeliversTimes(t) || syntax.DeliversNothing(t)
}
