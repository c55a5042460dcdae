package spent

import (
	"go/ast"
	"go/types"
)

// What follows may be called by several analyzers at a time. A package remembers what it has found, behind one lock.

// BodyOf says whether the request that an expression of a function holds has a body.
func (p *Package) BodyOf(function ast.Node, e ast.Expr) Body {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.bodyOfExpr(function, e)
}

// BodyIn is BodyOf for a variable.
func (p *Package) BodyIn(function ast.Node, v *types.Var) Body {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.bodyInVar(function, v)
}

// Uses lists what a call uses up, keeps or sends.
func (p *Package) Uses(call *ast.CallExpr) []Use {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.uses(call)
}

// UsedUp lists the receiver and the parameters that a function uses up.
func (p *Package) UsedUp(fn *types.Func) []*types.Var {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.usedUp(fn)
}

// SourcesIn returns where the values in a function's body come from.
func (p *Package) SourcesIn(body ast.Node) *Sources {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.sourcesIn(body)
}

// Of returns what an expression reads or holds.
func (s *Sources) Of(e ast.Expr) map[Source]bool {
	s.p.lock.Lock()
	defer s.p.lock.Unlock()
	return s.of(e)
}

// Restored returns what a statement or call makes ready for another use.
func (s *Sources) Restored(n ast.Node) map[Source]bool {
	s.p.lock.Lock()
	defer s.p.lock.Unlock()
	return s.restored(n)
}
