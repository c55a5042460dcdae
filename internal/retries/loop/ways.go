package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// WaitsAfterLast reports whether a loop waits after its last attempt, and then gives up all the same.
func (l *Loop) WaitsAfterLast(w *Wait) bool {
	if !l.Bound.Known() || l.GoesOn || !l.reachesUnguarded(w) {
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

// reachesUnguarded reports whether a failure leads to a wait on a way that does not depend on the number of attempts.
func (l *Loop) reachesUnguarded(w *Wait) bool {
	seen := map[*block]bool{}
	var work []*block
	for _, j := range l.Judges {
		work = append(work, l.afterAttempt(j)...)
	}
	derived := l.derived()
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
// failure.
func (l *Loop) afterAttempt(j *Judge) []*block {
	var list []*block
	for _, op := range j.Operations {
		if b := l.flow.sites[op]; b == nil || b == j.block {
			list = append(list, j.failure())
		} else {
			list = append(list, b.succs...)
		}
	}
	return list
}

// derived returns the variables that count, and those that are computed from them.
func (l *Loop) derived() map[types.Object]bool {
	set := map[types.Object]bool{}
	if l.Bound.Counter != nil {
		set[l.Bound.Counter] = true
	}
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.step {
				set[v.object] = true
			}
		}
	}
	for v, list := range l.flow.set {
		for _, a := range list {
			if a.value != nil && isBool(v.object.Type()) && v.fields == "" && l.mentions(a.value, set) {
				set[v.object] = true
			}
		}
	}
	return set
}

func (l *Loop) mentions(e ast.Expr, set map[types.Object]bool) bool {
	found := false
	inspectVariables(l.flow.info, e, func(v variable) { found = found || set[v.object] })
	return found
}

// guards reports whether a block keeps a wait from being reached after the last attempt.
func (l *Loop) guards(b *block, w *Wait, derived map[types.Object]bool) bool {
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

// farthest is the number of blocks that are looked at behind a loop.
const farthest = 40

// endings follows the ways of a function from a block where the last attempt has failed.
func (l *Loop) endings(from *block) []Ending {
	w := &walk{Loop: l, tries: l.tries(), callees: l.callees(), seen: map[*block]bool{}}
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
		if w.exits(n) {
			w.found = append(w.found, Ending{givesUp: true})
			return
		}
		works = works || w.worksIn(n)
		w.told = w.told || tellsFailure(n)
	}
	for _, a := range w.flow.assignmentsOf(b) {
		if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok && !inside && !computes(w.flow.info, call) {
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
	found := false
	syntax.InspectOwn(n, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || computes(w.flow.info, call) {
			return
		}
		name := ""
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			name = fun.Name
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		found = found || !tells.MatchString(name)
	})
	return found
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
	set := false
	inspectVariables(w.flow.info, b.branch.cond, func(v variable) { set = set || len(w.flow.set[v]) > 0 })
	if !set {
		return b.succs
	}
	kind, fail := w.flow.condition(b.branch.cond, 0)
	if kind == NilError || kind == Truth || kind == Value && w.comparesNil(b.branch.cond) {
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

var (
	leaving  = regexp.MustCompile(`^(Fatal|Panic|Exit|FailNow)`)
	failures = regexp.MustCompile(`(?i)giv(e|es|ing|en) up|gave up|fail|unable|could( not|n't)|exhaust|exceed|no more|max|timed? ?out`)
)

// exits reports whether a statement ends the process or the test, by whatever logger.
func (w *walk) exits(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return !returns(w.flow.info, call) || ok && leaving.MatchString(sel.Sel.Name)
}

// tellsFailure reports whether a statement calls something with a text that speaks of failure.
func tellsFailure(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	found := false
	if ok {
		ast.Inspect(stmt, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				found = found || failures.MatchString(lit.Value)
			}
			return !found
		})
	}
	return found
}

// stop describes the end of a function without results: it gives up if it has said so.
func (w *walk) stop(b *block, works bool) Ending {
	signature, _ := syntax.FuncParts(w.Function)
	return Ending{Works: works, givesUp: signature.Results == nil && !works && w.told}
}

// ending describes a return.
func (w *walk) ending(ret *ast.ReturnStmt, works bool, fresh []variable) Ending {
	e := Ending{Return: ret, Works: works}
	signature, _ := syntax.FuncParts(w.Function)
	if signature.Results == nil {
		e.givesUp = !works && w.told
		return e
	}
	info := w.flow.info
	last := signature.Results.List[len(signature.Results.List)-1]
	t := info.TypeOf(last.Type)
	if len(ret.Results) == 0 {
		object := info.Defs[last.Names[len(last.Names)-1]]
		e.givesUp = isErrorType(info, variable{object: object}) && w.setInside(object)
		return e
	}
	result := ast.Unparen(ret.Results[len(ret.Results)-1])
	value := info.Types[result]
	switch {
	case t == nil:
	case isBool(t):
		e.givesUp = value.Value != nil && value.Value.ExactString() == "false" && !works
	case value.IsNil():
		e.givesUp = !works && w.ofAttempts(ret.Results)
	case syntax.IsError(t):
		e.givesUp = !w.asksAnew(result, fresh)
	}
	return e
}

// setInside reports whether the loop assigns to a variable.
func (l *Loop) setInside(object types.Object) bool {
	return len(l.flow.set[variable{object: object}]) > 0
}

// ofAttempts reports whether nothing but zero values and results of the attempts is returned.
func (w *walk) ofAttempts(results []ast.Expr) bool {
	for _, e := range results {
		if t := w.flow.info.Types[e]; t.IsNil() || t.Value != nil {
			continue
		}
		if v, ok := variableOf(w.flow.info, e); ok && len(w.flow.set[v]) > 0 {
			continue
		}
		if lit, ok := ast.Unparen(e).(*ast.CompositeLit); !ok || len(lit.Elts) > 0 {
			return false
		}
	}
	return true
}

// asksAnew reports whether an error that is returned comes from something else than the loop.
func (w *walk) asksAnew(result ast.Expr, fresh []variable) bool {
	if v, ok := variableOf(w.flow.info, result); ok {
		for _, other := range fresh {
			if v == other {
				return true
			}
		}
		return false
	}
	call, ok := result.(*ast.CallExpr)
	return ok && !computes(w.flow.info, call) && !w.makesError(call)
}

var errorMaker = regexp.MustCompile(`(?i)err|fail|wrap|new`)

// makesError reports whether a call makes an error, or another one of one that it is given, and does nothing else.
func (w *walk) makesError(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if isErrorValue(w.flow.info, arg) {
			return true
		}
	}
	fn := syntax.Callee(w.flow.info, call)
	return fn != nil && errorMaker.MatchString(syntax.Qualified(fn)) && syntax.ContextArg(w.flow.info, call) == nil
}

// Uses reports whether the loop mentions a variable.
func (l *Loop) Uses(object types.Object) bool {
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if syntax.Mentions(l.flow.info, n, object) {
				return true
			}
		}
		if b.branch != nil && b.branch.cond != nil && syntax.Mentions(l.flow.info, b.branch.cond, object) {
			return true
		}
	}
	return false
}

