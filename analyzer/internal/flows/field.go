package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// ofField returns where a context in a struct comes from. It is from elsewhere if the package sets the field, but never
// where a flow's context is in scope.
func (t *originTracer) ofField(e *ast.SelectorExpr, field *types.Var) origin {
	v := t.root(e)
	if v == nil || t.runs == nil || !t.isOwn(v) && (v.Pkg() == nil || v.Parent() != v.Pkg().Scope()) {
		return fromUnknown // a struct that the function has made, perhaps with its own context
	}
	if setDetached(t.Pass, t.runs, field.Origin()) {
		return fromElsewhere
	}
	return fromUnknown
}

// root returns the variable that a selection begins with, nil if it begins with anything else.
func (t *originTracer) root(e *ast.SelectorExpr) *types.Var {
	for {
		switch x := ast.Unparen(e.X).(type) {
		case *ast.SelectorExpr:
			e = x
		case *ast.Ident:
			v, _ := t.TypesInfo.Uses[x].(*types.Var)
			return v
		default:
			return nil
		}
	}
}

// setDetached reports whether a field is set, but never to a context that may be a flow's.
func setDetached(p *check.Pass, runs *flowRuns, field *types.Var) bool {
	set, mixed := false, false
	for decl := range p.Functions {
		inRun := runs.all[p.Func(decl)] != nil
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			for _, value := range fieldValues(p, n, field) {
				set = true
				mixed = mixed || inRun && !syntax.IsFreshContext(p.TypesInfo, value)
			}
			return true
		})
	}
	return set && !mixed
}

// fieldValues returns what an assignment or a struct literal sets a field to.
func fieldValues(p *check.Pass, n ast.Node, field *types.Var) []ast.Expr {
	var values []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if sel, ok := left.(*ast.SelectorExpr); ok && isField(p, sel.Sel, field) {
				values = append(values, n.Rhs[min(i, len(n.Rhs)-1)])
			}
		}
	case *ast.CompositeLit:
		if value := valueOf(p, n, field); value != nil {
			values = append(values, value)
		}
	}
	return values
}

func isField(p *check.Pass, id *ast.Ident, field *types.Var) bool {
	v, ok := p.TypesInfo.Uses[id].(*types.Var)
	return ok && v.Origin() == field
}

// valueOf returns what a struct literal sets a field to, nil if it does not set it.
func valueOf(p *check.Pass, lit *ast.CompositeLit, field *types.Var) ast.Expr {
	t := p.TypesInfo.TypeOf(lit)
	if t == nil {
		return nil
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem() // an element of a []*T
	}
	u, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for i, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if id, ok := pair.Key.(*ast.Ident); ok && isField(p, id, field) {
				return pair.Value
			}
		} else if i < u.NumFields() && u.Field(i).Origin() == field {
			return element
		}
	}
	return nil
}
