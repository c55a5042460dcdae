package loop

import (
	"go/ast"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Ending is how a function ends after its loop has used up its attempts.
type Ending struct {
	Return *ast.ReturnStmt // nil for a panic or the like, and where the function goes on for long
	Works  bool            // it does something else before

	givesUp bool
}

// Exhausted returns how the function ends after the last attempt has failed, nil if it makes another attempt instead.
func (l *Loop) Exhausted() []Ending {
	var list []Ending
	for _, b := range l.flow.blocks {
		if reached, ok := l.bounds[b]; ok {
			list = append(list, l.endings(b.succs[reached])...)
		}
	}
	return list
}

// Unsuccessful returns how the function ends after the loop has ended without success: as UsedUp, or with a failure that is
// not tried again.
func (l *Loop) Unsuccessful() []Ending {
	list := l.UsedUp()
	for _, e := range l.Exits {
		if e.Meaning == Failed && (e.from != l.flow.head || l.flagged(e.from)) { // otherwise the work is done there
			list = append(list, l.endings(e.to)...)
		}
	}
	return list
}

// flagged reports whether a variable that is true or false decides at the end of a block, such as again.
func (l *Loop) flagged(b *block) bool {
	if b.branch == nil || b.branch.cond == nil {
		return false
	}
	v, ok := variableOf(l.flow.info, b.branch.cond)
	return ok && isBool(v.object.Type())
}

// farthest is the number of blocks that are looked at behind a loop.
const farthest = 40

// endings follows the ways of a function from a block where the last attempt has failed.
func (l *Loop) endings(from *block) []Ending {
	w := &walk{Loop: l, from: from, tries: l.tries(), callees: l.callees(), seen: map[*block]bool{}}
	w.block(from, false, nil)
	if w.another {
		return []Ending{{}}
	}
	return w.found
}

// callees returns the functions that the loop tries.
func (l *Loop) callees() map[types.Object]bool {
	set := map[types.Object]bool{}
	for op := range l.tries() {
		if call, ok := op.(*ast.CallExpr); ok {
			if fn := syntax.Callee(l.flow.info, call); fn != nil {
				set[fn] = true
			} else if v, ok := variableOf(l.flow.info, call.Fun); ok {
				set[v.object] = true
			}
		}
	}
	return set
}

// walk follows the ways from the end of a loop to those of its function.
type walk struct {
	*Loop
	tries   tries
	callees map[types.Object]bool
	seen    map[*block]bool
	from    *block          // where the last attempt has failed
	after   map[*block]bool // what follows outside of the loop; nil until it is asked for
	found   []Ending
	another bool // another attempt follows
	told    bool // a message says that the attempts have failed
}

// block follows the ways from a block. Works is whether something has been done since the loop, and fresh holds what has
// been assigned.
func (w *walk) block(b *block, works bool, fresh []variable) {
	if w.seen[b] || w.another || b.blocks() {
		return
	}
	w.seen[b] = true
	inside := w.flow.has[b]
	if inside && w.tries.after(b, -1) {
		return // the limit is not one: i < limit || limit == 0
	}
	if len(w.seen) > farthest {
		w.found = append(w.found, Ending{})
		return
	}
	for _, n := range b.nodes {
		if w.triesAgain(n) {
			w.another = true
			return
		}
		if ret, ok := n.(*ast.ReturnStmt); ok {
			w.found = append(w.found, w.ending(ret, works, fresh))
			return
		}
		if exits(w.flow.info, n) {
			w.found = append(w.found, Ending{givesUp: true})
			return
		}
		works = works || w.worksIn(n)
		w.told = w.told || tellsFailure(n) || !inside && w.keepsError(n)
	}
	for _, a := range w.flow.assignmentsOf(b) {
		if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok && !a.state && !inside && !computes(w.flow.info, call) {
			fresh = append(fresh[:len(fresh):len(fresh)], a.to)
		}
	}
	if len(b.succs) == 0 {
		w.found = append(w.found, w.stop(b, works))
		return
	}
	for _, to := range w.follow(b, fresh) {
		w.block(to, works, fresh)
	}
}

// orNil keeps a nil expression from being looked into.
func orNil(e ast.Expr) ast.Expr {
	if e == nil {
		return ast.NewIdent("nil")
	}
	return e
}

// triesAgain reports whether a node calls what the loop has tried.
func (w *walk) triesAgain(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		if fn := syntax.Callee(w.flow.info, call); fn != nil {
			found = found || w.callees[fn]
		} else if v, ok := variableOf(w.flow.info, call.Fun); ok {
			found = found || w.callees[v.object]
		}
		return !found
	})
	return found
}

var tells = regexp.MustCompile(`(?i)log|print|warn|debug|info|error|fatal|metric|inc$|observe|record|cancel|close|stop|drain|with|set|add`)

// worksIn reports whether a node does more than to tell of the failure and to clean up.
func (w *walk) worksIn(n ast.Node) bool {
	if stmt, ok := n.(*ast.ExprStmt); ok {
		if call, ok := stmt.X.(*ast.CallExpr); ok && receiver(call) != nil && logs.MatchString(called(call)) {
			return false // log.From(ctx).Errorf(…)
		}
	}
	found := false
	syntax.InspectOwn(n, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && !computes(w.flow.info, call) && !tells.MatchString(called(call))
	})
	return found
}

var logs = regexp.MustCompile(`^(Debug|Info|Warn|Warning|Error|Print)(f|ln|w)?$`)

// called returns the name that a call uses, without what it is selected from.
func called(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// follow returns the successors of a block that are possible after the last attempt has failed.
func (w *walk) follow(b *block, fresh []variable) []*block {
	if b.branch == nil || b.branch.cond == nil {
		return b.succs
	}
	for _, v := range fresh {
		again := false
		inspectVariables(w.flow.info, b.branch.cond, func(other variable) { again = again || other == v })
		if again {
			return b.succs
		}
	}
	if way := w.outcome(b.branch.cond); way >= 0 {
		return []*block{b.succs[way]}
	}
	set := false
	inspectVariables(w.flow.info, b.branch.cond, func(v variable) { set = set || len(w.flow.set[v]) > 0 })
	if !set {
		return b.succs
	}
	kind, fail := w.flow.condition(b.branch.cond, 0)
	if kind == NilError || kind == Truth || kind == Value && (fail >= 0 || w.comparesNil(b.branch.cond)) {
		return []*block{b.succs[fail]}
	}
	if v, ok := variableOf(w.flow.info, b.branch.cond); ok && isBool(v.object.Type()) && v.fields == "" {
		return []*block{b.succs[1]} // a flag that a success sets
	}
	return b.succs
}

func (w *walk) comparesNil(cond ast.Expr) bool {
	e, ok := cond.(*ast.BinaryExpr)
	return ok && (w.flow.info.Types[e.X].IsNil() || w.flow.info.Types[e.Y].IsNil())
}
