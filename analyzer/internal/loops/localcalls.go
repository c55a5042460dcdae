package loops

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// calledInPlace are the function literals that variables hold which are assigned once, and only called: not started as goroutines, not
// deferred, and passed to nothing. Their callers are the functions around them, which wait for them.
//
//	retry := func(try func() error) error { … }
//	return retry(func() error { return dial(ctx) })
var calledInPlace = check.Share(func(p *check.Pass) map[*ast.FuncLit]bool {
	literals := map[types.Object]*ast.FuncLit{}
	for v, list := range assignments.Of(p) {
		if len(list) != 1 || list[0].value == nil || v.Parent() == p.Pkg.Scope() {
			continue
		}
		if lit, ok := ast.Unparen(list[0].value).(*ast.FuncLit); ok {
			literals[v] = lit
		}
	}
	calls := map[types.Object]int{}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		switch cursor.Parent().Node().(type) {
		case *ast.GoStmt, *ast.DeferStmt:
			continue
		}
		if id, ok := ast.Unparen(cursor.Node().(*ast.CallExpr).Fun).(*ast.Ident); ok && literals[p.TypesInfo.Uses[id]] != nil {
			calls[p.TypesInfo.Uses[id]]++
		}
	}
	set := map[*ast.FuncLit]bool{}
	for v, lit := range literals {
		set[lit] = calls[v] > 0 && calls[v] == len(variableUses.Of(p)[v])
	}
	return set
})

// helpsCaller reports whether a loop is in a function literal that is only called where it is declared, in a function that is passed a
// context: the caller waits for it.
func helpsCaller(p *check.Pass, function ast.Node, ctx types.Object) bool {
	lit, ok := function.(*ast.FuncLit)
	if !ok || !p.IsParameter(ctx) || !calledInPlace.Of(p)[lit] {
		return false
	}
	cursor, ok := p.Around(lit.Pos()).FindNode(lit)
	if !ok {
		return false
	}
	around := syntax.EnclosingFunc(cursor.Parent())
	if around == nil {
		return false
	}
	signature, _ := syntax.FuncParts(around)
	return syntax.Contains(signature.Params, ctx.Pos())
}
