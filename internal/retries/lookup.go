package retries

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Wrapped returns what is known of a wrapper, of this package or another, and reports whether a function is one.
func (g *Graph) Wrapped(fn *types.Func) (*Wrapped, bool) {
	if fn == nil {
		return nil, false
	}
	fn = fn.Origin()
	if own, ok := g.Wrappers[fn]; ok {
		return wrappedOf(own), true
	}
	var fact Wrapped
	if fn.Pkg() != g.pass.Pkg && g.pass.ImportObjectFact(fn, &fact) {
		return &fact, true
	}
	return nil, false
}

// Annotation returns what is known of the wrapper of a function. Its name is "" if there is none.
func (g *Graph) Annotation(fn *types.Func) Annotated {
	if annotated, ok := g.Annotated[fn]; ok && annotated.Decl != nil {
		return annotatedOf(annotated)
	}
	var fact Annotated
	if fn.Pkg() != nil && fn.Pkg() != g.pass.Pkg {
		g.pass.ImportObjectFact(fn, &fact)
	}
	return fact
}

// Checkpointed reports whether the results of a call are recorded within a flow run: the call of a wrapper, or of an
// interface whose decorator may stand behind it. Durable ones are recorded beyond the process.
func (g *Graph) Checkpointed(callee *types.Func) (durable, ok bool) {
	if callee == nil {
		return false, false
	}
	if wrapped, ok := g.Wrapped(callee); ok {
		return wrapped.Durable, wrapped.Checkpoint
	}
	callee = callee.Origin()
	if fn, ok := g.Annotated[callee]; ok && fn.Decl == nil {
		if durable, ok := fn.Recorded(); ok {
			return durable, true
		}
	}
	var fact Annotated
	if callee.Pkg() != nil && callee.Pkg() != g.pass.Pkg && g.pass.ImportObjectFact(callee, &fact) {
		return false, fact.Checkpoint && fact.Wrapper == ""
	}
	return false, false
}

// chainsOf returns the chains that begin in a function, of this package or another.
func (g *Graph) chainsOf(fn *types.Func) chain.Set {
	if set, ok := g.Chains[fn]; ok {
		return set
	}
	if fn.Pkg() == g.pass.Pkg {
		if method, ok := g.Annotated[fn]; ok && method.Decl == nil {
			return g.beforeAll(g.LinkOf(method), chain.Set{}) // the decorator stands behind the interface
		}
		return chain.Set{}
	}
	var fact Chains
	if fn.Pkg() != nil && g.pass.ImportObjectFact(fn, &fact) {
		return fact.Set
	}
	return chain.Set{}
}

// HasDirective reports whether a doc comment holds a task or a flow directive.
func HasDirective(doc *ast.CommentGroup) bool {
	for range directive.Calls(doc) {
		return true
	}
	return false
}
