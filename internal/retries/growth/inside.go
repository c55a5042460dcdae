package growth

import (
	"go/ast"
	"go/types"
)

// deepest is how many calls are followed, one within the other.
const deepest = 4

// inside runs a function of this package with arguments. What it keeps in its receiver or behind pointers is read from
// the caller's places, and written back there.
func (m *machine) inside(f *function, x *ast.CallExpr, args []value, in *env) []value {
	callee := &machine{
		program: m.program, fn: f, turn: m.turn, unknown: m.unknown, caps: m.caps, assumed: m.assumed, counted: m.counted,
		steps: m.steps, depth: m.depth + 1, show: m.show, fell: m.fell,
		args: map[*slot]value{}, before: map[*slot]bool{}, counts: f.counts(m.info), region: f.body,
	}
	own := m.newEnv()
	same := map[types.Object]place{} // the caller's place by the callee's parameter
	bind := func(param *types.Var, e ast.Expr) {
		if at := m.about(e).place; at != nil {
			same[param] = at.place
		}
	}
	if recv := f.sig.Recv(); recv != nil {
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			bind(recv, sel.X)
		}
	}
	for i, param := range f.params(m.info) {
		if i < len(x.Args) && param != nil {
			bind(param, x.Args[i])
			if _, number := numberOf(param.Type()); number && i < len(args) {
				callee.args[m.slotOf(place{root: param})] = args[i]
			}
		}
	}
	for _, c := range in.cells {
		for param, q := range same {
			if c.at.under(q) && c.at.path != q.path {
				own.set(m.slotOf(place{param, c.at.path[len(q.path):]}), c.value)
			}
		}
		if c.at.root.Parent() == m.pkg.Scope() {
			own.set(c.at, c.value)
		}
	}
	g := f.graph(m.info)
	r := callee.trip(nil, g.blocks[0], own, 0)
	if r.ends == nil {
		return r.results
	}
	for _, c := range r.ends.cells {
		if q, ok := same[c.at.root]; ok && c.at.path != "" {
			in.set(m.slotOf(place{q.root, q.path + c.at.path}), c.value)
		} else if c.at.root.Parent() == m.pkg.Scope() {
			in.set(c.at, c.value)
		}
	}
	m.free(r.ends)
	return r.results
}

// params returns the parameters of a function, nil for those without a name.
func (f *function) params(info *types.Info) []*types.Var {
	var list []*types.Var
	for _, field := range f.kind.Params.List {
		for _, name := range field.Names {
			v, _ := info.Defs[name].(*types.Var)
			list = append(list, v)
		}
		if len(field.Names) == 0 {
			list = append(list, nil)
		}
	}
	return list
}

// counts returns the places that outlive a call of a function, and that it changes by what they were.
func (f *function) counts(info *types.Info) map[place]bool {
	if f.counters == nil {
		f.counters = map[place]bool{}
		for _, list := range f.writes {
			for _, w := range list {
				p, ok := placeOf(info, w.target)
				if number, isNumber := numberOf(info.TypeOf(w.target)); ok && isNumber && !number.float &&
					!isDuration(info.TypeOf(w.target)) && (p.path != "" || !f.declares(p)) && w.steps(info, p) {
					f.counters[p] = true
				}
			}
		}
		f.addAtomic(info)
	}
	return f.counters
}

// declares reports whether a place is a variable or a parameter of the function.
func (f *function) declares(p place) bool {
	return f.node.Pos() <= p.root.Pos() && p.root.Pos() < f.node.End()
}

// addAtomic adds the places that the function changes by x.Add(1).
func (f *function) addAtomic(info *types.Info) {
	ast.Inspect(f.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return true
		}
		fn, ok := info.Uses[sel.Sel].(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" || len(fn.Name()) < 3 || fn.Name()[:3] != "Add" {
			return true
		}
		target := call.Args[0]
		if len(call.Args) == 1 {
			target = sel.X
		}
		if p, ok := placeOf(info, target); ok {
			f.counters[p] = true
		}
		return true
	})
}
