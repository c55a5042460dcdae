package retries

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// A helper is a function of this package that has a library retry one of its parameters:
//
//	func again(ctx context.Context, f func() error) error { return retry.Do(func() error { return f() }, …) }
//
// helper returns the call of the library in a function, nil if the function is no helper.
func (g *Graph) helper(fn *types.Func) *ast.CallExpr {
	decl := g.Bodies[fn.Origin()]
	if decl == nil || !takesFunction(fn) {
		return nil
	}
	if known, ok := g.helpers[fn.Origin()]; ok {
		return known
	}
	var found *ast.CallExpr
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, _ := library.Entry(g.Callee(call)); name != "" && g.retriesParameter(call, fn) {
				found = call
			}
		}
		return found == nil
	})
	g.helpers[fn.Origin()] = found
	return found
}

// takesFunction reports whether a parameter is a function.
func takesFunction(fn *types.Func) bool {
	for v := range fn.Origin().Signature().Params().Variables() {
		if _, ok := v.Type().Underlying().(*types.Signature); ok {
			return true
		}
	}
	return false
}

// retriesParameter reports whether what a call of a library retries is a parameter of a function that is a function too, or
// a function literal that mentions one.
func (g *Graph) retriesParameter(call *ast.CallExpr, fn *types.Func) bool {
	for v := range fn.Origin().Signature().Params().Variables() {
		if _, ok := v.Type().Underlying().(*types.Signature); !ok {
			continue
		}
		for _, arg := range call.Args {
			if lit := g.literal(arg); lit != nil && syntax.Mentions(g.pass.TypesInfo, lit, v) || syntax.Mentions(g.pass.TypesInfo, arg, v) {
				return true
			}
		}
	}
	return false
}

// literal returns the function literal that an expression is, or that is the only value of the local variable that it names;
// nil for any other.
func (g *Graph) literal(e ast.Expr) *ast.FuncLit {
	e = ast.Unparen(e)
	if lit, ok := e.(*ast.FuncLit); ok {
		return lit
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := g.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	var found *ast.FuncLit
	others := false
	for _, file := range g.pass.Files {
		if v.Pos() < file.FileStart || file.FileEnd < v.Pos() {
			continue
		}
		for _, decl := range file.Decls {
			if decl.Pos() <= v.Pos() && v.Pos() < decl.End() {
				syntax.InspectAssigned(g.pass.TypesInfo, decl, v, func(value ast.Expr) {
					lit, ok := ast.Unparen(value).(*ast.FuncLit)
					others = others || !ok || found != nil
					found = lit
				})
			}
		}
	}
	if others {
		return nil
	}
	return found
}
