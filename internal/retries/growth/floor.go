package growth

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// showFloor looks at a condition that asks whether a delay is below a minimum, where the block sets the delay to that minimum or
// returns it. A delay that has overflowed is negative, so that it falls back to the minimum instead of staying at the cap.
func (m *machine) showFloor(cond ast.Expr, then *cfg.Block, in *env) {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || !m.about(b.X).delay || len(then.Nodes) == 0 {
		return
	}
	grows, least := b.X, b.Y
	switch b.Op {
	case token.GTR, token.GEQ:
		grows, least = least, grows
	case token.LSS, token.LEQ:
	default:
		return
	}
	if becomes(then.Nodes[0], syntax.Text(least)) {
		m.noteFall(grows, m.eval(grows, in), m.eval(least, in))
	}
}

// becomes reports whether a statement sets something to, or returns, an expression with a text.
func becomes(n ast.Node, text string) bool {
	var list []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		list = n.Rhs
	case *ast.ReturnStmt:
		list = n.Results
	}
	return len(list) > 0 && syntax.Text(list[0]) == text
}

// noteFall notes that a delay which has overflowed falls back to the minimum.
func (m *machine) noteFall(e ast.Expr, v, least value) {
	if v.site != nil && v.wrap&(negative|zero) != 0 && m.about(e).delay {
		m.fell(v.site, least)
	}
}
