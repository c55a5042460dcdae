package loop

import (
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Ending is how a function ends after its loop has used up its attempts.
type Ending struct {
	Return *ast.ReturnStmt // nil for a panic or the like, and where the function goes on for long
	Works  bool            // it does something else before
	Asks   bool            // it asks what kind of error it is that the attempts have left

	givesUp bool
	says    bool // it returns or logs a failure, whatever happened outside of the loop
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
		if e.Meaning == Failed && (e.from != l.flow.head || l.flagged(e.from) || l.endsByTime(e.from)) { // otherwise the work is done there
			list = append(list, l.endings(e.to)...)
		}
	}
	return list
}

// farthest is the number of blocks that are looked at behind a loop.
const farthest = 40

// endings follows the ways of a function from a block where the last attempt has failed.
func (l *Loop) endings(from *block) []Ending {
	w := l.walkFrom(from)
	w.block(from, done{})
	if w.another {
		return []Ending{{}}
	}
	return w.found
}

func (l *Loop) walkFrom(from *block) *walk {
	return &walk{Loop: l, from: from, tries: l.tries(), callees: l.callees(), seen: map[*block]bool{}}
}

// callees returns the functions that the loop tries.
func (l *Loop) callees() map[types.Object]bool {
	set := map[types.Object]bool{}
	ops := slices.Collect(maps.Keys(l.tries()))
	for _, op := range l.looked {
		ops = append(ops, op)
	}
	for _, op := range ops {
		if call, ok := op.(*ast.CallExpr); ok {
			set[calledObject(l.flow.info, call)] = true
		}
	}
	delete(set, nil)
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
}

// done is what a way has done since the loop.
type done struct {
	works  bool       // anything but to tell of the failure and to clean up
	told   bool       // it has told somebody that the attempts have failed
	worked bool       // works, since then
	fresh  []variable // they hold results of calls behind the loop
	beyond bool       // works, with something that the loop has not seen
	unsure bool       // a condition behind the loop asked for something else
	known  []variable // they were computed behind the loop from what it has seen
	asks   bool       // it has asked what kind of error there is
	failed bool       // it has asked for what the attempts have left, and gone where they have failed
}

// sure reports whether everything behind the loop so far depended on what the loop has seen, and on nothing else.
func (d done) sure() bool { return !d.unsure && !d.beyond }

// block follows the ways from a block.
func (w *walk) block(b *block, d done) {
	if w.seen[b] || w.another || b.blocks() {
		return
	}
	w.seen[b] = true
	if w.isNext(b) {
		w.found = append(w.found, w.next(d))
		return
	}
	inside := w.flow.has[b]
	if inside && (w.tries.after(b, -1) || w.polls(b)) {
		return // the limit is not one: i < limit || limit == 0
	}
	if len(w.seen) > farthest {
		w.found = append(w.found, w.lost(Ending{}, d))
		return
	}
	for _, n := range b.nodes {
		if w.triesAgain(n) {
			w.another = true
			return
		}
		if ret, ok := n.(*ast.ReturnStmt); ok {
			w.found = append(w.found, w.ending(ret, d))
			return
		}
		if exits(w.flow.info, n) || !inside && w.mayExit(n) {
			w.found = append(w.found, Ending{givesUp: true, says: d.sure()})
			return
		}
		w.note(n, inside, &d)
	}
	if !inside && b.branch != nil && b.branch.cond != nil && w.triesAgain(b.branch.cond) {
		w.another = true
		return
	}
	for _, a := range w.flow.assignmentsOf(b) {
		if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok && !a.state && !inside && !w.computes(call) {
			d.fresh = append(d.fresh[:len(d.fresh):len(d.fresh)], a.to)
		} else if a.value != nil && !a.state && !inside && (w.seenInside(a.value) || mentionsAny(w.flow.info, a.value, d.known)) {
			d.known = append(d.known[:len(d.known):len(d.known)], a.to)
		}
	}
	if len(b.succs) == 0 {
		w.found = append(w.found, w.stop(d))
		return
	}
	d.asks = d.asks || !inside && w.asksKind(b)
	ways := w.follow(b, d.fresh)
	d.failed = d.failed || !inside && len(ways) < len(b.succs)
	if len(ways) > 1 && b.branch != nil && b.branch.cond != nil {
		d.unsure = d.unsure || !w.seenInside(b.branch.cond) && !mentionsAny(w.flow.info, b.branch.cond, slices.Concat(d.fresh, d.known))
	}
	for _, to := range ways {
		w.block(to, d)
	}
}

