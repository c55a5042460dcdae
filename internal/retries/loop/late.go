package loop

import (
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// endsLate returns the sleeps of a loop that looks at a context, so that the context ends it later than at once, and those of one
// that passes on a parameter which is a context, where a round has brought nothing. What a loop goes through one by one, or takes
// from a channel, it may do at a pace.
func (s *finder) endsLate() []*Wait {
	if !s.waitsSomewhere() || s.startsMany() {
		return nil
	}
	all, empty := s.asksForEnd() && s.doesTheSame() || s.periodic(), s.passesParameter()
	taken := s.taken()
	var list []*Wait
	for _, b := range s.blocks {
		for _, w := range s.waits[b] {
			if w.Sleeps && (all && !taken[b] && !s.keepsPace(w) || empty && s.broughtNothing(b)) {
				list = append(list, w)
			}
		}
	}
	return list
}

// startsMany reports whether the loop starts a number of goroutines, which it may do at a pace. Attempts are no such thing.
func (s *finder) startsMany() bool {
	return s.loop.Bound.Known() && !s.namesAttempts() && slices.ContainsFunc(s.blocks, func(b *block) bool {
		return slices.ContainsFunc(b.nodes, func(n ast.Node) bool { _, ok := n.(*ast.GoStmt); return ok })
	})
}

// taken returns the blocks that come after the loop has taken something from a channel in the same round.
func (s *finder) taken() map[*block]bool {
	set := map[*block]bool{}
	after := func(b *block) {
		if s.has[b] {
			set[b] = true
			maps.Copy(set, s.region(b))
		}
	}
	for _, b := range s.blocks {
		if slices.ContainsFunc(b.nodes, func(n ast.Node) bool { return s.parent[n] == nil && s.isTake(n) }) {
			after(b)
		}
		if b.branch == nil {
			continue
		}
		if clause, ok := b.branch.clause.(*ast.CommClause); ok && clause.Comm != nil && s.isTake(clause.Comm) {
			after(b.succs[0])
		}
	}
	return set
}

// keepsPace reports whether a wait is what is left of an interval: its delay is computed from the time that it is.
func (s *finder) keepsPace(w *Wait) bool {
	if w.Delay == nil {
		return false
	}
	found := asksClock(s.info, w.Delay)
	inspectVariables(s.info, w.Delay, func(v variable) {
		for _, a := range s.set[v] {
			found = found || a.value != nil && asksClock(s.info, a.value)
		}
	})
	return found
}

// passesParameter reports whether the loop does the same again and again, and passes a parameter that is a context to what it calls.
func (s *finder) passesParameter() bool {
	if s.loop.Bound.Known() || s.goesThrough() || s.takes() {
		return false
	}
	return slices.ContainsFunc(s.calls(), func(call *ast.CallExpr) bool {
		ctx := syntax.ContextArg(s.info, call)
		v := s.loop.outside(orNil(ctx))
		return v != nil && s.isParameter(v) && s.lasts(ctx)
	})
}

// broughtNothing reports whether the loop comes to a block only after it has looked at what a call has returned, other than an error,
// and goes on without it otherwise.
func (s *finder) broughtNothing(b *block) bool {
	for d := b.idom; d != nil && s.has[d]; d = d.idom {
		if d.branch != nil && d.branch.cond != nil && s.mayPass(d, b) && s.asksResults(d) {
			return true
		}
		if d == s.head {
			break
		}
	}
	return false
}

// mayPass reports whether another round may follow from a branch without a block.
func (s *finder) mayPass(branch, b *block) bool {
	return visit(branch.succs, func(at *block) ([]*block, bool) {
		if at == b || !s.has[at] {
			return nil, false
		}
		return at.succs, at == s.head
	})
}

// asksResults reports whether a branch judges results of calls of the round, and neither an error nor a number of rounds.
func (s *finder) asksResults(b *block) bool {
	j := s.flow.judge(b)
	if j != nil && (j.Kind == NilError || j.Kind == ContextEnd) || s.judgesError(b.branch.cond) || asksClock(s.info, b.branch.cond) {
		return false
	}
	return slices.ContainsFunc(s.results(b.branch.cond, b), func(op ast.Expr) bool {
		call, ok := op.(*ast.CallExpr)
		return ok && syntax.ReturnsError(s.info, call)
	})
}

// endsWith reports whether the loop does the same in each round, and looks at a context.
func (s *finder) endsWith() bool { return s.asksForEnd() && s.doesTheSame() && !s.takes() }

// doesTheSame reports whether the loop neither goes through the elements of something nor does one thing after the other until one fails.
func (s *finder) doesTheSame() bool { return !s.goesThrough() && !s.onlyFails() }

// onlyFails reports whether the loop does one thing after the other until one fails, such as to send what it reads: all errors end it,
// and nothing else does but a context.
func (s *finder) onlyFails() bool {
	judged := map[ast.Expr]bool{}
	for _, b := range s.blocks {
		j := s.flow.judge(b)
		if j != nil && j.Kind == NilError {
			if s.has[j.failure()] && s.reaches(j.failure()) {
				return false
			}
			for _, op := range s.results(orNil(j.Cond), b) {
				judged[op] = true
			}
			continue
		}
		if b.branch == nil || b.branch.cond == nil || j != nil && j.Kind == ContextEnd || s.judgesError(b.branch.cond) {
			continue
		}
		if slices.ContainsFunc(b.succs, func(to *block) bool { return !s.has[to] && !to.blocks() && !s.fails(to) }) {
			return false
		}
	}
	fallible := s.fallible()
	return len(fallible) > 0 && !slices.ContainsFunc(fallible, func(call *ast.CallExpr) bool { return !judged[call] })
}

// judgesError reports whether a condition mentions an error.
func (s *finder) judgesError(cond ast.Expr) bool {
	found := false
	inspectVariables(s.info, cond, func(v variable) { found = found || isErrorType(s.info, v) })
	return found
}

// goesThrough reports whether the loop goes through the elements of something.
func (s *finder) goesThrough() bool {
	if r, ok := s.loop.Stmt.(*ast.RangeStmt); ok {
		return !s.paced && !isInteger(s.info.TypeOf(r.X))
	}
	if limit, ok := ast.Unparen(orNil(s.loop.Bound.Limit)).(*ast.CallExpr); ok && syntax.IsBuiltin(s.info, limit, "len") {
		return !s.namesAttempts()
	}
	if stmt, ok := s.loop.Stmt.(*ast.ForStmt); ok && asksForNext(stmt.Cond) {
		return true
	}
	v := &subject{finder: s, seen: map[variable]bool{}, failing: s.has}
	return s.takesParts() || s.anyNode(func(n ast.Node) bool {
		index, ok := n.(*ast.IndexExpr)
		return ok && !syntax.IsNamed(s.info.TypeOf(index), "time", "Duration") && v.mentionsCounter(index.Index)
	})
}

// takesParts reports whether the loop takes one part of a list after the other: list[start:end].
func (s *finder) takesParts() bool {
	return s.anyNode(func(n ast.Node) bool {
		part, ok := n.(*ast.SliceExpr)
		return ok && part.Low != nil && s.movesOnIn(part.Low)
	})
}

// movesOnIn reports whether an expression has a variable that each round moves on from what it was.
func (s *finder) movesOnIn(e ast.Expr) bool {
	found := false
	inspectVariables(s.info, e, func(v variable) {
		found = found || slices.ContainsFunc(s.set[v], func(a *assignment) bool {
			return a.value != nil && s.movesBy(a.value, v, map[variable]bool{})
		})
	})
	return found
}

// movesBy reports whether a value is computed from a variable, perhaps by way of others: end = start + n; start = end.
func (s *finder) movesBy(e ast.Expr, v variable, seen map[variable]bool) bool {
	found := false
	inspectVariables(s.info, e, func(used variable) {
		if used == v {
			found = true
		}
		if found || seen[used] {
			return
		}
		seen[used] = true
		for _, a := range s.set[used] {
			found = found || a.value != nil && s.movesBy(a.value, v, seen)
		}
	})
	return found
}

// nextName matches the names of methods that go on to the next element, and report whether there is one.
var nextName = regexp.MustCompile(`^(Has)?(More|Next)(Page|Pages|Row|Result|Item)?$|^Scan$`)

// asksForNext reports whether a condition goes on to the next element of something: rows.Next().
func asksForNext(cond ast.Expr) bool {
	call, ok := ast.Unparen(orNil(cond)).(*ast.CallExpr)
	return ok && nextName.MatchString(called(call)) && receiver(call) != nil
}

// asksForEnd reports whether the loop looks at a context from outside: ctx.Err() or ctx.Done().
func (s *finder) asksForEnd() bool {
	return s.anyNode(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		ctx, _ := syntax.AskedContext(s.info, call)
		return ctx != nil && s.lasts(ctx)
	})
}

