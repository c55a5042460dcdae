package retries

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/stale"
)

// Facts holds what is known of the functions of several packages, in memory. The zero value knows nothing.
//
//	var facts retries.Facts
//	for _, p := range packages { // those that are imported before those that import them
//		g := facts.Graph(p)
//		…
//	}
type Facts struct {
	known facts
	loops facts // of the model of loops, which are an analyzer's of their own
}

// facts holds the facts of one analyzer.
type facts map[factKey]analysis.Fact

// factKey tells facts apart.
type factKey struct {
	object types.Object
	kind   reflect.Type
}

// most is the number of chains that are kept for one function: more than anyone reads.
const most = 64

// Graph builds the graph of a package, with all chains and their positions, by the facts about the packages that it
// imports, and adds the facts about its own functions. Packages have to be checked from source or from export data
// together, so that each function is one object.
func (f *Facts) Graph(p *stale.Package) *Graph {
	if f.known == nil {
		f.known, f.loops = facts{}, facts{}
	}
	loops := func() *loop.Model { return loop.New(f.loops.pass(p)) }
	return newGraph(f.known.pass(p), p, depth{limit: most, positions: true}, loops)
}

// pass returns what an analyzer sees of a package.
func (f facts) pass(p *stale.Package) *analysis.Pass {
	return &analysis.Pass{
		Fset: p.Fset, Files: p.Files, Pkg: p.Types, TypesInfo: p.Info,
		ImportObjectFact: f.get,
		ExportObjectFact: func(object types.Object, fact analysis.Fact) { f[factKey{object, reflect.TypeOf(fact)}] = fact },
		AllObjectFacts:   f.all,
	}
}

// get copies a fact into one of the same type, and reports whether there is one.
func (f facts) get(object types.Object, fact analysis.Fact) bool {
	known, ok := f[factKey{object, reflect.TypeOf(fact)}]
	if ok {
		reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(known).Elem())
	}
	return ok
}

// all returns all facts, in no order.
func (f facts) all() []analysis.ObjectFact {
	list := make([]analysis.ObjectFact, 0, len(f))
	for key, fact := range f {
		list = append(list, analysis.ObjectFact{Object: key.object, Fact: fact})
	}
	return list
}

// ChainsOf returns the retries inside the retries of a function with a directive, each chain beginning with the function
// itself. What makes one attempt multiplies nothing.
func (g *Graph) ChainsOf(fn *directive.Func) chain.Set {
	own, inner := g.LinkOf(fn), g.Chains[fn.Object]
	if fn.Type != nil {
		inner = g.Reached(g.blocks[fn])
	}
	if !own.Multiplies() || len(inner.Chains) == 0 {
		return chain.Set{}
	}
	return g.beforeAll(own, inner)
}
