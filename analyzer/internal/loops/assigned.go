package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

// assignments are what a package assigns to its variables, by the variable and in the order of the source. The value is nil for
// what is no plain assignment, such as d *= 2, and for one of several results of a call.
var assignments = check.Share(func(p *check.Pass) map[types.Object][]assigned {
	list := map[types.Object][]assigned{}
	add := func(target ast.Expr, values []ast.Expr, i, n int) {
		id, ok := target.(*ast.Ident)
		if !ok {
			return
		}
		a := assigned{id: id, nothing: n == 0}
		switch {
		case len(values) == n && n > 0:
			a.value, a.source = values[i], values[i]
		case len(values) == 1:
			a.source = values[0]
		}
		if object := p.TypesInfo.ObjectOf(id); object != nil {
			list[object] = append(list[object], a)
		}
	}
	nodes := p.Inspector().Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.IncDecStmt)(nil), (*ast.RangeStmt)(nil))
	for cursor := range nodes {
		switch n := cursor.Node().(type) {
		case *ast.AssignStmt:
			values := n.Rhs
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
				values = nil
			}
			for i, left := range n.Lhs {
				add(left, values, i, len(n.Lhs))
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) == 0 {
					add(id, nil, i, 0)
					continue
				}
				add(id, n.Values, i, len(n.Names))
			}
		case *ast.IncDecStmt:
			add(n.X, nil, 0, 1)
		case *ast.RangeStmt:
			add(n.Key, nil, 0, 1)
			add(n.Value, nil, 0, 1)
		}
	}
	return list
})

// assigned is one assignment to a variable.
type assigned struct {
	id     *ast.Ident
	value  ast.Expr
	source ast.Expr // value, or the call with several results

	nothing bool // it is declared without a value
}
