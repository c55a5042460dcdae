package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// AtOnce reports whether a failure may lead to another attempt with nothing in between: no wait, and nothing that could help, such
// as a new connection or another address. What has lost a race, or has been interrupted, does well to try again at once.
func (l *Loop) AtOnce() bool {
	if l.races() || l.movesOn() {
		return false
	}
	for _, j := range l.Judges {
		if j.Kind == ContextEnd || j.Kind == Truth || l.local(j) || !l.mayFail(j) || l.waitsBefore(j.block) {
			continue
		}
		switch {
		case j.fail >= 0:
			if !l.round(j.failure()).same(l.round(j.success())) && l.comesBack(j.failure()) {
				return true
			}
		case len(l.Waits) > 0 && !l.GoesOn:
			one, other := j.block.succs[0], j.block.succs[1]
			if l.comesBack(one) && l.mayWaitAfter(other) || l.comesBack(other) && l.mayWaitAfter(one) {
				return true
			}
		}
	}
	return false
}

// racing matches the names of errors and answers after which trying again at once is right.
var racing = regexp.MustCompile(
	`(?i)eintr|interrupt|conflict|stale|race|changed|moved|try_?again|eagain|mismatch|deadlock|serializ|txn|swapped`)

// choosing matches the names of functions that choose what the next attempt works on: another node, another name.
var choosing = regexp.MustCompile(`(?i)next|pick|select|choose|random|rotate|alternat|generate|unique|(?-i:^New)`)

// movesOn reports whether each attempt works on something else, which the loop has chosen before: a failure of one says little about
// the next.
func (l *Loop) movesOn() bool {
	for _, j := range l.Judges {
		if j.Cond == nil {
			continue
		}
		l.flow.at = j.block
		for _, op := range l.flow.results(j.Cond, j.block) {
			call, ok := op.(*ast.CallExpr)
			if !ok {
				continue
			}
			for _, e := range append([]ast.Expr{receiver(call)}, call.Args...) {
				if v, ok := variableOf(l.flow.info, orNil(e)); ok && l.chosen(v, call.Pos()) {
					return true
				}
			}
		}
	}
	return false
}

// chosen reports whether a variable is what a function has chosen earlier in the same round.
func (l *Loop) chosen(v variable, before token.Pos) bool {
	return slices.ContainsFunc(l.flow.set[v], func(a *assignment) bool {
		call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr)
		return ok && a.pos < before && choosing.MatchString(called(call)) && !syntax.IsContext(v.object.Type()) &&
			!syntax.IsNamed(v.object.Type(), "net/http", "*Request")
	})
}

// saysRace matches what is logged of an attempt that has lost a race.
var saysRace = regexp.MustCompile(`(?i)conflict|\brace`)

// races reports whether the loop asks whether an attempt has lost a race, or logs that.
func (l *Loop) races() bool {
	for _, b := range l.flow.blocks {
		if b.branch != nil && b.branch.cond != nil && racing.MatchString(syntax.Identifiers(b.branch.cond)) {
			return true
		}
		for _, n := range b.nodes {
			if mentionsText(n, saysRace) {
				return true
			}
		}
	}
	return false
}

// mentionsText reports whether a node has a text that a pattern matches.
func mentionsText(root ast.Node, pattern *regexp.Regexp) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		found = found || ok && lit.Kind == token.STRING && pattern.MatchString(lit.Value)
		return !found
	})
	return found
}

// mayFail reports whether an operation that is judged returns an error.
func (l *Loop) mayFail(j *Judge) bool {
	for _, op := range j.Operations {
		if call, ok := op.(*ast.CallExpr); ok && syntax.ReturnsError(l.flow.info, call) {
			return true
		}
	}
	return false
}

// waitsBefore reports whether the loop may wait on a way from its head to a block.
func (l *Loop) waitsBefore(to *block) bool {
	return visit([]*block{to}, func(b *block) ([]*block, bool) {
		switch {
		case !l.flow.has[b]:
			return nil, false
		case b == l.flow.head:
			return nil, l.mayWaitAt(b)
		}
		return b.preds, l.mayWaitAt(b)
	})
}

