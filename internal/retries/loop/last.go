package loop

import (
	"go/ast"

	"github.com/retrygen/retrygen/internal/syntax"
)

// WaitsAfterLast reports whether a loop waits after its last attempt, and then gives up all the same.
func (l *Loop) WaitsAfterLast(w *Wait) bool {
	if !l.Bound.Known() || l.GoesOn || l.knowsNumber() || !l.reachesUnguarded(w) {
		return false
	}
	ended := false
	for _, b := range l.testsAfter(w) {
		ends := l.endings(b.succs[l.bounds[b]])
		for _, e := range ends {
			if !e.givesUp {
				return false
			}
			ended = true
		}
	}
	return ended
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

// failsTo reports whether a failure leads to a test of the number of attempts, and to no other before.
func (l *Loop) failsTo(test *block) bool {
	derived := l.derived()
	seen := map[*block]bool{}
	var work []*block
	for _, j := range l.Judges {
		work = append(work, j.failure())
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == test {
			return true
		}
		if seen[b] || !l.flow.has[b] || b != l.flow.head && l.keepsFrom(b, test, derived) {
			continue
		}
		seen[b] = true
		work = append(work, b.succs...)
	}
	return false
}

// keepsFrom reports whether a block decides by the number of attempts whether a test of it follows.
func (l *Loop) keepsFrom(b, test *block, derived map[variable]bool) bool {
	if b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, derived) {
		return false
	}
	return !l.comesTo(b.succs[0], test) || !l.comesTo(b.succs[1], test)
}

// comesTo reports whether the loop gets from a block to another before it makes another attempt.
func (l *Loop) comesTo(from, to *block) bool {
	tries := l.tries()
	seen := map[*block]bool{}
	work := []*block{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == to {
			return true
		}
		if !seen[b] && l.flow.has[b] && !tries.after(b, -1) {
			seen[b] = true
			work = append(work, b.succs...)
		}
	}
	return false
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
			if !ok || j.Kind != Predicate {
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

// reachesUnguarded reports whether a failure leads to a wait on a way that does not depend on the number of attempts.
func (l *Loop) reachesUnguarded(w *Wait) bool {
	seen := map[*block]bool{}
	var work []*block
	derived := l.derived()
	errs := l.JudgesErrors()
	for _, j := range l.Judges {
		if j.Kind == Truth && errs {
			continue // what asks whether to try again is no attempt
		}
		work = append(work, l.afterAttempt(j, w, derived)...)
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == w.block {
			return true
		}
		if seen[b] || !l.flow.has[b] || b == l.flow.head || l.guards(b, w, derived) {
			continue
		}
		seen[b] = true
		work = append(work, b.succs...)
	}
	return false
}

// afterAttempt returns the blocks that follow the operations of a judgement: where these are judged at once, what follows a
// failure; nothing where the number of attempts is asked for first, as in i < limit && err != nil.
func (l *Loop) afterAttempt(j *Judge, w *Wait, derived map[variable]bool) []*block {
	var list []*block
	for _, op := range j.Operations {
		switch b := l.flow.sites[op]; {
		case b == nil || b == j.block:
			list = append(list, j.failure())
		case b == w.block || !l.guards(b, w, derived):
			list = append(list, b.succs...)
		}
	}
	return list
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
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.value != nil && isBool(v.object.Type()) && v.fields == "" && l.mentions(a.value, set) {
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

// guards reports whether a block keeps a wait from being reached after the last attempt.
func (l *Loop) guards(b *block, w *Wait, derived map[variable]bool) bool {
	if _, ok := l.bounds[b]; ok {
		return true
	}
	if b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, derived) {
		return false
	}
	return !l.leadsTo(b.succs[0], w.block) || !l.leadsTo(b.succs[1], w.block)
}

// leadsTo reports whether a block is reached from another in the same round.
func (l *Loop) leadsTo(from, to *block) bool {
	if !l.flow.has[from] || from == l.flow.head {
		return false
	}
	return from == to || l.region(from)[to]
}

func (l *Loop) region(from *block) map[*block]bool { return (&finder{flow: l.flow}).region(from) }

// testsAfter returns the tests of the bound that follow a wait without another attempt.
func (l *Loop) testsAfter(w *Wait) []*block {
	tries := l.tries()
	if tries.after(w.block, w.index) {
		return nil
	}
	var list []*block
	seen := map[*block]bool{}
	work := []*block{w.block}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || !l.flow.has[b] || b != w.block && tries.after(b, -1) {
			continue
		}
		seen[b] = true
		if _, ok := l.bounds[b]; ok {
			list = append(list, b)
			continue
		}
		work = append(work, b.succs...)
	}
	return list
}

// tries holds the operations of a loop, which are its attempts.
type tries map[ast.Node]bool

func (l *Loop) tries() tries {
	set := tries{}
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			set[op] = true
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
