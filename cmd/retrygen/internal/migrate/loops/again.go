package loops

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// readAgain finds the way through the decisions that leads to another attempt, and the tests on it that count attempts.
func (r *reader) readAgain() error {
	if !r.early {
		r.readAtOnce()
	}
	ways, err := r.paths(r.tree)
	if err != nil {
		return err
	}
	dies := func(way path) bool { return way.end == leaves && r.isNever(way.final) }
	if slices.ContainsFunc(ways, dies) && !slices.ContainsFunc(ways, func(way path) bool { return way.end == leaves && !dies(way) }) {
		return errNoRetry // it does something a number of times, and dies if that fails
	}
	var found []path
	for _, way := range ways {
		if way.end == again && !r.impossible(way) {
			found = append(found, way)
		}
	}
	if len(found) == 0 {
		return r.fail(r.loop.Stmt, "nothing leads to another attempt")
	}
	r.way = found[0]
	if len(found) > 1 && !r.merge(found) {
		if e := r.unlimited(found); e != nil {
			return r.fail(e, "with %s, nothing may limit the attempts, and no option says so", r.Source(e))
		}
		r.severalWays = true
		return r.fail(r.loop.Stmt, "%d ways lead to another attempt, and do not do the same", len(found))
	}
	return r.countTests()
}

// unlimited returns the condition because of which the attempts are counted on some ways and not on others, nil if there is none.
func (r *reader) unlimited(ways []path) ast.Expr {
	counts := func(t term) bool { return r.isTest(t.cond) }
	for _, way := range ways {
		if slices.ContainsFunc(way.terms, counts) {
			continue
		}
		for _, other := range ways {
			if i := slices.IndexFunc(other.terms, counts); i > 0 && !r.count.known {
				return other.terms[i-1].cond
			}
		}
	}
	return nil
}

// merge makes one way of several that do the same under different conditions: the terms that they have in common, and the
// others as alternatives.
func (r *reader) merge(ways []path) bool {
	common := slices.Clone(ways[0].terms)
	for _, way := range ways[1:] {
		if !slices.Equal(way.steps, ways[0].steps) {
			return false
		}
		common = slices.DeleteFunc(common, func(t term) bool { return !slices.Contains(way.terms, t) })
	}
	r.way = path{terms: common, steps: ways[0].steps, end: again}
	for _, way := range ways {
		rest := slices.DeleteFunc(slices.Clone(way.terms), func(t term) bool { return slices.Contains(common, t) })
		if slices.ContainsFunc(rest, func(t term) bool {
			return r.isTest(t.cond) && !r.optional(t) || r.looksAtContext(t.cond) != nil || r.elapsedIn(t.cond) != nil
		}) {
			return false
		}
		if len(rest) == 0 {
			r.anyOf = nil
			return true
		}
		r.anyOf = append(r.anyOf, rest)
	}
	return true
}

// impossible reports whether a way needs the last attempt to be followed by another, or a wait to be of no time.
func (r *reader) impossible(way path) bool {
	for _, t := range way.terms {
		if r.isTest(t.cond) {
			if _, err := r.evaluate(t.cond, t.holds, false); err == nil {
				return true // it holds in the last round
			}
		}
		if e := r.elapsedIn(t.cond); e != nil && e.over == t.holds || r.noWait(t) {
			return true
		}
	}
	return false
}

// noWait reports whether a term says that a delay is not positive.
func (r *reader) noWait(t term) bool {
	b, ok := t.cond.(*ast.BinaryExpr)
	if !ok || !syntax.IsNamed(r.Info.TypeOf(b.X), "time", "Duration") {
		return false
	}
	n, constant := r.integer(b.Y)
	if !constant || n != 0 {
		return false
	}
	switch b.Op {
	case token.GTR, token.NEQ:
		return !t.holds
	case token.LEQ, token.EQL:
		return t.holds
	}
	return false
}

// positive reports whether a term says that a delay is positive.
func (r *reader) positive(t term) bool { return r.noWait(term{t.cond, !t.holds}) }

