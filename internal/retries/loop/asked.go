package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

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

// GivesUp reports whether the loop has a way out besides success.
func (l *Loop) GivesUp() bool {
	if l.Bound.Known() {
		return true
	}
	for _, e := range l.Exits {
		if l.isConfigured(e) {
			continue
		}
		if e.Meaning != Succeeded || l.leavesWithError(e) || e.isStopped() || l.isRefused(e) {
			return true
		}
		if e.from.branch != nil && asksClock(l.flow.info, e.from.branch.cond) {
			return true
		}
	}
	return false
}

// isConfigured reports whether a flag that nothing in the loop sets decides alone whether it ends: if c.mustConnect { return err }.
// What says that something has been closed or stopped is set elsewhere.
func (l *Loop) isConfigured(e Exit) bool {
	from := e.from
	if from.branch == nil && len(from.preds) == 1 {
		from = from.preds[0]
	}
	if from.branch == nil || from.branch.cond == nil {
		return false
	}
	v, ok := variableOf(l.flow.info, from.branch.cond)
	return ok && v.fields != "" && syntax.IsBool(typeOrInvalid(l.flow.info, from.branch.cond)) && len(l.flow.set[v]) == 0 &&
		!lifecycle.MatchString(v.name()) && !succeeding.MatchString(v.name())
}

// IsStopped reports whether the loop ends where a channel that is no context's has nothing to say, or is closed.
func (l *Loop) IsStopped() bool {
	return slices.ContainsFunc(l.Exits, func(e Exit) bool {
		return e.isStopped() && !l.asksContext(e.from) || l.isClosed(e)
	})
}

// isClosed reports whether the loop ends where a channel is closed: v, ok := <-events; !ok.
func (l *Loop) isClosed(e Exit) bool {
	if e.from.branch == nil || e.from.branch.cond == nil {
		return false
	}
	v, ok := variableOf(l.flow.info, e.from.branch.cond)
	return ok && slices.ContainsFunc(l.flow.set[v], func(a *assignment) bool {
		receive, ok := ast.Unparen(orNil(a.value)).(*ast.UnaryExpr)
		return ok && receive.Op == token.ARROW && a.index == 1
	})
}

// isStopped reports whether the loop ends where a select receives from a channel that has nothing to say: case <-stop.
func (e Exit) isStopped() bool {
	if e.from.branch == nil || e.from.succs[0] != e.to {
		return false
	}
	clause, ok := e.from.branch.clause.(*ast.CommClause)
	if !ok {
		return false
	}
	_, unused := clause.Comm.(*ast.ExprStmt)
	return unused
}

// isRefused reports whether the loop ends where what it has asked about an error says no, such as a retryer: wait, again :=
// r.Retry(err).
func (l *Loop) isRefused(e Exit) bool {
	if e.from.branch == nil || e.from.branch.cond == nil {
		return false
	}
	v, ok := variableOf(l.flow.info, e.from.branch.cond)
	if !ok || v.object == nil || !syntax.IsBool(v.object.Type()) {
		return false
	}
	for _, a := range l.flow.set[v] {
		call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr)
		for i := 0; ok && i < len(call.Args); i++ {
			if isErrorValue(l.flow.info, call.Args[i]) {
				return true
			}
		}
	}
	return false
}

// LooksAtContext reports whether the loop looks at any context, such as that of a struct's field, or waits for its end.
func (l *Loop) LooksAtContext() bool {
	for _, b := range l.flow.blocks {
		if l.asksContext(b) || b.branch != nil && b.branch.cond != nil && l.looksIn(b.branch.cond) {
			return true
		}
		for _, n := range b.nodes {
			if l.looksIn(n) {
				return true
			}
		}
	}
	return false
}

// leavesWithError reports whether the loop ends where an error is not nil, such as that of a backoff which has come to its end.
func (l *Loop) leavesWithError(e Exit) bool {
	if e.from.branch == nil || e.from.branch.cond == nil {
		return false
	}
	cond := e.from.branch.cond
	return syntax.ErrorTest(l.flow.info, cond, token.NEQ) != nil && e.to == e.from.succs[0] ||
		syntax.ErrorTest(l.flow.info, cond, token.EQL) != nil && e.to == e.from.succs[1]
}

var clocks = syntax.NameSet("time.Now", "time.Since", "time.Until", "time.Time.After", "time.Time.Before", "time.Time.Sub")

// asksClock reports whether a condition asks what time it is.
func asksClock(info *types.Info, cond ast.Expr) bool {
	found := false
	if cond != nil {
		ast.Inspect(cond, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			found = found || ok && clocks[syntax.FullName(info, call)]
			return !found
		})
	}
	return found
}

// MayWait reports whether the loop waits, or calls what is named like a wait.
func (l *Loop) MayWait() bool {
	if len(l.Waits) > 0 || len(l.Pauses) > 0 {
		return true
	}
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if l.mayWaitIn(n) || len(l.flow.in(n)) > 0 {
				return true
			}
		}
		if b.branch != nil && (b.branch.clause != nil || l.waitsInCondition(b)) {
			return true // a select waits for something
		}
	}
	return false
}

// waitsInCondition reports whether the condition of a branch may wait: for attempt.Next() { … }.
func (l *Loop) waitsInCondition(b *block) bool {
	cond := b.branch.cond
	return cond != nil && (l.mayWaitIn(cond) || len(l.flow.in(cond)) > 0)
}

// WaitsAnyway reports whether a loop that goes on waits after a success too, so that its Waits do not say how long it waits before
// another attempt.
func (l *Loop) WaitsAnyway() bool { return l.all > len(l.Waits) }

// mayWaitIn reports whether a node calls something that may wait by its name, or that is told how long.
func (l *Loop) mayWaitIn(root ast.Node) bool {
	info, found := l.flow.info, callsNamed(l.flow.info, root)
	ast.Inspect(root, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || info.Types[call.Fun].IsType() {
			return !found
		}
		v, isVariable := variableOf(info, call.Fun)
		found = isVariable && v.object != nil && waitingName.MatchString(v.object.Name()+v.fields)
		if fn := syntax.Callee(info, call); fn != nil && l.takesContext(call) {
			found = found || waitingName.MatchString(fn.Name()) // waited, err := c.maybeWait(ctx)
		}
		for _, arg := range call.Args {
			found = found || info.Types[arg].Value == nil && syntax.IsNamed(info.TypeOf(arg), "time", "Duration") && syntax.Callee(info, call) != nil
		}
		return !found
	})
	return found
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

// AsksKind reports whether an attempt fails by the kind of its error alone: if err == errConflict { continue }; return err.
func (l *Loop) AsksKind() bool {
	return slices.ContainsFunc(l.Judges, func(j *Judge) bool { return j.Kind == ErrorKind })
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
		to := e.to
		if len(to.nodes) == 0 && to.branch == nil && len(to.succs) == 1 {
			to = to.succs[0] // the default of a switch
		}
		for _, n := range to.nodes {
			if ret, ok := n.(*ast.ReturnStmt); ok && l.Body.Pos() <= ret.Pos() && ret.Pos() < l.Body.End() {
				return true
			}
		}
	}
	return false
}
