package loops

import (
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
}

// elapsedIn reads a condition about the time: time.Since(began) > limit, time.Now().After(deadline). It returns nil for any
// other condition.
func (r *reader) elapsedIn(e ast.Expr) *elapsed {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		call, ok := ast.Unparen(x.X).(*ast.CallExpr)
		if !ok || syntax.FullName(r.Info, call) != "time.Since" || !r.isNow(r.initialOf(call.Args[0])) || !r.invariant(x.Y) {
			return nil
		}
		switch x.Op {
		case token.GTR, token.GEQ:
			return &elapsed{x.Y, true, call.Args[0]}
		case token.LSS, token.LEQ:
			return &elapsed{x.Y, false, call.Args[0]}
		}
	case *ast.CallExpr:
		sel, ok := x.Fun.(*ast.SelectorExpr)
		if !ok || len(x.Args) != 1 || !r.isNow(sel.X) {
			return nil
		}
		limit := r.addedToNow(r.initialOf(x.Args[0]))
		switch syntax.FullName(r.Info, x) {
		case "time.Time.After":
			return r.bounded(limit, true, x.Args[0])
		case "time.Time.Before":
			return r.bounded(limit, false, x.Args[0])
		}
	}
	return nil
}

func (r *reader) bounded(limit ast.Expr, over bool, from ast.Expr) *elapsed {
	if limit == nil || !r.invariant(limit) {
		return nil
	}
	return &elapsed{limit, over, from}
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
		did := "gave up where it first looked at the clock"
		if before {
			did = "made no attempt"
		}
		r.site.Differ("where " + r.Source(t.limit) + " is 0 or less, the loop " + did + "; now nothing limits the time")
	}
	if o := r.object(t.from); !r.declaredHere(o) {
		r.site.Differ("the time is counted from the first attempt on; before, " + o.Name() + " was read earlier")
	}
	if before {
		r.site.Differ("a retry that would begin after " + r.Source(t.limit) + " is not waited for")
	} else {
		r.site.Differ("a retry that would begin after " + r.Source(t.limit) + " is not made; before, the time was compared before the wait")
	}
	return nil
}

// declaredHere reports whether a variable is set right before the loop, with no call between that may take its time.
func (r *reader) declaredHere(o types.Object) bool {
	for i := r.at - 1; i >= 0; i-- {
		if _, found := r.assignment(r.list[i], o); found {
			return true
		}
		if hasCall(r.list[i]) {
			return false
		}
	}
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	return ok && f.Init != nil && r.assigned(f.Init)[o]
}
