package analyzer

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/chain"
)

// retriesAround reports whether anything that the package imports has to do with retries.
func (m *model) retriesAround() bool {
	for _, pkg := range m.pass.Pkg.Imports() {
		if isRetrying(pkg.Path()) {
			return true
		}
	}
	return len(m.pass.AllObjectFacts()) > 0
}

// follow finds the chains of all functions, and makes facts of what other packages need.
func (m *model) follow() {
	m.bodies = map[*types.Func]*ast.FuncDecl{}
	m.sites = map[*types.Func][]*site{}
	var order []*types.Func
	for _, file := range m.files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			if fn, ok := m.pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
				m.bodies[fn] = decl
				m.sites[fn] = m.sitesIn(decl.Body)
				order = append(order, fn)
			}
		}
	}
	m.grow(order)
	m.export(order)
}

// grow extends chains along calls until nothing changes; a recursion adds nothing.
func (m *model) grow(order []*types.Func) {
	callees := map[*types.Func][]*types.Func{}
	for _, fn := range order {
		callees[fn] = m.callees(fn)
	}
	if m.depth.places {
		// It is soon done. A check, which keeps one chain, stays with the order of the source: in a recursion that decides
		// which it keeps.
		order = calleesFirst(order, callees)
	}
	step := 1
	changed := map[*types.Func]int{} // the step that a function's chains have last changed in
	looked := map[*types.Func]int{}  // and that it was last looked at in
	for again := true; again; {
		again = false
		for _, fn := range order {
			news := func(callee *types.Func) bool { return changed[callee] >= looked[fn] }
			if looked[fn] > 0 && !slices.ContainsFunc(callees[fn], news) {
				continue
			}
			looked[fn] = step
			if joined := chain.Join(m.depth.limit, m.chains[fn], m.through(fn)); !joined.Equal(m.chains[fn]) {
				m.chains[fn] = joined
				changed[fn], again = step, true
			}
			step++
		}
	}
}

// callees lists the functions of this package that the chains of a function may go through.
func (m *model) callees(fn *types.Func) []*types.Func {
	if wrapped, ok := m.wrappers[fn]; ok {
		return []*types.Func{wrapped.Object}
	}
	var list []*types.Func
	var gather func([]*site)
	gather = func(sites []*site) {
		for _, s := range sites {
			if s.callee != nil && s.callee.Pkg() == m.pass.Pkg {
				list = append(list, s.callee.Origin())
			}
			gather(s.inner)
		}
	}
	gather(m.sites[fn])
	return list
}

// calleesFirst orders functions so that, but for recursions, each stands after those that it calls.
func calleesFirst(order []*types.Func, callees map[*types.Func][]*types.Func) []*types.Func {
	var list []*types.Func
	seen := map[*types.Func]bool{}
	var visit func(*types.Func)
	visit = func(fn *types.Func) {
		if _, here := callees[fn]; !here || seen[fn] {
			return
		}
		seen[fn] = true
		for _, callee := range callees[fn] {
			visit(callee)
		}
		list = append(list, fn)
	}
	for _, fn := range order {
		visit(fn)
	}
	return list
}

// through gives the chains that a function of this package comes to, by what is known so far.
func (m *model) through(fn *types.Func) chain.Set {
	if wrapped, ok := m.wrappers[fn]; ok {
		return m.beforeAll(m.linkOf(wrapped), m.chains[wrapped.Object])
	}
	return m.reached(m.sites[fn])
}

// reached gives the chains that begin at any of the sites.
func (m *model) reached(sites []*site) chain.Set {
	var sets []chain.Set
	for _, s := range sites {
		if set := m.from(s); len(set.Chains) > 0 {
			sets = append(sets, set)
		}
	}
	return chain.Join(m.depth.limit, sets...)
}

func (m *model) from(s *site) chain.Set {
	if s.link != nil {
		return m.beforeAll(*s.link, m.reached(s.inner))
	}
	if client := clientLink(s.callee); client != nil {
		client.Pos = m.place(s.node.Pos())
		return m.beforeAll(*client, chain.Set{})
	}
	return m.chainsOf(s.callee.Origin())
}

// chainsOf gives the chains that calling a function comes to.
func (m *model) chainsOf(fn *types.Func) chain.Set {
	if set, ok := m.chains[fn]; ok {
		return set
	}
	if fn.Pkg() == m.pass.Pkg {
		if method, ok := m.annotated[fn]; ok && method.Decl == nil {
			return m.beforeAll(m.linkOf(method), chain.Set{}) // the decorator stands behind the interface
		}
		return chain.Set{}
	}
	var fact Chains
	if fn.Pkg() != nil && m.pass.ImportObjectFact(fn, &fact) {
		return fact.Set
	}
	return chain.Set{}
}

// export makes facts of what other packages may call.
func (m *model) export(order []*types.Func) {
	for _, fn := range order {
		if !fn.Exported() {
			continue
		}
		if set := m.chains[fn]; len(set.Chains) > 0 {
			m.pass.ExportObjectFact(fn, &Chains{set})
		}
		if wrapped, ok := m.wrappers[fn]; ok {
			m.pass.ExportObjectFact(fn, wrappedOf(wrapped))
		}
	}
	for fn, annotated := range m.annotated {
		if fn.Pkg() != m.pass.Pkg || !fn.Exported() {
			continue
		}
		if annotated.Decl != nil {
			fact := annotatedOf(annotated)
			m.pass.ExportObjectFact(fn, &fact)
			continue
		}
		if set := m.beforeAll(m.linkOf(annotated), chain.Set{}); len(set.Chains) > 0 {
			m.pass.ExportObjectFact(fn, &Chains{set})
		}
		if annotated.Checkpoint != nil {
			m.pass.ExportObjectFact(fn, &Annotated{Checkpoint: true})
		}
	}
}