// mayWaitAt reports whether a block may wait: for a time, for another goroutine, or in what is named like a wait.
func (l *Loop) mayWaitAt(b *block) bool {
	for _, n := range b.nodes {
		if l.mayWaitIn(n) || len(l.flow.in(n)) > 0 || receives(n) && !l.onlyLooks(n) || l.pausesIn(n) {
			return true
		}
	}
	if b.branch != nil && b.branch.cond != nil && l.pausesIn(b.branch.cond) {
		return true
	}
	return b.branch != nil && (isComm(b.branch.clause) && !l.onlyLooks(b.branch.clause) || l.waitsInCondition(b) || l.rangesChannel(b))
}

// pausesIn reports whether a node calls a function of this package that waits besides what it does: canRetry(ctx, err).
func (l *Loop) pausesIn(root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn := syntax.Callee(l.flow.info, call)
			found = found || fn != nil && l.flow.pauses(fn.Origin())
		}
		return !found
	})
	return found
}

// pauses reports whether a function of this package waits, whatever it does besides, in none of its loops.
func (m *Model) pauses(fn *types.Func) bool {
	known, ok := m.pausing[fn]
	if decl := m.bodies[fn]; !ok && decl != nil {
		known = len(m.Waits(decl)) > 0 || judgesErrors(fn.Signature()) && receives(decl.Body)
		m.pausing[fn] = known
	}
	return known
}

// rangesChannel reports whether a block takes the next value of a channel: for range ticker.C.
func (l *Loop) rangesChannel(b *block) bool {
	if b.branch.ranges == nil {
		return false
	}
	t := l.flow.info.TypeOf(b.branch.ranges.X)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// onlyLooks reports whether a node belongs to a select with a default, which does not wait.
func (l *Loop) onlyLooks(n ast.Node) bool {
	parent, ok := l.flow.graph.parent[n].(*ast.SelectStmt)
	return ok && syntax.HasDefault(parent)
}

func isComm(clause ast.Stmt) bool {
	_, ok := clause.(*ast.CommClause)
	return ok
}

// receives reports whether a node waits for a channel.
func receives(root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// mayWaitAfter reports whether the loop may wait on a way from a block to the next round.
func (l *Loop) mayWaitAfter(from *block) bool {
	return visit([]*block{from}, func(b *block) ([]*block, bool) {
		if b == l.flow.head || !l.flow.has[b] {
			return nil, false
		}
		return b.succs, l.mayWaitAt(b)
	})
}

// comesBack reports whether a way leads from a block to the next round on which the loop does nothing but judge results and count.
// A branch about something else that may wait is taken to know what it does.
func (l *Loop) comesBack(from *block) bool {
	return visit([]*block{from}, func(b *block) ([]*block, bool) {
		switch {
		case b == l.flow.head:
			return nil, true
		case !l.flow.has[b] || l.exits(b) || l.mayWaitAt(b) || l.works(b) || l.turnsTo(b):
			return nil, false
		case len(b.succs) > 1 && l.flow.judge(b) == nil && l.mayWaitAfter(b):
			return nil, false
		}
		return b.succs, false
	})
}

// turnsTo reports whether a block sets what the next attempt works on: another page, another hour.
func (l *Loop) turnsTo(b *block) bool {
	for _, a := range l.flow.assignmentsOf(b) {
		if a.state || a.step || a.to.object == l.Bound.Counter {
			continue
		}
		for _, j := range l.Judges {
			for _, op := range j.Operations {
				call, ok := op.(*ast.CallExpr)
				if ok && slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return syntax.Mentions(l.flow.info, arg, a.to.object) }) {
					return true
				}
			}
		}
	}
	return false
}

// reports matches the names of functions that tell somebody, or that only compute a text.
var reports = regexp.MustCompile(
	`(?i)log|print|debug|info|warn|error|trace|metric|observe|inc$|add$|record|append|format|string|fmt|sprint|count`)

// works reports whether a block does something between two attempts besides to report and to count.
func (l *Loop) works(b *block) bool {
	found := false
	for _, n := range b.nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				fun := l.flow.info.Types[n.Fun]
				found = found || !fun.IsType() && !fun.IsBuiltin() && !reports.MatchString(syntax.Identifiers(n.Fun)) && !l.isOperation(n)
			}
			return !found
		})
	}
	return found
}

// isOperation reports whether a call is what the loop tries.
func (l *Loop) isOperation(call *ast.CallExpr) bool {
	return l.Operation == call || slices.ContainsFunc(l.Judges, func(j *Judge) bool { return slices.Contains(j.Operations, ast.Expr(call)) })
}
