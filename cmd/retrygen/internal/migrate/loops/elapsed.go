package loops

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// elapsed is a test of the time since the retries have begun.
type elapsed struct {
	limit ast.Expr // how long they may take
	over  bool     // what the condition is when the time is over
	from  ast.Expr // the variable that holds the beginning or the end
	plus  ast.Expr // the wait that is to end in time as well; nil if only the time that has passed counts
}

// elapsedIn reads a condition about the time. It returns nil for any other condition. The time is over when
//
//	time.Since(began) > limit
//	time.Since(began)+wait > limit
//	time.Now().After(deadline)
//	time.Now().Add(wait).After(deadline)
//	time.Until(deadline) < wait
func (r *reader) elapsedIn(e ast.Expr) *elapsed {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return r.elapsedCompared(x)
	case *ast.CallExpr:
		sel, ok := x.Fun.(*ast.SelectorExpr)
		if !ok || len(x.Args) != 1 {
			return nil
		}
		switch syntax.FullName(r.Info, x) {
		case "time.Time.After":
			return cmp.Or(r.pastDeadline(sel.X, x.Args[0], true), r.pastDeadline(x.Args[0], sel.X, false))
		case "time.Time.Before":
			return cmp.Or(r.pastDeadline(sel.X, x.Args[0], false), r.pastDeadline(x.Args[0], sel.X, true))
		}
	}
	return nil
}

// elapsedCompared reads a comparison of durations.
func (r *reader) elapsedCompared(b *ast.BinaryExpr) *elapsed {
	x, op, y := b.X, b.Op, b.Y
	if !r.isElapsed(x) {
		x, op, y = y, syntax.Mirrored(op), x
	}
	var over bool
	switch op {
	case token.GTR, token.GEQ:
		over = true
	case token.LSS, token.LEQ:
	default:
		return nil
	}
	if deadline := r.argumentOf(x, "time.Until"); deadline != nil {
		limit := r.addedToNow(r.initialOf(deadline))
		if n, constant := r.integer(y); constant && n == 0 {
			y = nil
		}
		return r.bounded(limit, !over, deadline, y)
	}
	began, plus := r.sinceIn(x)
	if began == nil || !r.isNow(r.initialOf(began)) {
		return nil
	}
	return r.bounded(y, over, began, plus)
}

// isElapsed reports whether an expression computes from the time that has passed, or from the time that is left.
func (r *reader) isElapsed(e ast.Expr) bool {
	began, _ := r.sinceIn(e)
	return began != nil || r.argumentOf(e, "time.Until") != nil
}

// sinceIn reads time.Since(began), perhaps with a wait added to it.
func (r *reader) sinceIn(e ast.Expr) (began, plus ast.Expr) {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.ADD {
		for _, pair := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
			if began, more := r.sinceIn(pair[0]); began != nil && more == nil {
				return began, pair[1]
			}
		}
		return nil, nil
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && syntax.FullName(r.Info, call) == "time.Time.Sub" {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && r.isNow(sel.X) {
			return call.Args[0], nil
		}
	}
	return r.argumentOf(e, "time.Since"), nil
}

// argumentOf returns the argument of a call of a function, nil for any other expression.
func (r *reader) argumentOf(e ast.Expr, name string) ast.Expr {
	call, ok := ast.Unparen(orBlank(e)).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || syntax.FullName(r.Info, call) != name {
		return nil
	}
	return call.Args[0]
}

// pastDeadline reads a comparison of now, or of when a wait ends that begins now, with a deadline.
func (r *reader) pastDeadline(now, deadline ast.Expr, over bool) *elapsed {
	if r.isNow(now) {
		return r.bounded(r.addedToNow(r.initialOf(deadline)), over, deadline, nil)
	}
	if plus := r.addedToNow(now); plus != nil {
		return r.bounded(r.addedToNow(r.initialOf(deadline)), over, deadline, plus)
	}
	return nil
}

func (r *reader) bounded(limit ast.Expr, over bool, from, plus ast.Expr) *elapsed {
	if limit == nil || !r.invariant(limit) {
		return nil
	}
	return &elapsed{limit, over, from, plus}
}

// initialOf returns what a variable is when the loop begins, if the loop does not change it.
func (r *reader) initialOf(e ast.Expr) ast.Expr {
	o := r.object(e)
	if o == nil || r.assigned(r.loop.Body)[o] {
		return nil
	}
	return r.initial(o)
}

// isNow reports whether an expression is time.Now().
func (r *reader) isNow(e ast.Expr) bool {
	call, ok := ast.Unparen(orBlank(e)).(*ast.CallExpr)
	return ok && syntax.FullName(r.Info, call) == "time.Now"
}

// addedToNow returns d for time.Now().Add(d).
func (r *reader) addedToNow(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(orBlank(e)).(*ast.CallExpr)
	if !ok || syntax.FullName(r.Info, call) != "time.Time.Add" {
		return nil
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || !r.isNow(sel.X) {
		return nil
	}
	return call.Args[0]
}

// limitTime writes within= for a test of the time. Before says that the test stands before an attempt.
func (r *reader) limitTime(t *elapsed, before bool) error {
	if r.duration != nil {
		return r.fail(t.limit, "two tests limit the time")
	}
	r.duration = t
	r.option(site.Durations("within", r.Value(t.limit)))
	if _, known := r.Value(t.limit).Int(); !known {
		attempts := "no more than one attempt"
		if before {
			attempts = "no attempt"
		}
		r.site.Differ("where " + r.Source(t.limit) + " is 0 or less, the loop made " + attempts + "; now nothing limits the time")
	}
	if o := r.object(t.from); !r.declaredHere(o) {
		r.site.Differ("the time is counted from the first attempt on; before, " + o.Name() + " was read earlier")
	}
	switch {
	case t.plus != nil:
	case before:
		r.site.Differ("a retry that would begin after " + r.Source(t.limit) + " is not waited for")
	default:
		r.site.Differ("a retry that would begin after " + r.Source(t.limit) + " is not made; before, the time was compared before the wait")
	}
	return nil
}

// checkLimit refuses a test of the time that adds something else to it than the wait that follows.
func (r *reader) checkLimit() error {
	if r.duration == nil || r.duration.plus == nil {
		return nil
	}
	if r.wait == nil || r.wait.delay == nil || r.Source(r.duration.plus) != r.Source(r.wait.delay) {
		return r.fail(r.duration.plus, "whether another attempt follows depends on %s, which is not the wait", r.Source(r.duration.plus))
	}
	for _, s := range r.way.steps {
		if r.duration.plus.Pos() < s.stmt.Pos() && s.stmt.Pos() < r.wait.stmt.Pos() && r.assigned(s.stmt)[r.object(r.duration.plus)] {
			return r.fail(s.stmt, "the wait changes after it has been compared with the time that is left")
		}
	}
	return nil
}

// declaredHere reports whether a variable is set right before the loop, with no call between that may take its time.
func (r *reader) declaredHere(o types.Object) bool {
	for i := r.at - 1; i >= 0; i-- {
		if _, found := r.assignment(r.list[i], o); found {
			return true
		}
		if syntax.HasCall(r.list[i]) {
			return false
		}
	}
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	return ok && f.Init != nil && r.assigned(f.Init)[o]
}
