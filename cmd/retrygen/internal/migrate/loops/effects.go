package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// readEffects finds what the loop does between a failure and the next attempt, such as to log it. What it does after each
// failure becomes a part of the attempt. What it does only before another attempt becomes notify=.
func (r *reader) readEffects() error {
	var effects []*step
	for _, s := range r.way.steps {
		if s.gone || r.conditional[s] || r.releases(s.stmt) {
			continue
		}
		if keeps, err := r.remembers(s.stmt); keeps || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		effects = append(effects, s)
	}
	r.sayAtOnce()
	switch {
	case len(effects) == 0 && r.once != nil && len(r.once.effects) > 0:
		return r.notifyAtOnce()
	case len(effects) == 0:
		return nil
	}
	for _, s := range effects {
		if r.wait != nil && !r.beforeWait(s.stmt) {
			r.site.Differ(fmt.Sprintf("what line %d does behind the wait is done before it", r.line(s.stmt.Pos())))
		}
		for _, t := range r.guards {
			if t.cond.Pos() < s.stmt.Pos() {
				r.site.Differ(fmt.Sprintf("what line %d does before a wait is done as well where there is none", r.line(s.stmt.Pos())))
			}
		}
	}
	if r.whole == nil && r.once == nil && r.eachFailure(effects) && !r.mentionsPolicy(effects) && !r.usesRemembered(effects) {
		r.sayInspite(effects)
		return r.enlarge(effects)
	}
	return r.notify(effects)
}

// sayInspite says that effects are done although the context is done, where the loop looked at it before them.
func (r *reader) sayInspite(effects []*step) {
	for _, s := range effects {
		if slices.ContainsFunc(r.lookedAt, func(pos token.Pos) bool { return pos < s.stmt.Pos() }) {
			r.site.Differ(fmt.Sprintf("what line %d does is done even if the context has ended", r.line(s.stmt.Pos())))
			return
		}
	}
}

// releases reports whether a statement closes or drains a response, or stops the timer. The wrapper does that for the responses
// of attempts that it repeats; the statement stays for the last one.
func (r *reader) releases(stmt ast.Stmt) bool {
	all, some := true, false
	inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		some = true
		sel, ok := call.Fun.(*ast.SelectorExpr)
		stops := ok && sel.Sel.Name == "Stop" && r.wait != nil && r.object(sel.X) == r.wait.timer
		closes := ok && len(call.Args) == 0 && sel.Sel.Name == "Close" && r.isBody(sel.X)
		name := syntax.FullName(r.Info, call)
		copies := (name == "io.Copy" || name == "io.CopyN") && r.isBody(call.Args[1])
		limits := name == "io.LimitReader" && r.isBody(call.Args[0])
		all = all && (stops || closes || copies || limits)
		return all
	})
	return some && all
}

// isBody reports whether an expression is the body of a response that an attempt returns, perhaps a limited part of it.
func (r *reader) isBody(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && syntax.FullName(r.Info, call) == "io.LimitReader" {
		return r.isBody(call.Args[0])
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Body" {
		return false
	}
	o := r.object(sel.X)
	pointer, ok := r.Info.TypeOf(sel.X).(*types.Pointer)
	returned := r.words[o] != "" || r.words == nil && r.assignedByAttempt(o) // before the results have words
	return ok && o != nil && returned && syntax.IsNamed(pointer.Elem(), "net/http", "Response")
}

// remembers reports whether a statement only keeps something of the last failure for what stands behind the loop, as
// lastErr = err does.
func (r *reader) remembers(stmt ast.Stmt) (bool, error) {
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
		if ok || len(r.assigned(stmt)) > 0 && !r.ownVariables(stmt) {
			return false, r.fail(stmt, "what it changes is carried from attempt to attempt")
		}
		return false, nil
	}
	for _, left := range a.Lhs {
		if r.ownField(left, stmt) && !slices.ContainsFunc(a.Rhs, func(e ast.Expr) bool { return r.mentions(e, r.rootOf(left)) }) {
			continue
		}
		o := r.object(left)
		if slices.ContainsFunc(a.Rhs, func(e ast.Expr) bool { return r.mentions(e, o) }) {
			return false, r.fail(stmt, "what it changes is carried from attempt to attempt")
		}
		if id, blank := left.(*ast.Ident); o == nil && !(blank && id.Name == "_") || o != nil && r.readBefore(o, stmt) {
			return false, r.fail(stmt, "what it changes is carried from attempt to attempt")
		}
	}
	return true, nil
}

// ownVariables reports whether a statement assigns only to what it declares.
func (r *reader) ownVariables(stmt ast.Stmt) bool {
	for o := range r.assigned(stmt) {
		if o.Pos() < stmt.Pos() || o.Pos() >= stmt.End() {
			return false
		}
	}
	return true
}