// mentionsAny reports whether an expression uses one of several variables.
func mentionsAny(info *types.Info, e ast.Expr, list []variable) bool {
	found := false
	inspectVariables(info, e, func(v variable) { found = found || slices.Contains(list, v) })
	return found
}

// seenInside reports whether an expression uses what the loop sets.
func (w *walk) seenInside(e ast.Expr) bool {
	found := false
	inspectVariables(w.flow.info, e, func(v variable) {
		for of := v; !found; of.fields = of.fields[:strings.LastIndexByte(of.fields, '.')] {
			found = len(w.flow.set[of]) > 0 || w.setLeaving()[of]
			if of.fields == "" {
				break
			}
		}
	})
	return found
}

// consumes reports whether all calls of a node work on what the loop has seen: io.ReadAll(resp.Body).
func (w *walk) consumes(n ast.Node) bool {
	all := true
	syntax.InspectOwn(n, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		all = all && (!ok || w.computes(call) || harmless.MatchString(called(call)) || w.worksOnSeen(call))
	})
	return all
}

// worksOnSeen reports whether a call works on what the loop has seen.
func (w *walk) worksOnSeen(call *ast.CallExpr) bool {
	if syntax.ContextArg(w.flow.info, call) != nil {
		return false
	}
	for _, e := range append([]ast.Expr{receiver(call)}, call.Args...) {
		if e != nil && w.seenInside(e) {
			return true
		}
	}
	return false
}

// computes reports whether a call is no operation: one that computes, or one that asks something of what the loop has seen.
func (w *walk) computes(call *ast.CallExpr) bool {
	if computes(w.flow.info, call) {
		return true
	}
	t := w.flow.info.TypeOf(call)
	return t != nil && syntax.IsBool(t) && w.worksOnSeen(call)
}

// isNext reports whether a block begins another round of a loop around this one, with the next of many.
func (w *walk) isNext(b *block) bool {
	for outer := w.flow.natural.outer; outer != nil; outer = outer.outer {
		if b == outer.head {
			r, ok := b.stmt.(*ast.RangeStmt)
			return ok && !isInteger(w.flow.info.TypeOf(r.X))
		}
	}
	return false
}

// note records what a statement does. Calls after somebody has been told of the failure clean up, unless their results are used.
func (w *walk) note(n ast.Node, inside bool, d *done) {
	works := w.worksIn(n)
	d.works, d.beyond = d.works || works, d.beyond || works && !w.consumes(n)
	if w.tells(n, inside) {
		d.told, d.worked = true, false
		return
	}
	if _, isCall := n.(*ast.ExprStmt); !d.told || !isCall {
		d.worked = d.worked || works
	}
}

// orNil keeps a nil expression from being looked into.
func orNil(e ast.Expr) ast.Expr {
	if e == nil {
		return ast.NewIdent("nil")
	}
	return e
}

// harmless matches the names of functions that tell of something or clean up.
var harmless = regexp.MustCompile(`(?i)log|print|warn|debug|info|error|fatal|metric|inc$|observe|record|cancel|close|stop|drain|` +
	`with|set|add|^count|gauge|^incr|report|notify|unlock|done$|reset|clean|release|rollback|abort|destroy|kill|` +
	`shut_?down|tear_?down|terminate|disconnect|dispose`)

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
		found = found || ok && !w.computes(call) && !harmless.MatchString(called(call)) && !announces.MatchString(called(call))
	})
	return found
}

// announces matches the names of functions that tell others what has happened. They are not among the harmless ones, since a loop may
// retry them.
var announces = regexp.MustCompile(`^(?i:publish|emit|broadcast|raise|fire|trigger)`)

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
