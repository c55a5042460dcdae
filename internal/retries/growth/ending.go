package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// ending says how the rounds of a loop come to an end.
type ending struct {
	limited bool // a number is compared with a counter, or an error is handed on
	timed   bool // a time is compared with the clock, or a deadline that the function sets passes
	open    bool // the caller, or whoever has set a field, says how long
}

// mostConfigured is a time that anybody may configure for all attempts together. What overflows within it is reached.
const mostConfigured = 5 * time.Minute

// before reports whether the rounds end by time before they have waited for so long, 0 if that is not known.
func (e ending) before(waits time.Duration) bool {
	return e.timed || e.open && (waits == 0 || waits > mostConfigured)
}

// endless reports whether nothing limits the rounds of a loop. A context from outside may end them, but nobody knows when.
func (e ending) endless() bool { return !e.limited && !e.timed && !e.open }

// ending looks at the ways out of a loop.
func (u *unit) ending() (e ending) {
	if u.loop == nil {
		return e
	}
	if s, ok := u.loop.head.Stmt.(*ast.RangeStmt); ok {
		_, channel := syntax.Underlying(u.info.TypeOf(s.X)).(*types.Chan)
		e.limited = !channel
	}
	for b := range u.loop.body {
		for _, n := range b.Nodes {
			syntax.InspectOwn(n, func(n ast.Node) {
				if call, ok := n.(*ast.CallExpr); ok {
					u.asks(call, &e)
				}
			})
		}
		for i, next := range b.Succs {
			if next.Live && !u.loop.body[next] {
				u.leaves(b, i, &e)
			}
		}
	}
	return e
}

// asks takes in that a loop calls something with a context.
func (u *unit) asks(call *ast.CallExpr, e *ending) {
	ctx := syntax.ContextArg(u.info, call)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && syntax.IsContext(u.info.TypeOf(sel.X)) {
		ctx = sel.X
	}
	if ctx == nil || syntax.IsFreshContext(u.info, ctx) {
		return
	}
	e.timed = e.timed || u.setsDeadline(ctx)
}

// setsDeadline reports whether a function around a loop has given a context a deadline, outside of the loop.
func (u *unit) setsDeadline(ctx ast.Expr) bool {
	p, ok := placeOf(u.info, ctx)
	if !ok || p.root == nil {
		return false
	}
	from, to := u.loop.extent()
	return slices.ContainsFunc(u.f.outermost().deadlinesOf(u.info)[p], func(at token.Pos) bool { return at < from || to <= at })
}

// deadlinesOf returns where a function, or a literal in it, sets places to contexts with deadlines.
func (f *function) deadlinesOf(info *types.Info) map[place][]token.Pos {
	if f.deadlines != nil {
		return f.deadlines
	}
	f.deadlines = map[place][]token.Pos{}
	ast.Inspect(f.body, func(n ast.Node) bool {
		s, ok := n.(*ast.AssignStmt)
		if !ok || len(s.Rhs) != 1 {
			return true
		}
		if call, ok := s.Rhs[0].(*ast.CallExpr); ok {
			if given, _ := syntax.Deadline(info, nil, call); given {
				if set, ok := placeOf(info, s.Lhs[0]); ok {
					f.deadlines[set] = append(f.deadlines[set], s.Pos())
				}
			}
		}
		return true
	})
	return f.deadlines
}

// leaves takes in a way out of a loop: the edge from a block to its successor i.
func (u *unit) leaves(b *cfg.Block, i int, e *ending) {
	next := b.Succs[i]
	switch clause, _ := next.Stmt.(*ast.CommClause); {
	case clause != nil && next.Kind == cfg.KindSelectCaseBody:
		from := syntax.ReceivedFrom(clause.Comm)
		e.timed = e.timed || from != nil && syntax.DeliversTimes(u.info.TypeOf(from))
		return // somebody ends it
	case next.Kind == cfg.KindSelectAfterCase: // the other cases
		for i := range next.Succs {
			u.leaves(next, i, e)
		}
		return
	}
	if len(b.Nodes) == 0 || len(b.Succs) != 2 {
		return
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	switch {
	case !ok || asksContext(u.info, cond):
	case syntax.ErrorTest(u.info, cond, token.NEQ) != nil && i == 0, syntax.ErrorTest(u.info, cond, token.EQL) != nil && i == 1:
		e.limited = true // what returned the error has a limit of its own
	default:
		u.decides(cond, e)
	}
}

// asksContext reports whether a condition is about a context.
func asksContext(info *types.Info, cond ast.Expr) bool {
	found := false
	syntax.InspectOwn(cond, func(n ast.Node) {
		if sel, ok := n.(*ast.SelectorExpr); ok && syntax.IsContext(info.TypeOf(sel.X)) {
			found = true
		}
	})
	return found
}

// decides takes in a condition on which a loop is left.
func (u *unit) decides(cond ast.Expr, e *ending) {
	if b, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && (u.passes(b.X, b.Y) || u.passes(b.Y, b.X)) {
		e.open = true
		return
	}
	syntax.InspectOwn(cond, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if syntax.Compares(n.Op) && (u.countsIn(n.X) || u.countsIn(n.Y)) {
				e.limited = true
			}
		case *ast.CallExpr:
			for _, arg := range n.Args {
				e.limited = e.limited || u.countsIn(arg)
			}
		}
		if x, ok := n.(ast.Expr); ok && u.isTime(x) {
			e.timed = true
		}
	})
}

// passes reports whether the time since something is compared with one that is set outside.
func (u *unit) passes(since, most ast.Expr) bool {
	return u.elapsed(u.f, since, 2) && u.setOutside(most)
}

// setOutside reports whether an expression is a duration that a parameter or a field holds.
func (u *unit) setOutside(e ast.Expr) bool {
	p, ok := placeOf(u.info, e)
	if !ok || p.root == nil || !isDuration(u.info.TypeOf(e)) {
		return false
	}
	return p.path != "" || u.f.outermost().takes(u.info, p.root)
}

// takes reports whether a variable is a parameter of a function.
func (f *function) takes(info *types.Info, v types.Object) bool {
	return slices.ContainsFunc(f.params(info), func(param *types.Var) bool { return param != nil && param == v })
}

// isTime reports whether an expression is a point in time, or a time that has passed.
func (u *unit) isTime(e ast.Expr) bool {
	t := u.info.TypeOf(e)
	return t != nil && u.info.Types[e].IsValue() && (isDuration(t) || syntax.IsNamed(t, "time", "Time"))
}
