package check

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// FieldValues are the values that a package sets fields to, in literals and in assignments; nil for one of several results of a call.
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
	for cursor := range p.Inspector().Root().Preorder((*ast.CompositeLit)(nil), (*ast.AssignStmt)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.CompositeLit:
			fields := syntax.StructOf(p.TypesInfo.TypeOf(n))
			for i, e := range n.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					set(pair.Key, pair.Value)
				} else if fields != nil && i < fields.NumFields() {
					v := fields.Field(i).Origin()
					values[v] = append(values[v], e)
				}
			}
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
