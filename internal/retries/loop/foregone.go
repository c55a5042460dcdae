package loop

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// foregone returns the comparisons in a function whose outcome the head of the loop around them has decided, such as i == n in
//
//	for i := range n {
//		if i == n {
//			return err
//		}
//	}
//
// Their values say what that is.
func foregone(info *types.Info, body *ast.BlockStmt) map[ast.Expr]bool {
	known := map[ast.Expr]bool{}
	syntax.InspectOwn(body, func(n ast.Node) {
		if h := newHead(info, n); h != nil {
			h.decide(known)
		}
	})
	return known
}

// head is what the head of a loop says of its counter: how far it is below a limit, or above it where it counts down.
type head struct {
	info    *types.Info
	body    *ast.BlockStmt
	counter variable
	down    bool
	limit   bound
}

// bound is a constant, or a variable or its length and a constant.
type bound struct {
	of  variable
	len bool
	off int
}

// newHead reads the head of a loop whose counter and limit do not change inside, nil if it is none.
func newHead(info *types.Info, n ast.Node) *head {
	h := &head{info: info}
	switch n := n.(type) {
	case *ast.RangeStmt:
		h.body = n.Body
		if !isInteger(info.TypeOf(n.X)) || n.Key == nil || !h.below(token.LSS, n.Key, n.X) {
			return nil
		}
	case *ast.ForStmt:
		h.body = n.Body
		test, ok := ast.Unparen(orNil(n.Cond)).(*ast.BinaryExpr)
		step, steps := n.Post.(*ast.IncDecStmt)
		if !ok || !steps {
			return nil
		}
		h.down = step.Tok == token.DEC
		v, ok := variableOf(info, step.X)
		if !ok || !h.below(test.Op, test.X, test.Y) || v != h.counter {
			return nil
		}
	default:
		return nil
	}
	if h.changes() {
		return nil
	}
	return h
}

// below reads counter < limit, or counter > limit of one that counts down.
func (h *head) below(op token.Token, counter, limit ast.Expr) bool {
	v, ok := variableOf(h.info, counter)
	b, isBound := boundIn(h.info, limit)
	if !ok || !isBound || v.fields != "" {
		return false
	}
	h.counter, h.limit = v, b
	switch {
	case op == token.LSS && !h.down:
		h.limit.off--
	case op == token.GTR && h.down:
		h.limit.off++
	case op == token.LEQ && !h.down, op == token.GEQ && h.down:
	default:
		return false
	}
	return true
}

// boundIn reads a limit.
func boundIn(info *types.Info, e ast.Expr) (bound, bool) {
	if n, ok := syntax.ConstantInt(info, e); ok {
		return bound{off: n}, true
	}
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		b, ok := boundIn(info, call.Args[0])
		if syntax.IsBuiltin(info, call, "len") && ok && b.off == 0 && !b.len {
			b.len = true
			return b, true
		}
		return b, ok && info.Types[call.Fun].IsType()
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && (sum.Op == token.ADD || sum.Op == token.SUB) {
		b, ok := boundIn(info, sum.X)
		n, constant := syntax.ConstantInt(info, sum.Y)
		if sum.Op == token.SUB {
			n = -n
		}
		b.off += n
		return b, ok && constant
	}
	v, ok := variableOf(info, e)
	return bound{of: v}, ok
}

// changes reports whether the body assigns to the counter or to the limit.
func (h *head) changes() bool {
	found := false
	ast.Inspect(h.body, func(n ast.Node) bool {
		for _, target := range targets(n) {
			v, ok := variableOf(h.info, target)
			found = found || ok && (v == h.counter || h.limit.of.object != nil && v.object == h.limit.of.object)
		}
		return !found
	})
	return found
}

// targets returns what a node assigns to, or takes the address of.
func targets(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	}
	return nil
}

// decide adds the comparisons of the counter with the limit.
func (h *head) decide(known map[ast.Expr]bool) {
	ast.Inspect(h.body, func(n ast.Node) bool {
		test, ok := n.(*ast.BinaryExpr)
		if !ok || !syntax.Compares(test.Op) {
			return true
		}
		x, isCounter := boundIn(h.info, test.X)
		y, isLimit := boundIn(h.info, test.Y)
		op := test.Op
		if x.of != h.counter {
			x, y, op = y, x, syntax.Mirrored(op)
		}
		if isCounter && isLimit && x.of == h.counter && !x.len && y.of == h.limit.of && y.len == h.limit.len {
			if truth, ok := h.outcome(op, y.off-x.off-h.limit.off); ok {
				known[test] = truth
			}
		}
		return true
	})
}

// outcome decides a comparison with what is a number above the largest value of the counter, or below the smallest.
func (h *head) outcome(op token.Token, above int) (truth, ok bool) {
	if h.down {
		above, op = -above, syntax.Mirrored(op)
	}
	switch op {
	case token.LSS, token.NEQ:
		return true, above > 0
	case token.LEQ:
		return true, above >= 0
	case token.EQL, token.GEQ:
		return false, above > 0
	case token.GTR:
		return false, above >= 0
	}
	return false, false
}
