package check

import (
	"go/ast"
	"go/types"
)

// FieldValues are the values that a package sets fields to, in literals with keys and in assignments; nil for one of several
// results of a call.
var FieldValues = Share(func(p *Pass) map[*types.Var][]ast.Expr {
	values := map[*types.Var][]ast.Expr{}
	set := func(target, value ast.Expr) {
		id, ok := target.(*ast.Ident)
		if sel, isSelector := target.(*ast.SelectorExpr); isSelector {
			id, ok = sel.Sel, true
		}
		if !ok {
			return
		}
		if v, isVar := p.TypesInfo.ObjectOf(id).(*types.Var); isVar && v.IsField() {
			values[v.Origin()] = append(values[v.Origin()], value)
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.KeyValueExpr)(nil), (*ast.AssignStmt)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.KeyValueExpr:
			set(n.Key, n.Value)
		case *ast.AssignStmt:
			for i := range n.Lhs {
				if len(n.Lhs) == len(n.Rhs) {
					set(n.Lhs[i], n.Rhs[i])
				} else {
					set(n.Lhs[i], nil)
				}
			}
		}
	}
	return values
})
