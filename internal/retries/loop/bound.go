package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// counter is a variable that every round, or every failure, changes by a constant.
type counter struct {
	object types.Object
	v      variable
	down   bool
}

// counters finds the variables that count.
func (s *finder) counters() {
	s.counts = map[variable]*counter{}
	for v, list := range s.set {
		for _, a := range list {
			if a.step {
				s.counts[v] = &counter{v.object, v, !a.up}
			}
		}
	}
	if r, ok := s.loop.Stmt.(*ast.RangeStmt); ok && isInteger(s.info.TypeOf(r.X)) {
		if id, ok := r.Key.(*ast.Ident); ok && id.Name != "_" {
			v := variable{object: s.info.ObjectOf(id)}
			s.counts[v] = &counter{v.object, v, false}
		}
	}
}

func isInteger(t types.Type) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// findBounds finds the branches that end the loop when a counter has reached a limit.
func (s *finder) findBounds() {
	for _, b := range s.blocks {
		switch {
		case b.branch == nil:
		case b.branch.ranges != nil && b == s.head:
			s.rangeBound(b, b.branch.ranges)
		case b.branch.cond != nil:
			s.boundOf(b)
		}
	}
}

// rangeBound reads the bound of for range.
func (s *finder) rangeBound(b *block, r *ast.RangeStmt) {
	t := s.info.TypeOf(r.X)
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array, *types.Pointer, *types.Basic:
		s.loop.bounds[b] = 1
		s.loop.Bound.Limit, s.loop.Bound.Test = r.X, r.X.Pos()
	}
	if isInteger(t) {
		s.loop.Bound.Attempts, _ = syntax.ConstantInt(s.info, r.X)
		if id, ok := r.Key.(*ast.Ident); ok {
			s.loop.Bound.Counter = s.info.ObjectOf(id)
		}
	}
}

// boundOf reads a comparison of a counter with a limit.
func (s *finder) boundOf(b *block) {
	e, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	if !ok {
		return
	}
	x, y, op := e.X, e.Y, e.Op
	c := s.counterIn(x)
	if c == nil {
		if c = s.counterIn(y); c == nil {
			return
		}
		x, y, op = y, x, syntax.Mirrored(op)
	}
	if s.loop.declaresAnew(c.v) || s.countsInRound(c.v) {
		return // it counts what a round has seen
	}
	if asksForNone(s.info, op, y) && !c.down {
		return
	}
	reached := reachedBy(op, c.down)
	if reached < 0 || !s.endsAt(b.succs[reached], e) || s.endsAt(b.succs[1-reached], e) {
		return
	}
	s.loop.bounds[b] = reached
	if s.loop.Bound.Limit != nil && b != s.head {
		return
	}
	s.loop.Bound = Bound{Counter: c.object, Limit: y, Test: e.Pos(), Down: c.down, Inclusive: op == token.LEQ || op == token.GTR && !c.down}
	if c.v.fields != "" {
		s.loop.Bound.Counter = nil
	}
	s.loop.Bound.Attempts = s.attempts(b, c, x, y, op)
}

// asksForNone reports whether a comparison asks whether a counter is still zero.
func asksForNone(info *types.Info, op token.Token, limit ast.Expr) bool {
	n, ok := syntax.ConstantInt(info, limit)
	return ok && n == 0 && (op == token.EQL || op == token.NEQ)
}

// counterIn returns the counter that an expression is, perhaps plus or minus a constant, nil if it is none.
func (s *finder) counterIn(e ast.Expr) *counter {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if (x.Op == token.ADD || x.Op == token.SUB) && s.info.Types[x.Y].Value != nil {
			return s.counterIn(x.X)
		}
	case *ast.CallExpr:
		if len(x.Args) == 1 && s.info.Types[x.Fun].IsType() {
			return s.counterIn(x.Args[0])
		}
	case *ast.Ident, *ast.SelectorExpr:
		if v, ok := variableOf(s.info, x); ok {
			return s.counts[v]
		}
	}
	return nil
}

// reachedBy returns which way of a comparison means that the limit has been reached, -1 if it is none.
func reachedBy(op token.Token, down bool) int {
	switch op {
	case token.EQL:
		return 0
	case token.NEQ:
		return 1
	case token.LSS, token.LEQ:
		if down {
			return 0
		}
		return 1
	case token.GTR, token.GEQ:
		if down {
			return 1
		}
		return 0
	}
	return -1
}

