package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// held is what a variable holds after the last attempt has failed.
type held struct {
	isNil bool
	value constant.Value // nil where it is none
}

// zeroOf returns what a variable holds that nothing has been assigned to.
func zeroOf(t types.Type) (held, bool) {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			return held{value: constant.MakeBool(false)}, true
		case t.Info()&types.IsInteger != 0:
			return held{value: constant.MakeInt64(0)}, true
		case t.Info()&types.IsString != 0:
			return held{value: constant.MakeString("")}, true
		}
	case *types.Pointer, *types.Interface, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		return held{isNil: true}, true
	}
	return held{}, false
}

// heldOf returns what an expression is, if it is nil or a constant.
func (l *Loop) heldOf(e ast.Expr) (held, bool) {
	if e == nil {
		return held{}, false
	}
	tv := l.flow.info.Types[e]
	return held{isNil: tv.IsNil(), value: tv.Value}, tv.IsNil() || tv.Value != nil
}

// holds returns what a variable of the function holds after the last attempt has failed: what it has been before the loop, unless
// a failure assigns something else.
func (l *Loop) holds(v variable) (held, bool) {
	if v.fields != "" || v.object == nil || !l.own(v.object) {
		return held{}, false
	}
	before, ok := l.before(v)
	if !ok {
		return held{}, false
	}
	for _, a := range l.flow.set[v] {
		if again, ok := l.heldOf(a.value); (!ok || again != before) && !l.succeeding(a.block) {
			return held{}, false
		}
	}
	return before, true
}

// own reports whether a variable is declared in the function.
func (l *Loop) own(object types.Object) bool {
	return l.Function.Pos() <= object.Pos() && object.Pos() < l.Function.End()
}

// succeeding reports whether a block of the loop runs after a success alone.
func (l *Loop) succeeding(b *block) bool {
	found := false
	for _, j := range l.Judges {
		if l.region(j.failure())[b] {
			return false
		}
		found = found || l.region(j.success())[b]
	}
	return found
}

// before returns what a variable holds when the loop begins: what has been assigned to it last, on every way.
func (l *Loop) before(v variable) (held, bool) {
	var from *block
	for _, b := range l.flow.setters(v.object) {
		if b != l.flow.head && b.dominates(l.flow.head) && (from == nil || b.order > from.order) {
			if _, sets := l.lastIn(b, v); sets {
				from = b
			}
		}
	}
	if from == nil {
		return held{}, false
	}
	last, _ := l.lastIn(from, v)
	return last.held, last.known && l.onlyFrom(from, v)
}

// assignedHeld is what a block assigns last to a variable.
type assignedHeld struct {
	held
	known bool
}

// lastIn returns what a block assigns to a variable, and reports whether it does.
func (l *Loop) lastIn(b *block, v variable) (last assignedHeld, found bool) {
	at := token.NoPos
	for _, n := range b.nodes {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) > 0 {
			continue
		}
		for _, id := range spec.Names {
			if l.flow.info.Defs[id] == v.object {
				zero, known := zeroOf(v.object.Type())
				last, found, at = assignedHeld{zero, known}, true, id.Pos()
			}
		}
	}
	for _, a := range l.flow.assignmentsOf(b) {
		if a.to.object == v.object && a.pos >= at && !(a.state && a.to == v) {
			value, known := l.heldOf(a.value)
			last, found, at = assignedHeld{value, known && a.to == v && !a.step}, true, a.pos
		}
	}
	return last, found
}

// onlyFrom reports whether what a block assigns to a variable is what the loop begins with: no other block assigns to it on the
// way, or in a loop around both.
func (l *Loop) onlyFrom(from *block, v variable) bool {
	for _, b := range l.flow.setters(v.object) {
		if b == from || l.flow.has[b] {
			continue
		}
		if _, sets := l.lastIn(b, v); sets && (from.order < b.order && b.order < l.flow.head.order || l.around(b, from)) {
			return false
		}
	}
	return true
}

// around reports whether a loop around this one holds a block, and does not hold another.
func (l *Loop) around(b, other *block) bool {
	for outer := l.flow.natural.outer; outer != nil; outer = outer.outer {
		if outer.has[b] && !outer.has[other] {
			return true
		}
	}
	return false
}

// setAfter reports whether anything behind the loop assigns to a variable.
func (w *walk) setAfter(v variable) bool {
	if w.after == nil {
		w.after = map[*block]bool{}
		work := []*block{w.from}
		for len(work) > 0 && len(w.after) < 4*farthest {
			b := work[len(work)-1]
			work = work[:len(work)-1]
			if !w.after[b] && !w.flow.has[b] && b.order > w.flow.head.order {
				w.after[b] = true
				work = append(work, b.succs...)
			}
		}
	}
	all := len(w.after) < 4*farthest // otherwise what comes later in the source counts
	for _, b := range w.flow.setters(v.object) {
		if !w.after[b] && (all || w.flow.has[b] || b.order < w.flow.head.order) {
			continue
		}
		if _, sets := w.lastIn(b, v); sets {
			return true
		}
	}
	return false
}

// outcome returns which way a condition behind the loop takes after the last attempt has failed, -1 if that is not known.
func (w *walk) outcome(cond ast.Expr) int {
	if e, ok := cond.(*ast.BinaryExpr); ok {
		if way := w.numberReached(e); way >= 0 {
			return way
		}
	}
	if v, ok := variableOf(w.flow.info, cond); ok {
		if h, known := w.holds(v); known && !w.setAfter(v) && h.value != nil && h.value.Kind() == constant.Bool {
			return wayOf(constant.BoolVal(h.value))
		}
		return -1
	}
	e, ok := cond.(*ast.BinaryExpr)
	if !ok || e.Op != token.EQL && e.Op != token.NEQ {
		return -1
	}
	v, isVariable := variableOf(w.flow.info, e.X)
	with, known := w.heldOf(e.Y)
	if !isVariable || !known {
		return -1
	}
	h, known := w.holds(v)
	switch {
	case !known, w.setAfter(v):
		return -1
	case h.isNil || with.isNil:
		return wayOf((h.isNil == with.isNil) == (e.Op == token.EQL))
	}
	return wayOf(constant.Compare(h.value, e.Op, with.value))
}

func wayOf(truth bool) int {
	if truth {
		return 0
	}
	return 1
}

// numberReached returns which way of a comparison means that the number of attempts has reached the limit of the loop, -1 if it
// compares anything else.
func (w *walk) numberReached(e *ast.BinaryExpr) int {
	b := w.Bound
	if b.Counter == nil || b.Limit == nil {
		return -1
	}
	x, y, op := e.X, e.Y, e.Op
	if v, ok := variableOf(w.flow.info, x); !ok || v != (variable{object: b.Counter}) {
		x, y, op = y, x, syntax.Mirrored(op)
	}
	v, ok := variableOf(w.flow.info, x)
	limit, isBound := boundIn(w.flow.info, b.Limit)
	other, isOther := boundIn(w.flow.info, y)
	if !ok || v != (variable{object: b.Counter}) || !isBound || !isOther || limit != other {
		return -1
	}
	return reachedBy(op, b.Down)
}
