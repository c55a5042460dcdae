package closures

import (
	"go/ast"
	"go/token"
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

// asked says that a condition is not asked after the last attempt, where it does more than to decide.
func (c *closure) asked(name string, e ast.Expr) {
	body := ast.Node(nil)
	switch e := c.hookOf(e).(type) {
	case *ast.FuncLit:
		body = e.Body
	case *ast.Ident:
		if fn, ok := c.Info.Uses[e].(*types.Func); ok {
			if decl := c.Body(fn); decl != nil {
				body = decl.Body
			}
		}
	case *ast.SelectorExpr:
		if fn, ok := c.Info.Uses[e.Sel].(*types.Func); ok {
			if decl := c.Body(fn); decl != nil {
				body = decl.Body
			}
		}
	}
	if body != nil && acts(body) {
		c.site.Differ("the condition of " + name + " is not asked after the last attempt")
	}
}

// acts reports whether a body has a statement whose effect others may see.
func acts(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.IncDecStmt:
			found = true
		case *ast.AssignStmt:
			found = found || n.Tok != token.DEFINE
		}
		return !found
	})
	return found
}
