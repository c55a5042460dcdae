package loop

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// tellsTime reports whether an expression is computed from the time that it is in the loop.
func (l *Loop) tellsTime(e ast.Expr) bool {
	found := false
	l.inspectTimes(e, func(call *ast.CallExpr, v variable) {
		found = found || call != nil && l.isClock(call) || call == nil && l.timed()[v]
	})
	return found
}

// timed returns the variables that the loop computes from the time that it is.
func (l *Loop) timed() map[variable]bool {
	if l.times != nil {
		return l.times
	}
	l.times = map[variable]bool{}
	users := map[variable][]variable{} // what is computed from a variable
	var work []variable
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.value == nil || a.moves {
				continue
			}
			l.inspectTimes(a.value, func(call *ast.CallExpr, used variable) {
				switch {
				case call == nil:
					users[used] = append(users[used], v)
				case l.isClock(call):
					work = append(work, v)
				}
			})
		}
	}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		if !l.times[v] {
			l.times[v] = true
			work = append(work, users[v]...)
		}
	}
	return l.times
}

// inspectTimes visits the calls of an expression, and its variables that may stand for a time.
func (l *Loop) inspectTimes(e ast.Expr, visit func(*ast.CallExpr, variable)) {
	ast.Inspect(orNil(e), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			visit(n, variable{})
		case *ast.Ident:
			if v, ok := variableOf(l.flow.info, n); ok && isTime(v.object.Type()) {
				visit(nil, v)
			}
		}
		return true
	})
}

// isClock reports whether a call tells the time, or how long ago something was.
func (l *Loop) isClock(call *ast.CallExpr) bool {
	return clockName.MatchString(called(call)) && isTime(l.flow.info.TypeOf(call))
}

// isTime reports whether a type is a time or a duration, or a number that may stand for one.
func isTime(t types.Type) bool {
	if t == nil {
		return false
	}
	if basic, ok := t.Underlying().(*types.Basic); ok {
		return basic.Info()&types.IsNumeric != 0
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Time"
}

func isDuration(t types.Type) bool { return syntax.IsNamed(t, "time", "Duration") }

// inCountdown returns the waits of a loop that does nothing but wait until a time has come, as in
//
//	for time.Until(end) > 0 {
//		log.Printf("%v left", time.Until(end))
//		time.Sleep(time.Second)
//	}
//
// It returns none of one that may end for another reason, or calls something that may fail.
func (s *waiter) inCountdown(stmt *ast.ForStmt) []*Wait {
	if !asksClock(s.info, stmt.Cond) {
		return nil
	}
	waits, asks := s.inBody(stmt.Body)
	ast.Inspect(stmt.Cond, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		asks = asks || ok && !computes(s.info, call)
		return !asks
	})
	syntax.InspectOwn(stmt.Body, func(n ast.Node) {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.ForStmt, *ast.RangeStmt:
			asks = true
		}
	})
	if asks {
		return nil
	}
	return waits
}