// countTests reads the tests of the counter on the way to another attempt.
func (r *reader) countTests() error {
	var rest []term
	for _, t := range r.way.terms {
		switch {
		case r.isTest(t.cond) && r.varies(t):
			rest, r.tests = append(rest, t), append(r.tests, t.cond.Pos())
		case r.isTest(t.cond):
			c, err := r.evaluate(t.cond, !t.holds, false)
			if err != nil {
				return err
			}
			if err := r.counted(c); err != nil {
				return err
			}
			r.tests = append(r.tests, t.cond.Pos())
		case r.looksAtContext(t.cond) != nil:
			r.asked = r.looksAtContext(t.cond)
		case r.elapsedIn(t.cond) != nil:
			if err := r.limitTime(r.elapsedIn(t.cond), false); err != nil {
				return err
			}
			r.tests = append(r.tests, t.cond.Pos())
		case r.positive(t):
			r.guards = append(r.guards, t)
		default:
			rest = append(rest, t)
		}
	}
	if r.way.terms = rest; r.headTerm != nil {
		if r.count.known || r.anyOf != nil || slices.ContainsFunc(rest, func(t term) bool { return r.mentions(t.cond, r.count.counter) }) {
			return r.fail(r.headTerm.cond, "with %s, nothing may limit the attempts, and no option says so", r.Source(r.headTerm.cond))
		}
		r.way.terms = append(rest, *r.headTerm)
	}
	if r.count.known && r.count.steps != nil && !r.isPost(r.count.steps) && !r.onWay(r.count.steps) {
		return r.fail(r.count.steps, "not every attempt is counted")
	}
	return nil
}

// varies reports whether the limit of a test may be another one for each error: attempt < c.attempts(err).
func (r *reader) varies(t term) bool {
	c, err := r.evaluate(t.cond, !t.holds, false)
	return err == nil && c.limit != nil && r.mentionsOwn(c.limit)
}

// mentionsOwn reports whether an expression mentions what an attempt has made.
func (r *reader) mentionsOwn(e ast.Expr) bool {
	for o := range r.words {
		if r.mentions(e, o) {
			return true
		}
	}
	return false
}

// optional reports whether nothing else limits the attempts than a test that is made on some ways alone: a condition then says so.
func (r *reader) optional(t term) bool {
	_, err := r.evaluate(t.cond, !t.holds, false)
	return err == nil && !r.count.known && r.count.step > 0
}

// onWay reports whether a statement runs whenever another attempt follows.
func (r *reader) onWay(stmt ast.Stmt) bool {
	for _, s := range r.way.steps {
		if s.stmt == stmt {
			s.gone = true
			return true
		}
	}
	for _, s := range r.body[:r.split] {
		if s == stmt {
			return true
		}
	}
	return false
}

// looksAtContext returns the context that a condition asks whether it has ended, nil for any other condition.
func (r *reader) looksAtContext(e ast.Expr) ast.Expr {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || !r.Info.Types[b.Y].IsNil() {
		return nil
	}
	if call, ok := ast.Unparen(b.X).(*ast.CallExpr); ok {
		return r.errOf(call)
	}
	// if err := ctx.Err(); err != nil
	if call, ok := r.looked[r.object(b.X)]; ok {
		return r.errOf(call)
	}
	return nil
}

// noteLooks records the variables that hold what the Err method of a context has returned.
func (r *reader) noteLooks() {
	inspectOwn([]ast.Node{r.loop.Stmt}, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 && len(a.Rhs) == 1 {
			if call, ok := a.Rhs[0].(*ast.CallExpr); ok && r.errOf(call) != nil {
				r.looked[r.object(a.Lhs[0])] = call
			}
		}
		return true
	})
}

// errOf returns the context whose Err method a call calls.
func (r *reader) errOf(call *ast.CallExpr) ast.Expr {
	if ctx, method := syntax.AskedContext(r.Info, call); method == "Err" {
		return ctx
	}
	return nil
}

// isLook reports whether a statement leaves the round if the context has ended, and does nothing else.
func (r *reader) isLook(stmt ast.Stmt) bool {
	switch s := stmt.(type) {
	case *ast.IfStmt:
		return s.Else == nil && r.looksAtContext(s.Cond) != nil && syntax.Leaves(s.Body.List, false)
	case *ast.SelectStmt:
		if len(s.Body.List) != 2 {
			return false
		}
		looks, other := false, false
		for _, clause := range s.Body.List {
			clause := clause.(*ast.CommClause)
			if clause.Comm == nil {
				other = len(clause.Body) == 0
				continue
			}
			from := syntax.ReceivedFrom(clause.Comm)
			looks = from != nil && r.done(from) != nil && syntax.Leaves(clause.Body, true)
		}
		return looks && other
	}
	return false
}
