package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// WaitsAfterLast reports whether a wait may follow the last attempt: it leads from a failure to a limit that ends the loop, with
// nothing looked at or done in between, and the function gives up all the same.
func (l *Loop) WaitsAfterLast(w *Wait) bool {
	if l.knowsNumber() || l.listens(w) || l.knowsLimit(w) {
		return false
	}
	for _, t := range l.limitsAfter(w) {
		if l.givesUpAt(t) && l.reachesUnguarded(w, t) {
			return true
		}
	}
	return false
}

// stopName matches the names of channels that end a wait without bringing anything.
var stopName = regexp.MustCompile(`(?i)done|stop|quit|clos|shut|cancel|exit|kill|term|abort|ctx|sig|interrupt`)

// awaiting matches the names of functions that report whether what they wait for has come.
var awaiting = regexp.MustCompile(`(?i)^(a?wait)`)

// pauses matches the names of functions that wait for nothing but the time of another attempt, such as waitForRetry.
var pauses = regexp.MustCompile(`(?i)retry|backoff|delay|interval|attempt|timer|sleep|pause`)

// listens reports whether a wait ends as soon as something comes that the loop is for, such as an answer: it looks all the time.
func (l *Loop) listens(w *Wait) bool {
	if call, ok := w.Node.(*ast.CallExpr); ok && w.Helper != nil && !w.Sleeps && !waitsForBackoff(w.Helper) {
		t := l.flow.info.TypeOf(call)
		name := w.Helper.Name()
		return awaiting.MatchString(name) && !pauses.MatchString(name) && syntax.IsBool(t) &&
			syntax.ContextArg(l.flow.info, call) == nil
	}
	if _, ok := w.Stmt.(*ast.SelectStmt); !ok {
		return false
	}
	return hears(l.flow.info, w)
}

// hears reports whether one of the channels that end a wait brings something.
func hears(info *types.Info, w *Wait) bool {
	return slices.ContainsFunc(w.Until, func(e ast.Expr) bool {
		if e == nil {
			return false
		}
		t := info.TypeOf(e)
		return t != nil && !syntax.DeliversTimes(t) && !syntax.IsContext(t) && (!stopName.MatchString(syntax.Identifiers(e)) || brings(t))
	})
}

// brings reports whether a type is a channel of structs with fields: results, whatever the channel is called.
func brings(t types.Type) bool {
	element := syntax.Element(t)
	if element == nil {
		return false
	}
	s, ok := element.Underlying().(*types.Struct)
	return ok && s.NumFields() > 0
}

// knowsLimit reports whether the function that waits is passed the number of the attempt and decides by it.
func (l *Loop) knowsLimit(w *Wait) bool {
	call, ok := w.Node.(*ast.CallExpr)
	if !ok || w.Helper == nil {
		return false
	}
	counted := l.flow.summary(w.Helper).Counted
	derived := l.derived()
	for i, arg := range call.Args {
		if counted&(1<<i) != 0 && l.mentions(arg, derived) {
			return true
		}
	}
	return false
}

// givesUpAt reports whether the function gives up where a limit ends the loop: on a way that says so by what the loop has seen, or on
// all ways.
func (l *Loop) givesUpAt(t *limit) bool {
	ends := l.endings(t.test.succs[t.reached])
	for _, e := range ends {
		if e.says {
			return true
		}
	}
	if l.GoesOn && !l.countsInARow(t) {
		return false // it may be at its end
	}
	for _, e := range ends {
		if !e.givesUp {
			return l.takesResult(t)
		}
	}
	return len(ends) > 0
}

// UsedUp returns the ends of [Loop.Exhausted] that a failure leads to without another test of the number of attempts before.
func (l *Loop) UsedUp() []Ending {
	if l.knowsNumber() {
		return nil
	}
	var list []Ending
	for _, b := range l.flow.blocks {
		if reached, ok := l.bounds[b]; ok && l.failsTo(b) {
			list = append(list, l.endings(b.succs[reached])...)
		}
	}
	return list
}

