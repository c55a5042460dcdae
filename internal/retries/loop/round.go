package loop

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// newLimit returns the limit that a test of a counter is.
func (l *Loop) newLimit(b *block, reached int) *limit {
	t := &limit{test: b, reached: reached}
	if b.branch.ranges != nil {
		t.ofRange(l, b.branch.ranges)
		return t
	}
	e, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	if !ok {
		return t
	}
	x, y, op, ok := l.sides(e, nil)
	if !ok {
		return t
	}
	t.moved = x.of
	list := l.flow.set[x.of]
	if len(list) != 1 || !list[0].step || !l.byOne(list[0]) || !l.unchanged(y) {
		return t
	}
	if reached == 1 {
		op = syntax.Opposite(op)
	}
	if last, ok := reachedFirst(op, list[0].up); ok {
		t.counter, t.step = x.of, list[0]
		t.last = y
		t.last.off += last - x.off
	}
	return t
}

// ofRange reads the limit of a range statement with a key.
func (t *limit) ofRange(l *Loop, r *ast.RangeStmt) {
	key, ok := r.Key.(*ast.Ident)
	if !ok || key.Name == "_" {
		return
	}
	v, ok := variableOf(l.flow.info, key)
	if !ok || len(l.flow.set[v]) > 0 {
		return
	}
	of, ok := boundIn(l.flow.info, r.X)
	if !ok || !l.unchanged(of) {
		return
	}
	if !isInteger(l.flow.info.TypeOf(r.X)) {
		of.len = true
	}
	if of = l.origin(of); !l.unchanged(of) {
		return
	}
	t.counter, t.last = v, of
}

// origin returns what a bound is computed from where its variable is set once, before the loop: limit := retries + 1.
func (l *Loop) origin(b bound) bound {
	for range deepest {
		value := l.onlyValue(b.of)
		if value == nil || b.len {
			break
		}
		from, ok := boundIn(l.flow.info, value)
		if !ok {
			break
		}
		from.off += b.off
		b = from
	}
	return b
}

// onlyValue returns what a variable of the function is set to where that is done once, before the loop, nil otherwise.
func (l *Loop) onlyValue(v variable) ast.Expr {
	if v.object == nil || v.fields != "" || !l.own(v.object) {
		return nil
	}
	blocks := l.flow.setters(v.object)
	if len(blocks) != 1 || l.flow.has[blocks[0]] {
		return nil
	}
	var only *assignment
	for _, a := range l.flow.assignmentsOf(blocks[0]) {
		if a.to.object != v.object {
			continue
		}
		if only != nil || a.to != v || a.index >= 0 || a.moves || a.state {
			return nil
		}
		only = a
	}
	if only == nil {
		return nil
	}
	return only.value
}

// unchanged reports whether the loop assigns nothing to the variable of a bound.
func (l *Loop) unchanged(b bound) bool { return b.of.object == nil || len(l.flow.set[b.of]) == 0 }

// byOne reports whether a step is one of one.
func (l *Loop) byOne(a *assignment) bool {
	if a.value == nil {
		return true
	}
	value := a.value
	if sum, ok := ast.Unparen(value).(*ast.BinaryExpr); ok && l.flow.info.Types[value].Value == nil {
		value = sum.Y
	}
	tv := l.flow.info.Types[value].Value
	return tv != nil && tv.ExactString() == "1"
}

// sides reads the comparison of a counter with a limit, the counter first. Any variable that the loop counts is one if of is nil.
func (l *Loop) sides(e *ast.BinaryExpr, of *limit) (counter, limit bound, op token.Token, ok bool) {
	x, isX := boundIn(l.flow.info, e.X)
	y, isY := boundIn(l.flow.info, e.Y)
	if !isX || !isY {
		return x, y, e.Op, false
	}
	x, y = l.origin(x), l.origin(y)
	counts := func(b bound) bool {
		if of != nil {
			return b.of == of.counter && !b.len
		}
		return !b.len && len(l.flow.set[b.of]) > 0
	}
	switch {
	case counts(x):
		return x, y, e.Op, true
	case counts(y):
		return y, x, syntax.Mirrored(e.Op), true
	}
	return x, y, e.Op, false
}

// reachedFirst returns how far above a limit a counter is when a comparison with it holds for the first time.
func reachedFirst(op token.Token, up bool) (int, bool) {
	switch {
	case op == token.EQL, op == token.GEQ && up, op == token.LEQ && !up:
		return 0, true
	case op == token.GTR && up:
		return 1, true
	case op == token.LSS && !up:
		return -1, true
	}
	return 0, false
}

// outcome returns which way a test takes in the last round, the one that the limit ends, -1 if that is not known.
func (t *limit) outcome(l *Loop, b *block) int {
	if t.counter.object == nil || b.branch == nil || b.branch.cond == nil {
		return -1
	}
	e, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	if !ok {
		return -1
	}
	x, y, op, ok := l.sides(e, t)
	if !ok || y.of != t.last.of || y.len != t.last.len {
		return -1
	}
	return wayOf(holds(op, t.last.off-t.stepsAfter(l, b)+x.off, y.off))
}

// moves reports whether a way through a wait moves on what the limit is about: one of several blocks does, or one behind the wait.
func (t *limit) moves(l *Loop, near map[*block]bool, wait *block) bool {
	if t.moved.object == nil {
		return true
	}
	behind := l.region(wait)
	return slices.ContainsFunc(l.flow.set[t.moved], func(a *assignment) bool {
		return a.block.loop == l.flow.natural && (near[a.block] || behind[a.block]) // what a loop inside counts are no rounds
	})
}

// stepsAfter returns by how much the counter still moves up behind a block until the test is made.
func (t *limit) stepsAfter(l *Loop, b *block) int {
	switch {
	case t.step == nil:
		return 1
	case t.step.block == b || t.step.block.dominates(b) || !l.region(b)[t.step.block]:
		return 0
	case l.region(b)[t.test] && !l.region(t.step.block)[t.test]:
		return 0 // the test is made before
	case t.step.up:
		return 1
	}
	return -1
}

// holds compares two numbers.
func holds(op token.Token, x, y int) bool {
	switch op {
	case token.LSS:
		return x < y
	case token.LEQ:
		return x <= y
	case token.GTR:
		return x > y
	case token.GEQ:
		return x >= y
	case token.EQL:
		return x == y
	}
	return x != y
}
