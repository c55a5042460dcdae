package analyzer

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/types/typeutil"
)

// origin says where a context comes from.
type origin int

// The origins.
const (
	fromUnknown   origin = iota
	fromCaller           // from the context of the function that it is used in
	fromElsewhere        // from context.Background or TODO, a package variable, or a field that was set elsewhere
)

// flowRuns are the functions of a package to which the context of a flow comes, with a flow that it comes from.
type flowRuns struct {
	all      map[*types.Func]*types.Func
	untasked map[*types.Func]*types.Func // with no task between: what happens in a task is its own affair
}

// runs finds the functions that flows of this package come to with their contexts.
func (r *reporter) runs() *flowRuns {
	runs := &flowRuns{map[*types.Func]*types.Func{}, map[*types.Func]*types.Func{}}
	for _, fn := range r.found.Funcs {
		if fn.Flow {
			runs.all[fn.Object], runs.untasked[fn.Object] = fn.Object, fn.Object
		}
	}
	spread := func(reached map[*types.Func]*types.Func, tasks bool) {
		var queue []*types.Func
		for _, fn := range r.found.Funcs {
			if fn.Flow {
				queue = append(queue, fn.Object)
			}
		}
		for ; len(queue) > 0; queue = queue[1:] {
			caller := queue[0]
			for _, callee := range r.givenContext(caller, tasks) {
				if reached[callee] == nil {
					reached[callee] = reached[caller]
					queue = append(queue, callee)
				}
			}
		}
	}
	spread(runs.all, true)
	spread(runs.untasked, false)
	return runs
}

// givenContext lists the functions of this package that a function hands its context to.
func (r *reporter) givenContext(caller *types.Func, tasks bool) []*types.Func {
	decl := r.bodies[caller]
	if decl == nil {
		return nil
	}
	var list []*types.Func
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
		if callee == nil || callee.Pkg() != r.Pkg {
			return true
		}
		callee = callee.Origin()
		if fn := r.wrappers[callee]; fn != nil {
			callee = fn.Object
		}
		if r.annotated[callee] != nil && !tasks || r.bodies[callee] == nil {
			return true
		}
		if ctx := syntax.ContextArg(r.TypesInfo, call); ctx != nil && r.originOf(decl, ctx) != fromElsewhere {
			list = append(list, callee)
		}
		return true
	})
	return list
}

// originOf says where a context comes from that a function uses.
func (r *reporter) originOf(decl *ast.FuncDecl, ctx ast.Expr) origin {
	t := originTracer{r, decl, map[types.Object]bool{}}
	from, _ := t.of(ctx)
	return from
}

// originTracer follows a context back through the variables of a function.
type originTracer struct {
	*reporter
	decl *ast.FuncDecl
	open map[types.Object]bool
}

// of gives the origin of a context; not known where it is made of a variable that is being looked at already.
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
	note := func(e ast.Expr) {
		if one, ok := t.of(e); ok {
			if !known || from == fromElsewhere || one == fromCaller {
				from = one
			}
			known = true
		}
	}
	syntax.InspectAssigned(t.TypesInfo, t.decl.Body, v, note)
	return from, known
}

// isOwn reports whether a variable is a parameter or the receiver of the function.
func (t *originTracer) isOwn(v *types.Var) bool {
	return t.decl.Pos() <= v.Pos() && v.Pos() < t.decl.Body.Pos()
}

// ofCall says where a context comes from that a function gives: the contexts that it is given.
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

// ofField says where a context comes from that a struct holds. It is from elsewhere where the package sets the field, and
// never to a context that a flow has handed on.
func (t *originTracer) ofField(e *ast.SelectorExpr, field *types.Var) origin {
	root := e.X
	for {
		sel, ok := ast.Unparen(root).(*ast.SelectorExpr)
		if !ok {
			break
		}
		root = sel.X
	}
	id, ok := ast.Unparen(root).(*ast.Ident)
	if !ok {
		return fromUnknown
	}
	v, ok := t.TypesInfo.Uses[id].(*types.Var)
	if !ok || !t.isOwn(v) && (v.Pkg() == nil || v.Parent() != v.Pkg().Scope()) || t.flowRuns == nil {
		return fromUnknown // a struct that the function has made, perhaps with its own context
	}
	if t.setDetached(field.Origin()) {
		return fromElsewhere
	}
	return fromUnknown
}

// setDetached reports whether a field is set, and only where no flow's context is at hand.
func (r *reporter) setDetached(field *types.Var) bool {
	set, mixed := false, false
	note := func(decl *ast.FuncDecl, value ast.Expr) {
		fn, _ := r.TypesInfo.Defs[decl.Name].(*types.Func)
		set = true
		if r.flowRuns.all[fn] != nil && !syntax.IsFreshContext(r.TypesInfo, value) {
			mixed = true
		}
	}
	for decl := range r.functions {
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if sel, ok := left.(*ast.SelectorExpr); ok && r.isField(sel.Sel, field) {
						note(decl, n.Rhs[min(i, len(n.Rhs)-1)])
					}
				}
			case *ast.CompositeLit:
				if value := r.valueOf(n, field); value != nil {
					note(decl, value)
				}
			}
			return true
		})
	}
	return set && !mixed
}

func (r *reporter) isField(id *ast.Ident, field *types.Var) bool {
	v, ok := r.TypesInfo.Uses[id].(*types.Var)
	return ok && v.Origin() == field
}

// valueOf gives what a struct literal sets a field to, nil for nothing.
func (r *reporter) valueOf(lit *ast.CompositeLit, field *types.Var) ast.Expr {
	t := r.TypesInfo.TypeOf(lit)
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // an element of a []*T
	}
	u, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for i, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if id, ok := pair.Key.(*ast.Ident); ok && r.isField(id, field) {
				return pair.Value
			}
		} else if i < u.NumFields() && u.Field(i).Origin() == field {
			return element
		}
	}
	return nil
}
