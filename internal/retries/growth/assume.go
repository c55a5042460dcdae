package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"math"

	"github.com/retrygen/retrygen/internal/syntax"
)

// assume returns what is known where a condition has an outcome, nil if it cannot have it.
func (m *machine) assume(cond ast.Expr, truth bool, e *env) *env {
	switch c := cond.(type) {
	case *ast.ParenExpr:
		return m.assume(c.X, truth, e)
	case *ast.UnaryExpr:
		if c.Op == token.NOT {
			return m.assume(c.X, !truth, e)
		}
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND:
			return m.both(c, truth, e)
		case token.LOR:
			return m.both(c, truth, e)
		}
		if syntax.Compares(c.Op) {
			return m.compared(c, truth, e)
		}
	}
	if v := m.info.Types[cond].Value; v != nil && (v.String() == "true") != truth {
		m.free(e)
		return nil
	}
	return e
}

// both is assume for && and ||.
func (m *machine) both(c *ast.BinaryExpr, truth bool, e *env) *env {
	if truth == (c.Op == token.LAND) {
		if e = m.assume(c.X, truth, e); e == nil {
			return nil
		}
		return m.assume(c.Y, truth, e)
	}
	first := m.assume(c.X, truth, m.clone(e))
	second := m.assume(c.X, !truth, e)
	if second != nil {
		second = m.assume(c.Y, truth, second)
	}
	if second == nil {
		return first
	}
	return m.merge(first, second)
}

// compared is assume for a comparison of numbers.
func (m *machine) compared(c *ast.BinaryExpr, truth bool, e *env) *env {
	left := m.about(c.X)
	if !left.isNumber {
		return e
	}
	whole := !left.number.float
	op := c.Op
	if !truth {
		op = syntax.Opposite(op)
	}
	x, y := m.eval(c.X, e), m.eval(c.Y, e)
	m.noteCap(c.Op, x, y)
	switch m.fn.held(m.info)[c] {
	case nil:
	case c.X:
		x = m.clampedBy(c.X, x, y)
	case c.Y:
		y = m.clampedBy(c.Y, y, x)
	}
	if x, y = restrict(x, op, y, whole), restrict(y, syntax.Mirrored(op), x, whole); x.impossible() || y.impossible() {
		m.free(e)
		return nil
	}
	m.learn(c.X, x, e)
	m.learn(c.Y, y, e)
	return e
}

// held returns the sides of comparisons that are the maximum at which a number is held: if n > most { n = most }.
func (f *function) held(info *types.Info) map[*ast.BinaryExpr]ast.Expr {
	if f.holding != nil {
		return f.holding
	}
	f.holding = map[*ast.BinaryExpr]ast.Expr{}
	for _, list := range f.guards(info) {
		for _, guard := range list {
			cond, ok := ast.Unparen(guard.Cond).(*ast.BinaryExpr)
			assign := guard.Body.List[0].(*ast.AssignStmt)
			if !ok || len(assign.Rhs) != 1 {
				continue
			}
			target, value := syntax.Text(assign.Lhs[0]), syntax.Text(assign.Rhs[0])
			switch x, y := syntax.Text(cond.X), syntax.Text(cond.Y); {
			case x == target && y == value && (cond.Op == token.GTR || cond.Op == token.GEQ):
				f.holding[cond] = cond.Y
			case x == value && y == target && (cond.Op == token.LSS || cond.Op == token.LEQ):
				f.holding[cond] = cond.X
			}
		}
	}
	return f.holding
}

// clampedBy is clamp for the maximum of a number that does not grow by itself, such as an exponent.
func (m *machine) clampedBy(most ast.Expr, v, n value) value {
	if n.site != nil || v.site != nil {
		return v
	}
	return m.clamp(most, v)
}

// learn stores what a comparison says about an expression: about a variable, through conversions that keep its value and
// a constant that is added or taken off.
func (m *machine) learn(x ast.Expr, v value, e *env) {
	x = ast.Unparen(x)
	known := m.about(x)
	if known.constant {
		return
	}
	if known.place != nil {
		e.set(known.place, v)
		return
	}
	switch x := x.(type) {
	case *ast.CallExpr:
		if len(x.Args) != 1 || !m.about(x.Fun).isType {
			return
		}
		arg := m.about(x.Args[0])
		from, to := arg.number, known.number
		if arg.isNumber && known.isNumber && (from == to || from.float == to.float && v.wrap == 0 || to.float && !from.float) {
			m.learn(x.Args[0], v, e)
		}
	case *ast.BinaryExpr:
		by := m.eval(x.Y, e)
		if !m.about(x.Y).constant || v.wrap != 0 || !v.some() {
			return
		}
		switch x.Op {
		case token.ADD:
			m.learn(x.X, between(v.lo-by.lo, v.hi-by.lo).from(v), e)
		case token.SUB:
			m.learn(x.X, between(v.lo+by.lo, v.hi+by.lo).from(v), e)
		}
	}
}

// from returns a value that grows where another does.
func (v value) from(w value) value {
	v.site = w.site
	return v
}

// rangeCount returns how often a range statement goes around.
func (m *machine) rangeCount(s *ast.RangeStmt, e *env) value {
	ranged := m.info.TypeOf(s.X)
	if ranged == nil {
		return anyNumber
	}
	switch t := ranged.Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			return m.eval(s.X, e)
		}
	case *types.Chan, *types.Signature:
		return between(0, math.Inf(1))
	case *types.Array:
		return exactly(float64(t.Len()))
	}
	return between(0, fewElements)
}

// noteCap notes that something that grows is compared with something that does not, and is positive.
func (m *machine) noteCap(op token.Token, x, y value) {
	if op == token.EQL || op == token.NEQ {
		return
	}
	for _, pair := range [...][2]value{{x, y}, {y, x}} {
		if pair[0].site != nil && pair[1].site == nil && pair[1].hi > 0 {
			m.caps[pair[0].site] = true
		}
	}
}
