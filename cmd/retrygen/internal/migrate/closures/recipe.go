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
	kept   bool                  // the fields are those of a value of the program
	scope  *scope
}

// made follows an expression to how it was made. The reason says why that is not known.
func (c *closure) made(e ast.Expr, s *scope) (*recipe, string) {
	before := c.found
	r, why := c.trace(e, s)
	if why != "" {
		if other := c.madeElsewhere(e, s); other != nil {
			c.found = before // nothing goes away
			return other, ""
		}
	}
	return r, why
}

func (c *closure) trace(e ast.Expr, s *scope) (*recipe, string) {
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
		v, ok := c.Info.Uses[x.Sel].(*types.Var)
		switch {
		case ok && !v.IsField() && c.isLibrary(v.Pkg()):
			return &recipe{name: v.Name(), scope: s}, ""
		case ok && v.IsField():
			return c.madeInField(x, v, s)
		}
		return nil, "the policy is kept in " + c.Source(x)
	}
	return nil, "how the policy was made is not known"
}

// madeByHelper follows a function of the package that returns a policy.
func (c *closure) madeByHelper(fn *types.Func, call *ast.CallExpr, s *scope) (*recipe, string) {
	e, inner, why := c.helper(fn, call, s)
	if why != "" {
		return nil, why
	}
	return c.made(e, inner)
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

// takesPart reports whether a parameter is of an interface that the library declares.
func (c *closure) takesPart(fn *types.Func, i int) bool {
	params := fn.Signature().Params()
	return i < params.Len() && types.IsInterface(params.At(i).Type()) && c.isPart(params.At(i).Type())
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
		e, inner, why := c.localHelper(call, s)
		if why != "" {
			return nil, why
		}
		return c.made(e, inner)
	}
	if !c.isLibrary(fn.Pkg()) {
		return c.madeByHelper(fn, call, s)
	}
	r := &recipe{name: fn.Name(), args: call.Args, scope: s}
	for i, arg := range call.Args {
		if !c.isPart(c.Info.TypeOf(arg)) && !c.takesPart(fn, i) {
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
