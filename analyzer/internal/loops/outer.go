package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"math"
	"slices"

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
			if !ok || p.TypesInfo.Defs[id] == nil || !syntax.IsErrorItself(p.TypesInfo.Defs[id].Type()) {
				continue
			}
			outer := hidden(p, lit, id.Name)
			if outer == nil || seen[outer] || !seenNil(p, outer, lit) {
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
	if !ok || !p.IsLocal(v) || !syntax.IsErrorItself(v.Type()) {
		return nil
	}
	return v
}

// seenNil reports whether a variable is declared without a value, and is looked at behind a function literal before anything
// assigns to it. Nothing takes its address.
func seenNil(p *check.Pass, v *types.Var, lit *ast.FuncLit) bool {
	list := assignments.Of(p)[v]
	if len(list) == 0 || !list[0].nothing || addressed.Of(p)[v] {
		return false
	}
	set, targets := token.Pos(math.MaxInt), map[*ast.Ident]bool{}
	for _, a := range list[1:] {
		set = min(set, a.id.Pos())
		targets[a.id] = true
	}
	if set != math.MaxInt && repeatsWithin(p, v, lit) {
		return false // what is set behind may be seen in the next round
	}
	return slices.ContainsFunc(variableUses.Of(p)[v], func(id *ast.Ident) bool {
		return lit.End() < id.Pos() && id.Pos() < set && !targets[id]
	})
}

// repeatsWithin reports whether a loop that a variable outlives goes around a function literal.
func repeatsWithin(p *check.Pass, v *types.Var, lit *ast.FuncLit) bool {
	cursor, ok := p.Around(lit.Pos()).FindNode(lit)
	if !ok {
		return false
	}
	for c := range cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if !syntax.Contains(c.Node(), v.Pos()) {
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
