package retries

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Block returns what a call of the generated method of a function type retries: the function literal, or the name of a
// function. It returns nil for any other call, and where the function is not to be seen.
//
//	query[Rows](func(ctx context.Context) (Rows, error) { … }).WithRetry(ctx)
func (g *Graph) Block(call *ast.CallExpr) ast.Expr {
	callee := syntax.Callee(g.pass.TypesInfo, call)
	if wrapped, ok := g.Wrapped(callee); !ok || !wrapped.Block {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	switch {
	case !ok:
		return nil
	case !g.pass.TypesInfo.Types[sel.X].IsType():
		return g.blockOf(sel.X, true)
	case len(call.Args) > 0: // the method is called by its type
		return g.blockOf(call.Args[0], true)
	}
	return nil
}

// blockOf returns the function behind an expression: through conversions, and through a variable that is assigned once.
func (g *Graph) blockOf(e ast.Expr, follow bool) ast.Expr {
	info := g.pass.TypesInfo
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return e
	case *ast.CallExpr:
		if len(e.Args) == 1 && info.Types[e.Fun].IsType() {
			return g.blockOf(e.Args[0], follow)
		}
	case *ast.Ident:
		switch object := info.Uses[e].(type) {
		case *types.Func:
			return e
		case *types.Var:
			if value := g.onlyValue(object); value != nil && follow {
				return g.blockOf(value, false)
			}
		}
	case *ast.SelectorExpr:
		if _, ok := info.Uses[e.Sel].(*types.Func); ok {
			return e
		}
	}
	return nil
}

// onlyValue returns what a local variable is assigned, if that happens once.
func (g *Graph) onlyValue(v *types.Var) ast.Expr {
	decl := g.declAround(v.Pos())
	if decl == nil {
		return nil
	}
	var values []ast.Expr
	syntax.InspectAssigned(g.pass.TypesInfo, decl.Body, v, func(e ast.Expr) { values = append(values, e) })
	if len(values) != 1 {
		return nil
	}
	return values[0]
}

// declAround returns the function whose body a position lies in, nil if there is none.
func (g *Graph) declAround(pos token.Pos) *ast.FuncDecl {
	for _, file := range g.pass.Files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil && decl.Body.Pos() <= pos && pos < decl.Body.End() {
				return decl
			}
		}
	}
	return nil
}

// block returns the site of a call that retries a block, nil for any other call, and where the call makes one attempt.
func (g *Graph) block(call *ast.CallExpr) *Site {
	fn := g.Block(call)
	if fn == nil {
		return nil
	}
	callee := syntax.Callee(g.pass.TypesInfo, call).Origin()
	link := g.blockLink(callee)
	if link == nil || link.Attempts == 1 {
		return nil
	}
	s := &Site{Node: call, Link: link, Inner: g.argument(fn, "")}
	if own, ok := g.Wrappers[callee]; ok {
		g.blocks[own] = append(g.blocks[own], s.Inner...)
	}
	return s
}

// blockLink returns the layer that the method of a function type makes, nil if it is not known.
func (g *Graph) blockLink(method *types.Func) *chain.Link {
	if own, ok := g.Wrappers[method]; ok {
		link := g.LinkOf(own)
		return &link
	}
	if links := g.chainsOf(method).Worst(); len(links) > 0 {
		return &links[0]
	}
	return nil
}

// retried returns the bound of a call of the method of a function type, and reports whether a call is one.
func (b *body) retried(call *ast.CallExpr, callee *types.Func) (bound chain.Bound, ok bool) {
	wrapped, ok := b.Wrapped(callee)
	sel, selects := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !wrapped.Block || !selects {
		return chain.Bound{}, false
	}
	receiver, others := sel.X, *call
	if b.pass.TypesInfo.Types[sel.X].IsType() && len(call.Args) > 0 {
		receiver, others.Args = call.Args[0], call.Args[1:]
	}
	if fn := b.Block(call); fn != nil {
		receiver = fn
	}
	inner := b.value(receiver)
	if own, ok := b.Wrappers[callee.Origin()]; ok {
		inner = inner.Plus(b.asked(own))
	}
	b.inside[call] = inner
	if link := b.blockLink(callee.Origin()); link != nil {
		inner = inner.Inside(*link)
	}
	return inner.Plus(b.arguments(&others, false)), true
}
