package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// sameSubject reports whether the operation that a condition judges works on the same thing in each round. An element of a
// list, what a channel delivers, or the place where the last round has ended is another thing each time.
func (s *finder) sameSubject(j *Judge, failing map[*block]bool) bool {
	v := &subject{finder: s, failing: failing, seen: map[variable]bool{}, attempts: j.asksAgain()}
	for _, op := range j.Operations {
		switch op := op.(type) {
		case *ast.UnaryExpr:
			if !s.madeInside(op.X) && !s.sentInside(op.X) && !v.sentBack(op.X) {
				return false
			}
		case *ast.CallExpr:
			if v.varies(op.Fun, 0) {
				return false
			}
			for _, arg := range op.Args {
				if v.varies(arg, 0) {
					return false
				}
			}
		}
	}
	return true
}

// madeInside reports whether a channel is made in the loop, for one attempt.
func (s *finder) madeInside(channel ast.Expr) bool {
	v, ok := variableOf(s.info, channel)
	if !ok {
		_, call := ast.Unparen(channel).(*ast.CallExpr)
		return call
	}
	return len(s.reaching(v, nil, token.NoPos)) > 0
}

// sentInside reports whether the loop starts a goroutine with a channel, which sends the result of an attempt: go do(results).
func (s *finder) sentInside(channel ast.Expr) bool {
	v, ok := variableOf(s.info, channel)
	found := false
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			if start, isGo := n.(*ast.GoStmt); ok && isGo {
				inspectVariables(s.info, start.Call, func(used variable) { found = found || used == v })
			}
		}
	}
	return found
}

// subject looks for what makes the subject of an operation another one.
type subject struct {
	*finder
	failing map[*block]bool
	seen    map[variable]bool

	attempts bool // what counts the rounds is the number of the attempt
}

func (s *subject) varies(e ast.Expr, depth int) bool {
	if e == nil || depth > deepest {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if found {
			return false
		}
		switch n := n.(type) {
		case *ast.IndexExpr:
			if s.mentionsCounter(n.Index) && !syntax.IsNamed(s.info.TypeOf(n), "time", "Duration") {
				found = true
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && !isSignal(s.info, n) && !s.madeInside(n.X) && !s.sentBack(n.X) {
				found = true
			}
		case ast.Expr:
			if v, ok := variableOf(s.info, n); ok {
				found = s.variable(v, depth)
				return false
			}
		}
		return !found
	})
	return found
}

// sentBack reports whether a failure sends to a channel, from which the loop takes what it works on: it is taken again later.
func (s *subject) sentBack(channel ast.Expr) bool {
	v, ok := variableOf(s.info, channel)
	if !ok {
		return false
	}
	for b := range s.failing {
		for _, n := range b.nodes {
			if send, ok := n.(*ast.SendStmt); ok {
				if to, ok := variableOf(s.info, send.Chan); ok && to == v {
					return true
				}
			}
		}
	}
	return false
}

// mentionsCounter reports whether an expression uses what counts the rounds, or goes round as in i = (i+1) % n.
func (s *subject) mentionsCounter(e ast.Expr) bool {
	return s.fromCounter(e, map[variable]bool{})
}

func (s *subject) fromCounter(e ast.Expr, seen map[variable]bool) bool {
	found := false
	inspectVariables(s.info, e, func(v variable) {
		if found || seen[v] {
			return
		}
		seen[v] = true
		found = s.moves(v)
		for _, a := range s.set[v] {
			found = found || a.value != nil && (s.goesRound(a.value, v) && !s.rotates() || s.fromCounter(a.value, seen))
		}
	})
	return found
}

// moves reports whether a variable counts the rounds, those after a failure too. What only a success counts is a position that
// stays where it is.
func (s *subject) moves(v variable) bool {
	if s.counts[v] == nil {
		return false
	}
	list := s.set[v]
	return len(list) == 0 || slices.ContainsFunc(list, func(a *assignment) bool { return s.failing[a.block] })
}

