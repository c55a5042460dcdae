package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// origin is where a context comes from.
type origin int

// The origins.
const (
	fromUnknown   origin = iota
	fromCaller           // from the context of the function that it is used in
	fromElsewhere        // from context.Background or TODO, a package variable, or a field that was set elsewhere
)

// originTracer follows a context back through the variables of a function.
type originTracer struct {
	*check.Pass
	decl *ast.FuncDecl
	runs *flowRuns             // nil while they are being computed
	open map[types.Object]bool // the variables that are being looked at
}

func newTracer(p *check.Pass, decl *ast.FuncDecl, runs *flowRuns) *originTracer {
	return &originTracer{p, decl, runs, map[types.Object]bool{}}
}

// origin returns the origin of a context that the function uses.
func (t *originTracer) origin(ctx ast.Expr) origin {
	from, _ := t.of(ctx)
	return from
}

// of is origin, and reports whether it is known. It is not if the context is made of a variable that is being looked at.
func (t *originTracer) of(e ast.Expr) (from origin, known bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := t.TypesInfo.Uses[e].(*types.Var); ok {
			return t.ofVariable(v)
		}
	case *ast.SelectorExpr:
		v, ok := t.TypesInfo.Uses[e.Sel].(*types.Var)
		switch {
		case ok && v.IsField():
			return t.ofField(e, v), true
		case ok:
			return fromElsewhere, true // a variable of another package
		}
	case *ast.CallExpr:
		return t.ofCall(e)
	}
	return fromUnknown, true
}

func (t *originTracer) ofVariable(v *types.Var) (origin, bool) {
	if v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return fromElsewhere, true
	}
	if t.open[v] {
		return fromUnknown, false
	}
	t.open[v] = true
	defer delete(t.open, v)
	if t.isOwn(v) {
		return fromCaller, true
	}
	from, known := fromUnknown, false
	syntax.InspectAssigned(t.TypesInfo, t.decl.Body, v, func(e ast.Expr) {
		if one, ok := t.of(e); ok {
			if !known || from == fromElsewhere || one == fromCaller {
				from = one
			}
			known = true
		}
	})
	return from, known
}

// isOwn reports whether a variable is a parameter or the receiver of the function.
func (t *originTracer) isOwn(v *types.Var) bool {
	return t.decl.Pos() <= v.Pos() && v.Pos() < t.decl.Body.Pos()
}

// ofCall returns where the context that a call returns comes from: from the contexts that the call is given.
func (t *originTracer) ofCall(call *ast.CallExpr) (origin, bool) {
	if syntax.IsFreshContext(t.TypesInfo, call) {
		return fromElsewhere, true
	}
	from, given := fromElsewhere, false
	for _, arg := range call.Args {
		if !syntax.IsContext(t.TypesInfo.TypeOf(arg)) {
			continue
		}
		one, known := t.of(arg)
		if !known {
			return fromUnknown, false
		}
		if one == fromCaller {
			return fromCaller, true
		}
		given = true
		if one == fromUnknown {
			from = fromUnknown
		}
	}
	if !given {
		return fromUnknown, true
	}
	return from, true
}