// readBefore reports whether a round may read a variable before a statement has set it.
func (r *reader) readBefore(o types.Object, stmt ast.Stmt) bool {
	found := false
	inspectOwn([]ast.Node{r.loop.Stmt}, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && r.Info.ObjectOf(id) == o && id.Pos() < stmt.Pos()
		return !found
	})
	return found
}

// lastWay returns the way through the decisions after a last attempt that is worth another, nil if it cannot be told.
func (r *reader) lastWay() *path {
	ways, _ := r.paths(r.tree)
	for _, way := range ways {
		fits := true
		for _, t := range way.terms {
			holds, known := r.knownAtEnd(t.cond)
			fits = fits && (known && holds == t.holds || !known && (slices.Contains(r.way.terms, t) || r.positive(t)))
		}
		if fits {
			return &way
		}
	}
	return nil
}

// eachFailure reports whether effects follow the last attempt as well.
func (r *reader) eachFailure(effects []*step) bool {
	way := r.lastWay()
	if way == nil || r.roundsAreRetries() {
		return false
	}
	return !slices.ContainsFunc(effects, func(s *step) bool { return s.early || !slices.Contains(way.steps, s) })
}

// someFailures reports whether some effects may follow the last attempt.
func (r *reader) someFailures(effects []*step) bool {
	way := r.lastWay()
	if r.roundsAreRetries() {
		return false
	}
	return slices.ContainsFunc(effects, func(s *step) bool { return !s.early && (way == nil || slices.Contains(way.steps, s)) })
}

// roundsAreRetries reports whether the first attempt stands before a range, so that no round begins after the last one.
func (r *reader) roundsAreRetries() bool {
	_, ranges := r.loop.Stmt.(*ast.RangeStmt)
	return r.early && ranges
}

// usesRemembered reports whether effects mention a variable that the tail sets.
func (r *reader) usesRemembered(effects []*step) bool {
	for _, s := range r.way.steps {
		if s.gone || slices.Contains(effects, s) || r.conditional[s] {
			continue
		}
		for o := range r.assigned(s.stmt) {
			for _, e := range effects {
				if r.mentions(e.stmt, o) {
					return true
				}
			}
		}
	}
	return false
}

// mentionsPolicy reports whether effects mention the number of the attempt or the delay.
func (r *reader) mentionsPolicy(effects []*step) bool {
	for _, s := range effects {
		if c := r.count.counter; c != nil && r.mentions(s.stmt, c) {
			return true
		}
		for o := range r.gone() {
			if r.mentions(s.stmt, o) {
				return true
			}
		}
	}
	return false
}

// gone returns the variables that are assigned by what does not stay.
func (r *reader) gone() map[types.Object]bool {
	set := map[types.Object]bool{}
	if s, ok := r.loop.Stmt.(*ast.RangeStmt); ok && r.object(orBlank(s.Value)) != nil {
		set[r.object(s.Value)] = true
	}
	for _, s := range r.way.steps {
		if s.gone && !r.conditional[s] {
			for o := range r.assigned(s.stmt) {
				set[o] = true
			}
		}
	}
	return set
}

// enlarge makes effects a part of the attempt, with the decisions before them.
func (r *reader) enlarge(effects []*step) error {
	last := effects[len(effects)-1].stmt
	to := r.split
	for to < len(r.body) && r.body[to].End() < last.End() {
		to++
	}
	for i, stmt := range r.body[r.split : to+1] {
		if first := r.tree.steps[0]; i == 0 && len(r.attempt) > 0 && stmt.Pos() <= r.attempt[len(r.attempt)-1].Pos() && first.cond != nil {
			r.attempt[len(r.attempt)-1] = stmt // an if whose init is the attempt
			continue
		}
		r.attempt = append(r.attempt, stmt)
	}
	end := r.body[to].End()
	r.leave(r.tree.steps, end)
	for _, s := range effects {
		s.gone = true
	}
	return nil
}

// leave makes the ways out of a round, up to a position, ends of the attempt, and takes the waits away.
func (r *reader) leave(steps []*step, until token.Pos) {
	w := &r.site.Work
	var before []ast.Stmt // in the same list
	for _, s := range steps {
		if s.stmt.Pos() >= until {
			return
		}
		switch {
		case s.ends != falls:
			if s.ends == leaves && len(before) > 0 {
				w.Patches = append(w.Patches, site.Patch{Pos: before[0].Pos(), End: before[len(before)-1].End()})
			}
			w.Exits = append(w.Exits, site.Exit{Stmt: s.stmt, Err: r.err.Name()})
		case s.gone:
			w.Patches = append(w.Patches, site.Patch{Pos: s.stmt.Pos(), End: s.stmt.End()})
		case s.cond != nil:
			r.leave(s.then.steps, until)
			if s.els != nil {
				r.leave(s.els.steps, until)
			}
		default:
			before = append(before, s.stmt)
		}
	}
}
