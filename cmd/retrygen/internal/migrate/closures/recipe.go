package closures

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// recipe is how an option or a backoff was made.
type recipe struct {
	name   string // of the function, type or variable of the library: "NewExponentialBackOff", "Backoff", "DefaultRetry"
	args   []ast.Expr
	parts  []*recipe             // of the arguments that the library declares, in order
	fields map[string]site.Value // that a literal or an assignment sets
	scope  *scope
}

// scope is where the names in a recipe mean something.
type scope struct {
	args map[types.Object]ast.Expr // of a function of the package that made it; nil at the site
	self types.Object              // its receiver, which is the variable of that name at the site
}

// made follows an expression to how it was made. The reason says why that is not known.
func (c *closure) made(e ast.Expr, s *scope) (*recipe, string) {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return c.made(x.X, s)
		}
	case *ast.StarExpr:
		return c.made(x.X, s)
	case *ast.CompositeLit:
		return c.madeOfLiteral(x, s)
	case *ast.CallExpr:
		return c.madeByCall(x, s)
	case *ast.Ident:
		return c.madeInVariable(x, s)
	case *ast.SelectorExpr:
		if v, ok := c.Info.Uses[x.Sel].(*types.Var); ok && !v.IsField() && c.isLibrary(v.Pkg()) {
			return &recipe{name: v.Name(), scope: s}, ""
		}
		return nil, "the policy is kept in " + c.Source(x)
	}
	return nil, "how the policy was made is not known"
}

// isLibrary reports whether a package is the library, or the one that it takes its backoffs from.
func (c *closure) isLibrary(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	name, _ := library.Name(pkg.Path())
	return name == c.library || (c.library == "kubernetes" || c.library == "wait") && (name == "wait" || name == "kubernetes")
}

// isPart reports whether the library declares a type, or the elements of a list of it.
func (c *closure) isPart(t types.Type) bool {
	switch u := types.Unalias(t).(type) {
	case *types.Pointer:
		return c.isPart(u.Elem())
	case *types.Slice:
		return c.isPart(u.Elem())
	case *types.Named:
		_, function := u.Underlying().(*types.Signature)
		return c.isLibrary(u.Obj().Pkg()) && (!function || u.Obj().Name() != "Notify" && u.Obj().Name() != "Operation" &&
			u.Obj().Name() != "RetryIfFunc" && u.Obj().Name() != "OnRetryFunc")
	}
	return false
}

func (c *closure) madeOfLiteral(lit *ast.CompositeLit, s *scope) (*recipe, string) {
	named, ok := types.Unalias(c.Info.TypeOf(lit)).(*types.Named)
	if !ok || !c.isLibrary(named.Obj().Pkg()) {
		return nil, "the policy is of the type " + syntax.Text(lit.Type) + ", which is not one of the library"
	}
	r := &recipe{name: named.Obj().Name(), fields: map[string]site.Value{}, scope: s}
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil, "the fields of the policy are not named"
		}
		value, why := c.value(pair.Value, s)
		if why != "" {
			return nil, why
		}
		r.fields[syntax.Text(pair.Key)] = value
	}
	return r, ""
}

// madeByCall follows a call of the library, or of a function of the package that returns a policy.
func (c *closure) madeByCall(call *ast.CallExpr, s *scope) (*recipe, string) {
	if c.Info.Types[call.Fun].IsType() && len(call.Args) == 1 {
		return c.made(call.Args[0], s)
	}
	fn := syntax.Callee(c.Info, call)
	if fn == nil || fn.Pkg() == nil {
		return nil, "the policy comes from " + c.Source(call.Fun)
	}
	if !c.isLibrary(fn.Pkg()) {
		return c.madeByHelper(fn, call, s)
	}
	r := &recipe{name: fn.Name(), args: call.Args, scope: s}
	for i, arg := range call.Args {
		if !c.isPart(c.Info.TypeOf(arg)) {
			continue
		}
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			list, why := c.list(arg, s)
			if why != "" {
				return nil, why
			}
			r.parts = append(r.parts, list...)
			continue
		}
		if c.isDelayType(arg) {
			r.parts = append(r.parts, &recipe{name: c.nameOf(arg), scope: s})
			continue
		}
		part, why := c.made(arg, s)
		if why != "" {
			return nil, why
		}
		r.parts = append(r.parts, part)
	}
	return r, ""
}

// isDelayType reports whether an argument is a function of the library that computes delays.
func (c *closure) isDelayType(e ast.Expr) bool {
	name := c.nameOf(e)
	return name == "BackOffDelay" || name == "FixedDelay" || name == "RandomDelay" || name == "FullJitterBackoffDelay"
}

