package retries

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// What is stored somewhere else than in a local variable may be called from anywhere:
//
//	runner{do: func() error { return FetchWithRetry(ctx) }}.run()

// kept returns the bound of a function value that is stored: it is not known how often it is called.
func (b *body) kept(e ast.Expr) chain.Bound {
	if e == nil {
		return chain.Bound{}
	}
	if _, ok := syntax.Underlying(b.pass.TypesInfo.TypeOf(e)).(*types.Signature); !ok {
		return chain.Bound{}
	}
	v := b.value(e)
	if v.Attempts == 0 && v.Wait == 0 {
		return chain.Bound{} // it may be called, but nothing in it is known to retry
	}
	return v.Often(b.site(e.Pos()) + ": it is not known how often the function that is stored is called")
}

// elements returns the bound of the functions in a composite literal.
func (b *body) elements(lit *ast.CompositeLit) chain.Bound {
	var sum chain.Bound
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		sum = sum.Plus(b.kept(e))
	}
	return sum
}

// appended returns the bound of the functions that a call appends to a slice.
func (b *body) appended(call *ast.CallExpr) chain.Bound {
	var sum chain.Bound
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); !ok || b.pass.TypesInfo.Uses[id] != types.Universe.Lookup("append") {
		return sum
	}
	for _, e := range call.Args[1:] {
		sum = sum.Plus(b.kept(e))
	}
	return sum
}

// stored returns the bound of the functions that an assignment stores in fields, elements and variables of the package.
func (b *body) stored(stmt *ast.AssignStmt) chain.Bound {
	var sum chain.Bound
	for i, target := range stmt.Lhs {
		if len(stmt.Rhs) == len(stmt.Lhs) && !b.isLocal(target) {
			sum = sum.Plus(b.kept(stmt.Rhs[i]))
		}
	}
	return sum
}

// isLocal reports whether an expression is a local variable or the blank identifier.
func (b *body) isLocal(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	object := b.pass.TypesInfo.ObjectOf(id)
	return object == nil || object.Parent() != b.pass.Pkg.Scope()
}
