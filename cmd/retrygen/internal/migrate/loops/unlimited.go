package loops

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unlessUnlimited reads a test of the count that holds only where there is a limit: limit == 0 || i < limit, or
// limit > 0 && i >= limit. It returns the comparison of the counter, nil for any other expression. Negative says that a negative
// limit is none either.
func (r *reader) unlessUnlimited(e ast.Expr) (test ast.Expr, negative bool) {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.LOR && b.Op != token.LAND {
		return nil, false
	}
	none, ok := ast.Unparen(b.X).(*ast.BinaryExpr)
	if !ok || !r.compares(b.Y) {
		return nil, false
	}
	if n, constant := r.integer(none.Y); !constant || n != 0 || !r.mentionsText(b.Y, none.X) {
		return nil, false
	}
	switch op := none.Op; {
	case b.Op == token.LOR && op == token.EQL, b.Op == token.LAND && op == token.NEQ:
		return b.Y, false
	case b.Op == token.LOR && op == token.LEQ, b.Op == token.LAND && op == token.GTR:
		return b.Y, true
	}
	return nil, false
}

// unlessNone reports whether a part of the condition in the head limits the attempts unless something else holds: limit == -1 || i < limit. It is asked before each retry then, with the number of the retry.
func (r *reader) unlessNone(t term) bool {
	b, ok := ast.Unparen(t.cond).(*ast.BinaryExpr)
	c := r.count.counter
	return ok && t.holds && b.Op == token.LOR && r.headTerm == nil && r.compares(b.Y) && r.count.step == 1 && r.isPost(r.count.steps) &&
		!r.mentions(b.X, c) && !syntax.HasCall(b.X) && !syntax.HasCall(b.Y)
}

// mentionsText reports whether a comparison compares with an expression of some text.
func (r *reader) mentionsText(test, e ast.Expr) bool {
	b := ast.Unparen(test).(*ast.BinaryExpr)
	return r.Source(ast.Unparen(b.X)) == r.Source(e) || r.Source(ast.Unparen(b.Y)) == r.Source(e)
}

// countUnlessUnlimited writes a number of attempts where a limit of 0 is none. It is as large as an int can be then.
func (r *reader) countUnlessUnlimited(name string) {
	c := r.count
	o := site.Numbers(name, r.Value(c.limit))
	o.Computed, o.Imports = "cmp.Or(%s, math.MaxInt)", []string{"cmp", "math"}
	r.option(o)
	limit := r.Source(c.limit)
	switch {
	case c.negative:
		r.site.Differ("where " + limit + " is negative, nothing limited the attempts; now there is one")
	case c.least == 0:
		r.site.Differ("where " + limit + " is negative, the loop made no attempt; now there is one")
	}
}