// endsAt reports whether the loop ends on a way from a block that makes no other call, and asks nothing but about the
// variables of a comparison, as i < limit || limit == 0, or about a flag that has been set on the way.
func (s *finder) endsAt(b *block, comparison ast.Expr) bool {
	flags := map[variable]bool{}
	for range 8 {
		if !s.has[b] {
			return true
		}
		if b == s.head || s.works(b) {
			return false
		}
		s.setFlags(b, flags)
		switch {
		case len(b.succs) == 1:
			b = b.succs[0]
		case b.branch == nil || b.branch.cond == nil:
			return false
		default:
			if holds, known := s.holds(b.branch.cond, flags); known {
				b = b.succs[wayOf(holds)]
				continue
			}
			return s.share(b.branch.cond, comparison) && (!s.has[b.succs[0]] || !s.has[b.succs[1]])
		}
	}
	return false
}

// setFlags notes the flags that a block sets to constants.
func (s *finder) setFlags(b *block, flags map[variable]bool) {
	for _, a := range s.assignmentsOf(b) {
		delete(flags, a.to)
		if tv := s.info.Types[orNil(a.value)]; tv.Value != nil && tv.Value.Kind() == constant.Bool {
			flags[a.to] = constant.BoolVal(tv.Value)
		}
	}
}

// holds reports whether a condition holds that is a flag or its opposite, if that is known.
func (s *finder) holds(cond ast.Expr, flags map[variable]bool) (holds, known bool) {
	if not, ok := ast.Unparen(cond).(*ast.UnaryExpr); ok && not.Op == token.NOT {
		holds, known = s.holds(not.X, flags)
		return !holds, known
	}
	v, ok := variableOf(s.info, cond)
	if !ok {
		return false, false
	}
	holds, known = flags[v]
	return holds, known
}

// share reports whether two expressions use a variable in common.
func (s *finder) share(a, b ast.Expr) bool {
	used := map[variable]bool{}
	inspectVariables(s.info, a, func(v variable) { used[v] = true })
	found := false
	inspectVariables(s.info, b, func(v variable) { found = found || used[v] })
	return found
}

// works reports whether a block calls anything that may be the operation.
func (s *finder) works(b *block) bool {
	for _, n := range b.nodes {
		for _, op := range s.called(n) {
			if !s.isWait(op) && syntax.ReturnsError(s.info, op) {
				return true
			}
		}
	}
	return b.branch != nil && b.branch.cond != nil && len(s.called(b.branch.cond)) > 0
}

// called returns the calls in a node that do more than compute.
func (s *finder) called(n ast.Node) []*ast.CallExpr {
	var list []*ast.CallExpr
	syntax.InspectOwn(n, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && !computes(s.info, call) {
			list = append(list, call)
		}
	})
	return list
}

// attempts returns the number of attempts of a head such as for i := 0; i < 3; i++, 0 if it is no constant.
func (s *finder) attempts(b *block, c *counter, x, limit ast.Expr, op token.Token) int {
	stmt, ok := s.loop.Stmt.(*ast.ForStmt)
	if !ok || b != s.head || len(s.set[c.v]) != 1 {
		return 0
	}
	init, ok := stmt.Init.(*ast.AssignStmt)
	if !ok || len(init.Rhs) != len(init.Lhs) {
		return 0
	}
	at := slices.IndexFunc(init.Lhs, func(e ast.Expr) bool {
		v, ok := variableOf(s.info, e)
		return ok && v == c.v
	})
	if at < 0 {
		return 0
	}
	first, known := syntax.ConstantInt(s.info, init.Rhs[at])
	last, constant := syntax.ConstantInt(s.info, limit)
	if _, plain := ast.Unparen(x).(*ast.Ident); !known || !constant || !plain {
		return 0
	}
	n := last - first
	if c.down {
		n = -n
	}
	if op == token.LEQ || op == token.GEQ {
		n++
	}
	return max(n, 0)
}

// countsAlone reports whether the loop does nothing with its counter but to count the rounds up to a limit, so that each round is like
// the one before.
func (s *finder) countsAlone() bool {
	if r, ok := s.loop.Stmt.(*ast.RangeStmt); ok {
		return r.Key == nil && s.loop.Bound.Attempts > 1
	}
	stmt, ok := s.loop.Stmt.(*ast.ForStmt)
	b := s.loop.Bound
	if !ok || b.Counter == nil || b.Limit == nil && b.Attempts == 0 || b.Attempts == 1 {
		return false
	}
	return !syntax.Mentions(s.info, stmt.Body, b.Counter)
}
