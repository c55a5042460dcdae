package loop

import (
	"go/ast"
	"go/types"
)

// put is what a loop puts into a map: m[key] = value.
type put struct {
	key, value ast.Expr
	block      *block
}

// putsOf returns what the blocks of a loop put into maps.
func putsOf(info *types.Info, l *natural) map[variable][]put {
	puts := map[variable][]put{}
	for _, b := range l.blocks {
		for _, n := range b.nodes {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != len(assign.Rhs) {
				continue
			}
			for i, left := range assign.Lhs {
				index, ok := ast.Unparen(left).(*ast.IndexExpr)
				if !ok || !isMap(info.TypeOf(index.X)) {
					continue
				}
				if v, ok := variableOf(info, index.X); ok {
					puts[v] = append(puts[v], put{index.Index, assign.Rhs[i], b})
				}
			}
		}
	}
	return puts
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}