// lasts reports whether a context is from outside of the loop, and the loop makes no other one for each round.
func (s *finder) lasts(ctx ast.Expr) bool { return s.loop.lasting(ctx) != nil }

// anyNode reports whether a node of the loop's own code has a property. That of function literals and deferred calls is not its own.
func (s *finder) anyNode(is func(ast.Node) bool) bool {
	found := false
	look := func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			return false
		}
		found = found || n != nil && is(n)
		return !found
	}
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			ast.Inspect(n, look)
		}
		if b.branch != nil && b.branch.cond != nil {
			ast.Inspect(b.branch.cond, look)
		}
	}
	return found
}

// takes reports whether the loop takes what it works on from a channel.
func (s *finder) takes() bool { return s.anyNode(s.isTake) }

// isTake reports whether a statement takes something from a channel that the round has not made.
func (s *finder) isTake(n ast.Node) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 {
		return false
	}
	receive, ok := ast.Unparen(assign.Rhs[0]).(*ast.UnaryExpr)
	return ok && receive.Op == token.ARROW && !isSignal(s.info, receive) && !isErrorValue(s.info, receive) && !s.madeInside(receive.X)
}

// Calls returns the calls of the loop's own code that do more than to compute. Those of function literals and of loops inside are not
// its own.
func (l *Loop) Calls() []*ast.CallExpr {
	s := &finder{flow: l.flow}
	var list []*ast.CallExpr
	for _, b := range l.flow.blocks {
		if b.loop != l.flow.natural {
			continue
		}
		for _, n := range b.nodes {
			list = append(list, s.called(n)...)
		}
		if b.branch != nil && b.branch.cond != nil {
			list = append(list, s.called(b.branch.cond)...)
		}
	}
	return list
}
