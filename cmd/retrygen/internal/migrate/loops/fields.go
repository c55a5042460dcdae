package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// ownField reports whether an expression is a field of a variable of the function around, of which no other code sees what it
// holds between attempts: a round sets its fields before it reads any, and nothing before the loop has taken its address.
//
//	result.Response, result.err = resp, err
func (r *reader) ownField(e ast.Expr, stmt ast.Stmt) bool {
	root := r.rootOf(e)
	signature, body := syntax.FuncParts(r.loop.Function)
	if root == nil || r.object(e) != nil || root.Pos() < signature.Pos() || root.Pos() >= body.End() {
		return false
	}
	own := true
	written := map[*ast.Ident]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if id := syntax.Root(left); id != nil && n.Tok == token.ASSIGN && r.rootOf(left) == root {
					written[id] = true
				}
			}
		case *ast.FuncLit:
			own = own && !r.mentions(n, root)
		case *ast.UnaryExpr:
			own = own && !(n.Op == token.AND && n.Pos() < r.loop.Stmt.Pos() && r.mentions(n, root))
		case *ast.Ident:
			read := r.Info.Uses[n] == root && !written[n]
			own = own && !(read && r.loop.Stmt.Pos() <= n.Pos() && n.Pos() < stmt.Pos())
		}
		return own
	})
	return own
}

// rootOf returns the variable that holds a field, nil if a pointer leads to the field.
func (r *reader) rootOf(e ast.Expr) types.Object {
	for {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		if !ok {
			break
		}
		if s := r.Info.Selections[sel]; s == nil || s.Kind() != types.FieldVal || s.Indirect() {
			return nil
		}
		e = sel.X
	}
	return r.object(e)
}