// nameOf returns the name of a function of the library, "" for any other expression.
func (c *closure) nameOf(e ast.Expr) string {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	fn, ok := c.Info.Uses[sel.Sel].(*types.Func)
	if !ok || !c.isLibrary(fn.Pkg()) {
		return ""
	}
	return fn.Name()
}

// madeByHelper follows a function of the package whose only return statement returns the policy.
func (c *closure) madeByHelper(fn *types.Func, call *ast.CallExpr, s *scope) (*recipe, string) {
	decl := c.Body(fn)
	if decl == nil {
		return nil, "the policy comes from " + fn.FullName()
	}
	if s != nil && len(s.args) > 8 {
		return nil, "the policy comes from functions that call one another"
	}
	inner := &scope{args: map[types.Object]ast.Expr{}}
	sig := fn.Signature()
	for i := range min(sig.Params().Len(), len(call.Args)) {
		inner.args[sig.Params().At(i)] = call.Args[i]
	}
	if s != nil && len(inner.args) > 0 {
		return nil, "the policy comes from functions that call one another"
	}
	if decl.Recv != nil && len(decl.Recv.List[0].Names) == 1 {
		inner.self = c.Info.Defs[decl.Recv.List[0].Names[0]]
	}
	var returned []ast.Expr
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			returned = append(returned, ret.Results[0])
		}
	})
	if len(returned) != 1 {
		return nil, fn.Name() + " returns one of several policies"
	}
	return c.made(returned[0], inner)
}

// list follows a list of options.
func (c *closure) list(e ast.Expr, s *scope) ([]*recipe, string) {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		var parts []*recipe
		for _, element := range x.Elts {
			part, why := c.made(element, s)
			if why != "" {
				return nil, why
			}
			parts = append(parts, part)
		}
		return parts, ""
	case *ast.CallExpr:
		if syntax.IsBuiltin(c.Info, x, "append") && len(x.Args) > 0 {
			parts, why := c.list(x.Args[0], s)
			for i, arg := range x.Args[1:] {
				if why != "" {
					return nil, why
				}
				var more []*recipe
				if x.Ellipsis.IsValid() && i == len(x.Args)-2 {
					more, why = c.list(arg, s)
				} else {
					var one *recipe
					one, why = c.made(arg, s)
					more = []*recipe{one}
				}
				parts = append(parts, more...)
			}
			return parts, why
		}
	case *ast.Ident:
		value, why := c.onlyValue(x)
		if why != "" {
			return nil, why
		}
		return c.list(value, s)
	}
	return nil, "the options are a list that is put together elsewhere: " + c.Source(e)
}

// onlyValue returns what a variable was declared with, if nothing else is assigned to it.
func (c *closure) onlyValue(id *ast.Ident) (ast.Expr, string) {
	v, ok := c.Info.Uses[id].(*types.Var)
	if !ok {
		return nil, id.Name + " is not a variable"
	}
	var values []ast.Expr
	for _, file := range c.Files {
		syntax.InspectAssigned(c.Info, file, v, func(e ast.Expr) { values = append(values, e) })
	}
	if len(values) != 1 {
		return nil, id.Name + " comes from elsewhere, or is assigned several times"
	}
	if def := c.definition(id.Pos(), v); def != nil {
		c.removes = append(c.removes, def)
	}
	return values[0], ""
}

// definition returns the statement that declares a local variable and nothing else, nil for none.
func (c *closure) definition(at token.Pos, v *types.Var) ast.Stmt {
	decl := c.Around(at)
	var found ast.Stmt
	if decl == nil {
		return nil
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Lhs) == 1 && c.Info.Defs[id] == v {
				found = n
			}
		case *ast.DeclStmt:
			if spec := onlySpec(n); spec != nil && c.Info.Defs[spec.Names[0]] == v {
				found = n
			}
		}
		return found == nil
	})
	return found
}

// value returns a value of the policy. The reason says why the site cannot name it.
func (c *closure) value(e ast.Expr, s *scope) (site.Value, string) {
	e = ast.Unparen(e)
	if s == nil || c.Info.Types[e].Value != nil {
		return c.Value(e), ""
	}
	if id, ok := e.(*ast.Ident); ok {
		if arg, ok := s.args[c.Info.Uses[id]]; ok {
			return c.Value(arg), ""
		}
	}
	local := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := c.Info.Uses[id].(*types.Var)
		local = local || ok && !v.IsField() && v.Parent() != v.Pkg().Scope()
		return true
	})
	if local {
		return site.Value{}, "a value of the policy is known only in another function: " + c.Source(e)
	}
	return c.Value(e), ""
}
