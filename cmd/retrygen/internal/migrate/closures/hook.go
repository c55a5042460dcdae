package closures

import (
	"go/ast"
	"go/types"
)

// hookOf returns the literal behind a variable that has no other use, and has its definition removed. Any other function is
// returned as it is.
func (c *closure) hookOf(e ast.Expr) ast.Expr {
	e = c.unconverted(e)
	id, ok := e.(*ast.Ident)
	if !ok {
		return e
	}
	v, ok := c.Info.Uses[id].(*types.Var)
	if !ok {
		return e
	}
	if lit, stmt, why := c.definedLiteral(id, v); lit != nil && why == "" {
		c.removes = append(c.removes, stmt)
		return lit
	}
	return e
}
