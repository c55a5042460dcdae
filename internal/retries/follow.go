package retries

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
)

// retriesAround reports whether anything that the package imports has to do with retries.
func (g *Graph) retriesAround() bool {
	for _, pkg := range g.pass.Pkg.Imports() {
		if library.Retries(pkg.Path()) {
			return true
		}
	}
	return len(g.pass.AllObjectFacts()) > 0
}

// follow finds the chains of all functions, and exports as facts what other packages need.
func (g *Graph) follow() {
	g.Bodies = map[*types.Func]*ast.FuncDecl{}
	g.Sites = map[*types.Func][]*Site{}
	g.Chains = map[*types.Func]chain.Set{}
	var order []*types.Func
	for _, file := range g.pass.Files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			if fn, ok := g.pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
				g.Bodies[fn] = decl
				order = append(order, fn)
			}
		}
	}
	for _, fn := range order { // helpers are known by their bodies, wherever they stand
		g.Sites[fn] = g.sitesIn(g.Bodies[fn].Body)
	}
	g.grow(order)
	g.sum(order)
	g.export(order)
}

// grow extends chains along calls until nothing changes. Where callees stand before their callers, that needs few rounds.
func (g *Graph) grow(order []*types.Func) {
	callees := map[*types.Func][]*types.Func{}
	for _, fn := range order {
		callees[fn] = g.callees(fn)
	}
	order = slices.Concat(components(order, callees)...)
	step := 1
	changed := map[*types.Func]int{} // the step in which the chains of a function last changed
	looked := map[*types.Func]int{}  // the step in which a function was last looked at
	for again := true; again; {
		again = false
		for _, fn := range order {
			news := func(callee *types.Func) bool { return changed[callee] >= looked[fn] }
			if looked[fn] > 0 && !slices.ContainsFunc(callees[fn], news) {
				continue
			}
			looked[fn] = step
			if joined := chain.Join(g.depth.limit, g.Chains[fn], g.through(fn)); !joined.Equal(g.Chains[fn]) {
				g.Chains[fn] = joined
				changed[fn], again = step, true
			}
			step++
		}
	}
}

// callees returns the functions of this package that the chains of a function may go through.
func (g *Graph) callees(fn *types.Func) []*types.Func {
	if wrapped, ok := g.Wrappers[fn]; ok {
		return []*types.Func{wrapped.Object}
	}
	var list []*types.Func
	var gather func([]*Site)
	gather = func(sites []*Site) {
		for _, s := range sites {
			if s.Callee != nil && s.Callee.Pkg() == g.pass.Pkg {
				list = append(list, s.Callee.Origin())
			}
			gather(s.Inner)
		}
	}
	gather(g.Sites[fn])
	return list
}

// through returns the chains that begin in a function of this package, by what is known so far.
func (g *Graph) through(fn *types.Func) chain.Set {
	if wrapped, ok := g.Wrappers[fn]; ok {
		return g.beforeAll(g.LinkOf(wrapped), g.Chains[wrapped.Object])
	}
	return g.Reached(g.Sites[fn])
}

// Reached returns the chains that begin at any of the sites.
func (g *Graph) Reached(sites []*Site) chain.Set {
	var sets []chain.Set
	for _, s := range sites {
		if set := g.from(s); len(set.Chains) > 0 {
			sets = append(sets, set)
		}
	}
	return chain.Join(g.depth.limit, sets...)
}

// Behind returns the chains that begin in what a loop, a library or a block retries. A loop inside that counts with the counter of the
// loop around it makes no more attempts than that one does: it is no layer of its own.
func (g *Graph) Behind(s *Site) chain.Set {
	inner := s.Inner
	if s.counter != nil {
		inner = s.opened(s.Inner)
	}
	return g.Reached(inner)
}

// opened returns sites, where what loops with the same counter retry is in the place of these.
func (s *Site) opened(sites []*Site) []*Site {
	var list []*Site
	for _, inner := range sites {
		if inner.counter == s.counter {
			list = append(list, s.opened(inner.Inner)...)
		} else {
			list = append(list, inner)
		}
	}
	return list
}

// from returns the chains that begin at a site.
func (g *Graph) from(s *Site) chain.Set {
	if s.Link != nil {
		return g.beforeAll(*s.Link, g.Behind(s))
	}
	if client := library.ClientLink(s.Callee); client != nil {
		client.Pos = g.position(s.Node.Pos())
		return g.beforeAll(*client, chain.Set{})
	}
	return g.chainsOf(s.Callee.Origin())
}

// export exports facts about the functions that other packages may call.
func (g *Graph) export(order []*types.Func) {
	for _, fn := range order {
		if !fn.Exported() {
			continue
		}
		g.exportChains(fn, g.Chains[fn])
		if bound := g.Bounds[fn]; !bound.IsZero() || bound.Blocks {
			g.pass.ExportObjectFact(fn, &Bounded{bound})
		}
		if wrapped, ok := g.Wrappers[fn]; ok {
			g.pass.ExportObjectFact(fn, wrappedOf(wrapped))
		}
	}
	for fn, annotated := range g.Annotated {
		if fn.Pkg() == g.pass.Pkg && fn.Exported() && annotated.Type == nil {
			g.exportAnnotated(fn, annotated)
		}
	}
}

func (g *Graph) exportChains(fn *types.Func, set chain.Set) {
	if len(set.Chains) == 0 {
		return
	}
	if !g.depth.positions {
		set = set.WithoutPositions()
	}
	g.pass.ExportObjectFact(fn, &Chains{set})
}

// exportAnnotated is export for a function or an interface method with a directive.
func (g *Graph) exportAnnotated(fn *types.Func, annotated *directive.Func) {
	if annotated.Decl != nil {
		fact := annotatedOf(annotated)
		g.pass.ExportObjectFact(fn, &fact)
		return
	}
	g.exportChains(fn, g.beforeAll(g.LinkOf(annotated), chain.Set{}))
	if bound := newSummer(g).boundOf(fn); !bound.IsZero() {
		g.pass.ExportObjectFact(fn, &Bounded{bound})
	}
	if _, recorded := annotated.Recorded(); recorded {
		g.pass.ExportObjectFact(fn, &Annotated{Checkpoint: true})
	}
}
