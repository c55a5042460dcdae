package closures

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// scope is where the names in a recipe mean something: a function of the package that made it; nil at the site.
type scope struct {
	args  map[types.Object]ast.Expr // what the site has for its parameters and its receiver
	depth int                       // of calls
	lit   *ast.FuncLit              // a literal of the function around the site, which shares its variables
}

// isHome reports whether a variable means the same at the site.
func (s *scope) isHome(v *types.Var) bool {
	return !isLocal(v) || s.lit != nil && !(s.lit.Pos() <= v.Pos() && v.Pos() < s.lit.End())
}

// localHelper follows a call of a function literal that a variable holds.
func (c *closure) localHelper(call *ast.CallExpr, s *scope) (returned ast.Expr, inner *scope, reason string) {
	from := "the policy comes from " + c.Source(call.Fun)
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || s != nil {
		return nil, nil, from
	}
	v, ok := c.Info.Uses[id].(*types.Var)
	if !ok || !isLocal(v) {
		return nil, nil, from
	}
	lit, stmt := c.onlyLiteral(v)
	if lit == nil || lit.Type.Params.NumFields() > 0 {
		return nil, nil, from
	}
	c.removes = append(c.removes, stmt)
	e, why := onlyReturned(lit.Body, id.Name)
	return e, &scope{args: map[types.Object]ast.Expr{}, lit: lit}, why
}

// onlyLiteral returns the literal that a variable is declared with, if nothing else is assigned to it.
func (c *closure) onlyLiteral(v *types.Var) (*ast.FuncLit, ast.Stmt) {
	decl := c.Around(v.Pos())
	stmt := c.definition(v.Pos(), v)
	if stmt == nil || syntax.Reassigns(c.Info, decl.Body, v) {
		return nil, nil
	}
	var lit *ast.FuncLit
	syntax.InspectAssigned(c.Info, stmt, v, func(e ast.Expr) { lit, _ = c.unconverted(e).(*ast.FuncLit) })
	return lit, stmt
}

// onlyReturned returns what the only return statement of a body returns first.
func onlyReturned(body *ast.BlockStmt, name string) (ast.Expr, string) {
	var list []ast.Expr
	syntax.InspectOwn(body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			list = append(list, ret.Results[0])
		}
	})
	if len(list) != 1 {
		return nil, name + " returns one of several policies"
	}
	return list[0], ""
}

// helper follows a call of a function of the package, whose only return statement returns the policy.
func (c *closure) helper(fn *types.Func, call *ast.CallExpr, s *scope) (returned ast.Expr, inner *scope, reason string) {
	decl := c.Body(fn)
	if decl == nil {
		return nil, nil, "the policy comes from " + fn.FullName()
	}
	inner = &scope{args: map[types.Object]ast.Expr{}}
	if s != nil {
		inner.depth = s.depth + 1
	}
	if inner.depth > 8 {
		return nil, nil, "the policy comes from functions that call one another"
	}
	c.pass(inner, fn, decl, call, s)
	e, why := onlyReturned(decl.Body, fn.Name())
	if why == "" {
		c.leftovers = append(c.leftovers, fn)
	}
	return e, inner, why
}

// pass notes what a call passes to a function, as far as the site can say it and the function leaves it as it is.
func (c *closure) pass(inner *scope, fn *types.Func, decl *ast.FuncDecl, call *ast.CallExpr, s *scope) {
	add := func(v types.Object, e ast.Expr) {
		if v == nil || syntax.Reassigns(c.Info, decl.Body, v) {
			return
		}
		if arg, why := c.here(e, s); why == "" {
			inner.args[v] = arg
		}
	}
	sig := fn.Signature()
	for i := range sig.Params().Len() {
		if sig.Variadic() && i == sig.Params().Len()-1 || i >= len(call.Args) || len(call.Args) != sig.Params().Len() && !sig.Variadic() {
			break
		}
		add(c.paramOf(decl, i), call.Args[i])
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && decl.Recv != nil && len(decl.Recv.List[0].Names) == 1 {
		add(c.Info.Defs[decl.Recv.List[0].Names[0]], sel.X)
	}
}

// paramOf returns a parameter as the body of its function knows it, nil for one without a name.
func (c *closure) paramOf(decl *ast.FuncDecl, n int) types.Object {
	for _, field := range decl.Type.Params.List {
		for _, id := range field.Names {
			if n == 0 {
				return c.Info.Defs[id]
			}
			n--
		}
		if len(field.Names) == 0 {
			n--
		}
	}
	return nil
}