// Conditions returns the conditions that decide whether another attempt follows.
func (l *Loop) Conditions() []ast.Expr {
	var list []ast.Expr
	for _, b := range l.flow.blocks {
		if b.branch != nil && b.branch.cond != nil {
			list = append(list, b.branch.cond)
		}
		for _, n := range b.nodes {
			if assign, ok := n.(*ast.AssignStmt); ok {
				list = append(list, assign.Rhs...) // retry = isTemporary(err)
			}
		}
	}
	return list
}

// Defers returns the defer statements of the loop after which another attempt may follow. A deferred call is left out if the
// loop makes the same call by itself.
func (l *Loop) Defers() []*ast.DeferStmt {
	var list []*ast.DeferStmt
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if d, ok := n.(*ast.DeferStmt); ok && !l.calls(syntax.Text(d.Call.Fun)) {
				list = append(list, d)
			}
		}
	}
	return list
}

// calls reports whether a statement of the loop calls a function that is spelled in a way.
func (l *Loop) calls(fun string) bool {
	found := false
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.DeferStmt, *ast.FuncLit:
					return false
				case *ast.CallExpr:
					found = found || syntax.Text(n.Fun) == fun
				}
				return !found
			})
		}
	}
	return found
}

// GivesUp reports whether the loop has a way out besides success.
func (l *Loop) GivesUp() bool {
	if l.Bound.Known() {
		return true
	}
	for _, e := range l.Exits {
		if e.Meaning != Succeeded {
			return true
		}
	}
	return false
}

// MayWait reports whether the loop waits, or calls what is named like a wait.
func (l *Loop) MayWait() bool {
	if len(l.Waits) > 0 {
		return true
	}
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if callsNamed(l.flow.info, n) || len(l.flow.in(n)) > 0 {
				return true
			}
		}
		if b.branch != nil && (b.branch.clause != nil || b.branch.cond != nil && callsNamed(l.flow.info, b.branch.cond)) {
			return true // a select waits for something
		}
	}
	return false
}

// JudgesErrors reports whether an attempt fails by an error.
func (l *Loop) JudgesErrors() bool {
	for _, j := range l.Judges {
		if j.Kind == NilError {
			return true
		}
	}
	return false
}

// ReturnsWithin reports whether a success returns from inside the loop.
func (l *Loop) ReturnsWithin() bool {
	if l.Body == nil {
		return false
	}
	for _, e := range l.Exits {
		if e.Meaning != Succeeded {
			continue
		}
		for _, n := range e.to.nodes {
			if ret, ok := n.(*ast.ReturnStmt); ok && l.Body.Pos() <= ret.Pos() && ret.Pos() < l.Body.End() {
				return true
			}
		}
	}
	return false
}
