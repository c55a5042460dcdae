package loop

import (
	"go/ast"
	"maps"
	"regexp"
)

// preparing matches the names of functions that make ready for another attempt.
var preparing = regexp.MustCompile(`(?i)connect|dial|acquire|refresh|renew|re_?open|re_?init|rewind|seek|log_?in|authenticate|token`)

// prepares reports whether all that may fail in a block, behind one of its nodes, makes ready for another attempt: it connects again, or
// refreshes what the attempts use. Where it fails, the loop goes on, or ends with a failure.
func (l *Loop) prepares(b *block, index int) bool {
	if !l.JudgesErrors() {
		return false
	}
	for _, call := range l.operations(b, index) {
		if !preparing.MatchString(called(call)) {
			return false
		}
	}
	s, limits := &finder{flow: l.flow, loop: l}, l.limits()
	for from := range l.leadingFrom(b) {
		for way, to := range from.succs {
			if t := limits[from]; !l.flow.has[to] && (t == nil || t.reached != way) && !s.fails(to) {
				return false
			}
		}
	}
	return true
}

// leadingFrom returns a block and those that are reached from it in the same round.
func (l *Loop) leadingFrom(b *block) map[*block]bool {
	region := l.region(b)
	region[b] = true
	return region
}

// attempts returns the operations of the loop but for those that only make ready for others: conn.ping() is one, and connect() is not in
//
//	conn, err = connect()
func (l *Loop) attempts() tries {
	set := l.tries()
	prepares := func(op ast.Node) bool {
		call, ok := op.(*ast.CallExpr)
		return ok && preparing.MatchString(called(call))
	}
	for op := range set {
		if !prepares(op) {
			maps.DeleteFunc(set, func(op ast.Node, _ bool) bool { return prepares(op) })
			break
		}
	}
	return set
}
