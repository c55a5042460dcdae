package site

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Select returns the expression x.field, which need not stand in the program: with it a policy names a field of a value that the
// site has. Like any other expression it has a type and a source text.
func (p *Package) Select(x ast.Expr, field *types.Var) ast.Expr {
	if u, ok := ast.Unparen(x).(*ast.UnaryExpr); ok {
		x = u.X // of &x, as the selection is the same
	}
	e := &ast.SelectorExpr{X: x, Sel: ast.NewIdent(field.Name())}
	p.Info.Uses[e.Sel] = field
	p.remember(e, p.Operand(x)+"."+field.Name(), field.Type())
	return e
}

// Operand returns the source text of an expression, in parentheses unless it can stand before a dot or beside any operator.
func (p *Package) Operand(e ast.Expr) string {
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.IndexExpr, *ast.ParenExpr, *ast.BasicLit:
		return p.Source(e)
	}
	return "(" + p.Source(e) + ")"
}

// Rewritten returns an expression like another one of the program, with a text of its own.
func (p *Package) Rewritten(e ast.Expr, text string) ast.Expr {
	made := &ast.BinaryExpr{X: ast.NewIdent("_"), Op: token.ADD, Y: ast.NewIdent("_")} // of which nobody knows more than its text
	p.remember(made, text, p.Info.TypeOf(e))
	return made
}

func (p *Package) remember(e ast.Expr, text string, t types.Type) {
	if p.made == nil {
		p.made = map[ast.Node]string{}
	}
	p.made[e] = text
	p.Info.Types[e] = types.TypeAndValue{Type: t}
}