// knowsNumber reports whether the attempts themselves decide about another one, and know their number: again, err := try(i).
func (l *Loop) knowsNumber() bool {
	if l.Bound.Counter == nil {
		return false
	}
	counter := map[variable]bool{{object: l.Bound.Counter}: true}
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			call, ok := op.(*ast.CallExpr)
			if !ok || j.Kind != Predicate || isDuration(l.flow.info.TypeOf(call)) {
				continue
			}
			for _, arg := range call.Args {
				if l.mentions(arg, counter) {
					return true
				}
			}
		}
	}
	return false
}

// derived returns the variables that count, and those that are computed from them.
func (l *Loop) derived() map[variable]bool {
	set := map[variable]bool{}
	if l.Bound.Counter != nil {
		set[variable{object: l.Bound.Counter}] = true
	}
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.step {
				set[v] = true
			}
		}
	}
	if r, ok := l.Stmt.(*ast.RangeStmt); ok && r.Value != nil && isDuration(l.flow.info.TypeOf(r.Value)) {
		if v, ok := variableOf(l.flow.info, r.Value); ok {
			set[v] = true // the last of the delays may be none
		}
	}
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.value != nil && syntax.IsBool(v.object.Type()) && v.fields == "" && l.mentions(a.value, set) {
				set[v] = true
			}
		}
	}
	return set
}

func (l *Loop) mentions(e ast.Expr, set map[variable]bool) bool {
	found := false
	inspectVariables(l.flow.info, e, func(v variable) { found = found || set[v] })
	return found
}

// leadsTo reports whether a block is reached from another in the same round.
func (l *Loop) leadsTo(from, to *block) bool {
	if !l.flow.has[from] || from == l.flow.head {
		return false
	}
	return from == to || l.region(from)[to]
}

func (l *Loop) region(from *block) map[*block]bool { return (&finder{flow: l.flow}).region(from) }

// limitsAfter returns the limits that may end the loop behind a wait, without another attempt or anything else that may fail.
func (l *Loop) limitsAfter(w *Wait) []*limit {
	if l.attempts().after(w.block, w.index) || l.operates(w.block, w.index) && !l.prepares(w.block, w.index) {
		return nil
	}
	return l.limitsFrom([]*block{w.block}, w.block)
}

// limitsFrom returns the limits that may end the loop on ways from some blocks, without another attempt or anything else that may
// fail. What the block of a wait does is not asked.
func (l *Loop) limitsFrom(from []*block, wait *block) []*limit {
	limits, tries := l.limits(), l.attempts()
	var list []*limit
	visit(from, func(b *block) ([]*block, bool) {
		if !l.flow.has[b] || b != wait && (tries.after(b, -1) || l.polls(b) || l.operates(b, -1) && !l.prepares(b, -1)) {
			return nil, false
		}
		t := limits[b]
		if t == nil {
			return b.succs, false
		}
		list = append(list, t)
		return []*block{b.succs[1-t.reached]}, false
	})
	return list
}

// operates reports whether a block calls something that may fail behind one of its nodes.
func (l *Loop) operates(b *block, index int) bool { return len(l.operations(b, index)) > 0 }

// operations returns the calls in a block that may fail, behind one of its nodes.
func (l *Loop) operations(b *block, index int) (list []*ast.CallExpr) {
	s := &finder{flow: l.flow, loop: l}
	for i, n := range b.nodes {
		if i <= index {
			continue
		}
		for _, call := range s.called(n) {
			if !s.isWait(call) && syntax.ReturnsError(s.info, call) && !harmless.MatchString(called(call)) {
				list = append(list, call)
			}
		}
	}
	return list
}

// tries holds the operations of a loop, which are its attempts.
type tries map[ast.Node]bool

func (l *Loop) tries() tries {
	set := tries{}
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			if !isDuration(l.flow.info.TypeOf(op)) {
				set[op] = true // what computes a delay is no attempt
			}
		}
	}
	return set
}

// after reports whether a block makes an attempt behind one of its nodes.
func (t tries) after(b *block, index int) bool {
	found := false
	for i, n := range b.nodes {
		if i > index {
			syntax.InspectOwn(n, func(n ast.Node) { found = found || t[n] })
		}
	}
	if b.branch != nil && b.branch.cond != nil {
		syntax.InspectOwn(b.branch.cond, func(n ast.Node) { found = found || t[n] })
	}
	return found
}
