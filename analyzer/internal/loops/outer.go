package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// hiddenOutside finds declarations in a function that is retried which hide an error of the function around it, where nothing
// assigns to that one, though it is looked at after the attempts.
func hiddenOutside(p *check.Pass, lit *ast.FuncLit) {
	seen := map[types.Object]bool{}
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			return
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok || p.TypesInfo.Defs[id] == nil || !types.Identical(p.TypesInfo.Defs[id].Type(), syntax.ErrorType) {
				continue
			}
			outer := hidden(p, lit, id.Name)
			if outer == nil || seen[outer] || !staysNil(p, outer) || !usedAfter(p, outer, lit.End()) {
				continue
			}
			seen[outer] = true
			p.Report(check.Finding{Pos: id.Pos(), End: id.End(), Message: fmt.Sprintf(
				"this %s hides the one that is looked at after the attempts, which stays nil; assign with =", id.Name)})
		}
	})
}

// hidden returns the local error variable that a name means outside of a function literal, nil if it means anything else.
func hidden(p *check.Pass, lit *ast.FuncLit, name string) *types.Var {
	scope := p.Pkg.Scope().Innermost(lit.Pos())
	if scope == nil {
		return nil
	}
	_, object := scope.LookupParent(name, lit.Pos())
	v, ok := object.(*types.Var)
	if !ok || !p.IsLocal(v) || !types.Identical(v.Type(), syntax.ErrorType) {
		return nil
	}
	return v
}

// staysNil reports whether a variable is declared without a value, and nothing assigns to it or takes its address.
func staysNil(p *check.Pass, v *types.Var) bool {
	list := assignments.Of(p)[v]
	return len(list) == 1 && list[0].nothing && !addressed.Of(p)[v]
}

// usedAfter reports whether a variable is mentioned behind a position.
func usedAfter(p *check.Pass, v *types.Var, pos token.Pos) bool {
	for id, object := range p.TypesInfo.Uses {
		if object == v && id.Pos() > pos {
			return true
		}
	}
	return false
}

// addressed are the variables of a package whose address is taken.
var addressed = check.Share(func(p *check.Pass) map[types.Object]bool {
	taken := map[types.Object]bool{}
	for cursor := range p.Inspector().Root().Preorder((*ast.UnaryExpr)(nil)) {
		if x := cursor.Node().(*ast.UnaryExpr); x.Op == token.AND {
			if id := syntax.Root(x.X); id != nil {
				taken[p.TypesInfo.Uses[id]] = true
			}
		}
	}
	return taken
})
