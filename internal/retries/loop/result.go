package loop

import (
	"go/ast"
	"slices"
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
	w := &walk{Loop: l, tries: l.tries(), callees: l.callees()}
	b := t.test.succs[t.reached]
	for n := 0; n < farthest && !l.flow.has[b]; n++ {
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
	inspectVariables(w.flow.info, n, func(v variable) {
		found = found || !isErrorType(w.flow.info, v) && slices.ContainsFunc(w.flow.set[v], func(a *assignment) bool {
			return a.value != nil && w.tries[a.value]
		})
	})
	return found
}
