package loop

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// takesResult reports whether the first thing that a function does where a limit ends the loop is to work on what the last attempt has
// returned, so that nothing comes of a wait before:
//
//	for range 10 {
//		if conn, err = Dial(url); err == nil {
//			break
//		}
//		time.Sleep(time.Second)
//	}
//	channel, err := conn.Channel()
func (l *Loop) takesResult(t *limit) bool {
	if !l.JudgesErrors() {
		return false
	}
	b := t.test.succs[t.reached]
	w := l.walkFrom(b)
	for range farthest {
		if l.flow.has[b] {
			return false
		}
		for _, n := range b.nodes {
			if w.triesAgain(n) {
				return false
			}
			if w.worksIn(n) {
				return w.consumes(n) && w.usesResult(n)
			}
		}
		if len(b.succs) != 1 {
			return false
		}
		b = b.succs[0]
	}
	return false
}

// usesResult reports whether a node uses something other than an error that an attempt has returned.
func (w *walk) usesResult(n ast.Node) bool {
	found := false
	inspectVariables(w.flow.info, n, func(v variable) { found = found || w.holdsResult(v) })
	return found
}

// HoldsResult reports whether the loop sets a variable to something other than an error that an attempt returns along with one.
func (l *Loop) HoldsResult(v *types.Var) bool { return l.holdsResult(variable{object: v}) }

func (l *Loop) holdsResult(v variable) bool {
	tries := l.tries()
	return !isErrorType(l.flow.info, v) && slices.ContainsFunc(l.flow.set[v], func(a *assignment) bool {
		call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr)
		return ok && tries[call] && syntax.ReturnsError(l.flow.info, call)
	})
}