// rotates reports whether the loop counts attempts and waits, so that the servers which it goes round are one subject.
func (s *subject) rotates() bool { return s.namesAttempts() && len(s.waits) > 0 }

// goesRound reports whether a value of a variable is computed from the variable itself.
func (s *subject) goesRound(value ast.Expr, v variable) bool {
	found := false
	inspectVariables(s.info, value, func(other variable) { found = found || other == v })
	return found
}

// variable reports whether a variable is another thing in each round.
func (s *subject) variable(v variable, depth int) bool {
	if s.seen[v] {
		return false
	}
	s.seen[v] = true
	if s.isElement(v.object) {
		return true
	}
	if s.counts[v] != nil {
		return !s.attempts && !attemptName.MatchString(v.object.Name()) && !s.waitsSomewhere() && len(s.loop.Pauses) == 0
	}
	inside := s.declaredInside(v.object)
	for _, a := range s.set[v] {
		if a.value == nil || !inside && !s.failing[a.block] {
			continue
		}
		if s.varies(a.value, depth+1) {
			return true
		}
	}
	return !inside && s.advances(v)
}

// waitsSomewhere reports whether the loop waits at all.
func (s *finder) waitsSomewhere() bool {
	return s.paced || len(s.waits) > 0
}

// isElement reports whether a variable is what the loop, or one around it that goes through the same blocks, ranges over.
func (s *subject) isElement(object types.Object) bool {
	r, ok := s.loop.Stmt.(*ast.RangeStmt)
	if !ok || isInteger(s.info.TypeOf(r.X)) {
		return false
	}
	for _, e := range []ast.Expr{r.Key, r.Value} {
		if id, ok := e.(*ast.Ident); ok && s.info.ObjectOf(id) == object && !syntax.IsNamed(object.Type(), "time", "Duration") {
			return true
		}
	}
	return false
}

// declaredInside reports whether a variable is new in each round.
func (s *finder) declaredInside(object types.Object) bool {
	if object == nil || s.loop.Body == nil {
		return false
	}
	return s.loop.Body.Pos() <= object.Pos() && object.Pos() < s.loop.Body.End()
}

// advances reports whether a failure sets a variable, which outlives the round, to something that depends on results of the
// loop and on no error: the next page, the rest of a list.
func (s *subject) advances(v variable) bool {
	for _, a := range s.set[v] {
		if !s.failing[a.block] || a.value == nil || isErrorType(s.info, a.to) {
			continue
		}
		if call, ok := ast.Unparen(a.value).(*ast.CallExpr); ok && !computes(s.info, call) && !s.consumes(call) {
			continue // made anew: a connection, a request
		}
		if s.isRest(v, a.value) {
			continue
		}
		if len(s.before(a.value, a.block, a.pos)) > 0 && !isStatus(a.to) {
			return true
		}
	}
	return false
}

// isRest reports whether a value is what has failed of a list that a variable holds, in a loop that waits: items = failed.
func (s *subject) isRest(v variable, value ast.Expr) bool {
	from, ok := variableOf(s.info, value)
	if !ok || from.fields != "" || v.fields != "" || !s.waitsSomewhere() || !types.Identical(from.object.Type(), v.object.Type()) {
		return false
	}
	switch v.object.Type().Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return false
}

func isErrorType(info *types.Info, v variable) bool {
	return v.object != nil && v.fields == "" && syntax.IsError(v.object.Type())
}

// isStatus reports whether a variable holds a result that is judged rather than used.
func isStatus(v variable) bool { return statusName.MatchString(v.object.Name() + v.fields) }

// collects reports whether what a condition asks for is added to something behind it: all = append(all, list...).
func (s *finder) collects(j *Judge, behind map[*block]bool) bool {
	judged := map[variable]bool{}
	inspectVariables(s.info, j.Cond, func(v variable) { judged[v] = true })
	for b := range behind {
		for _, a := range s.assignmentsOf(b) {
			if a.moves && !a.step && a.value != nil && s.loop.mentions(a.value, judged) {
				return true
			}
		}
	}
	return false
}
