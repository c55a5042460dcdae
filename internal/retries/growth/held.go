package growth

import (
	"go/ast"
	"go/types"
)

// functionsIn returns the functions of this package that the operand of a call may hold: a literal, or a function that is used as a
// value, by way of variables, fields and parameters. It returns nil for one that is called by its name, and where nothing is known.
func (p *program) functionsIn(e ast.Expr) []*function {
	v := variableIn(p.info, e)
	if v == nil {
		return nil
	}
	sig, ok := v.Type().Underlying().(*types.Signature)
	if !ok || !returnsNumbers(sig) {
		return nil
	}
	list, known := p.held[v]
	if !known {
		list = p.follow(e, map[*types.Var]bool{}, nil)
		if p.held == nil {
			p.held = map[*types.Var][]*function{}
		}
		p.held[v] = list
	}
	return list
}

// mostHeld is the number of functions that a variable is followed to. One that may hold more is taken for any function.
const mostHeld = 8

// follow adds the functions that an expression may be to a list.
func (p *program) follow(e ast.Expr, seen map[*types.Var]bool, list []*function) []*function {
	e = ast.Unparen(e)
	if len(list) > mostHeld {
		return list
	}
	switch x := e.(type) {
	case *ast.FuncLit:
		if f := p.literals[x]; f != nil {
			list = append(list, f)
		}
		return list
	case *ast.CallExpr: // a conversion
		if len(x.Args) == 1 && p.info.Types[x.Fun].IsType() {
			return p.follow(x.Args[0], seen, list)
		}
		return list
	}
	if fn := functionNamed(p.info, e); fn != nil {
		if f := p.funcs[fn.Origin()]; f != nil {
			list = append(list, f)
		}
		return list
	}
	v := variableIn(p.info, e)
	if v == nil || seen[v] {
		return list
	}
	seen[v] = true
	for _, value := range p.assignments().values[v.Origin()] {
		list = p.follow(value, seen, list)
	}
	return list
}

// functionNamed returns the function that an expression names, such as linear or policy.linear.
func functionNamed(info *types.Info, e ast.Expr) *types.Func {
	switch x := e.(type) {
	case *ast.Ident:
		fn, _ := info.Uses[x].(*types.Func)
		return fn
	case *ast.SelectorExpr:
		fn, _ := info.Uses[x.Sel].(*types.Func)
		return fn
	}
	return nil
}

// variableIn returns the variable or the field that an expression names.
func variableIn(info *types.Info, e ast.Expr) *types.Var {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, _ := info.ObjectOf(x).(*types.Var)
		return v
	case *ast.SelectorExpr:
		v, _ := info.Uses[x.Sel].(*types.Var)
		return v
	}
	return nil
}

// hold takes in that a variable or a field is set to a function.
func (a *assigned) hold(info *types.Info, v *types.Var, value ast.Expr) {
	if v == nil || value == nil {
		return
	}
	if _, ok := v.Type().Underlying().(*types.Signature); ok && info.Types[value].Type != nil {
		a.values[v.Origin()] = append(a.values[v.Origin()], value)
	}
}

// handOver takes in the functions among the arguments of a call of a function of this package.
func (a *assigned) handOver(info *types.Info, fn *types.Func, call *ast.CallExpr) {
	params := fn.Origin().Signature().Params()
	for i, arg := range call.Args {
		if i < params.Len() {
			a.hold(info, params.At(i), arg)
		}
	}
}

// declareHeld takes in the functions that variables are declared with.
func (a *assigned) declareHeld(info *types.Info, s *ast.ValueSpec) {
	for i, name := range s.Names {
		if len(s.Values) == len(s.Names) {
			a.hold(info, variableIn(info, name), s.Values[i])
		}
	}
}

// findHeldCalls adds the calls of function values in which delays grow.
func (p *program) findHeldCalls(f *function, call *ast.CallExpr) {
	for _, g := range p.functionsIn(call.Fun) {
		if len(g.sites) > 0 && g.passesNumber() {
			p.addSite(f, site{node: call, drives: call.Args, held: g})
			return
		}
	}
}

// passesNumber reports whether a function returns a number.
func (f *function) passesNumber() bool { return f.sig != nil && returnsNumbers(f.sig) }

// anyOf runs the functions that a call may call, and returns what one of them may return. There is nothing to return where one of
// them is not known.
func (m *machine) anyOf(list []*function, x *ast.CallExpr, args []value, in *env) []value {
	var joined []value
	for _, f := range list {
		own := m.clone(in)
		results := m.inside(f, x, args, own)
		m.free(own)
		for i, v := range results {
			if i < len(joined) {
				joined[i] = join(joined[i], v)
			} else {
				joined = append(joined, v)
			}
		}
	}
	return joined
}
