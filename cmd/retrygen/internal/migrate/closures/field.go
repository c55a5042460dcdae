package closures

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// madeInField follows a field that holds a policy: to the values that the program keeps there, where they can be read, otherwise
// to the only place that sets it.
func (c *closure) madeInField(x *ast.SelectorExpr, v *types.Var, s *scope) (*recipe, string) {
	if r, why := c.kept(x, s); r != nil || why != "" {
		return r, why
	}
	if c.library == "sethvargo" {
		return nil, "the backoff is kept in " + c.Source(x) + ", and goes on where the last call ended"
	}
	value, inner, why := c.onlyInField(x, v)
	if why != "" {
		return nil, why
	}
	return c.made(value, inner)
}

// kept returns the recipe of a variable or field whose type is a struct of the library, with values that anybody can read: those
// that it has when the retries begin. It returns nil for any other type.
func (c *closure) kept(e ast.Expr, s *scope) (*recipe, string) {
	named := namedOf(c.Info.TypeOf(e))
	if named == nil || !c.isLibrary(named.Obj().Pkg()) {
		return nil, ""
	}
	structure, ok := named.Underlying().(*types.Struct)
	if !ok || !keptTypes[named.Obj().Name()] {
		return nil, ""
	}
	here, why := c.here(e, s)
	if why != "" {
		return nil, why
	}
	r := &recipe{name: named.Obj().Name(), fields: map[string]site.Value{}, kept: true}
	for field := range structure.Fields() {
		if name := field.Name(); field.Exported() && name != "Clock" && name != "Stop" {
			r.fields[name] = site.Value{Expr: c.Select(here, field)}
		}
	}
	return r, ""
}

// keptTypes are the structs of libraries that are nothing but the values of a policy.
var keptTypes = map[string]bool{"ExponentialBackOff": true, "ConstantBackOff": true, "Backoff": true}

// onlyInField returns the value of a field that is set in one place of the package and nowhere else. The scope is that place.
func (c *closure) onlyInField(x ast.Expr, v *types.Var) (ast.Expr, *scope, string) {
	kept := "the policy is kept in " + c.Source(x)
	if v.Pkg() != c.Types || v.Exported() {
		return nil, nil, kept + ", which other packages may set"
	}
	values, changed := c.setsOf(v)
	switch {
	case changed:
		return nil, nil, kept + ", which is changed elsewhere"
	case len(values) == 0:
		return nil, nil, kept + ", and nothing sets it"
	case len(values) > 1:
		return nil, nil, kept + ", which is set in several places"
	}
	return values[0], &scope{args: map[types.Object]ast.Expr{}}, ""
}

// setsOf lists the values that a field is set to, and reports whether it is changed in another way.
func (c *closure) setsOf(v *types.Var) (values []ast.Expr, changed bool) {
	is := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			return c.Info.Uses[e] == v
		case *ast.SelectorExpr:
			return c.Info.Uses[e.Sel] == v
		}
		return false
	}
	for _, file := range c.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if len(n.Elts) > 0 && hasField(c.Info.TypeOf(n), v) {
					_, named := n.Elts[0].(*ast.KeyValueExpr)
					changed = changed || !named
				}
			case *ast.KeyValueExpr:
				if is(n.Key) {
					values = append(values, n.Value)
				}
			case *ast.UnaryExpr:
				changed = changed || n.Op == token.AND && is(n.X)
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if is(left) {
						values = append(values, n.Rhs[min(i, len(n.Rhs)-1)])
						changed = changed || n.Tok != token.ASSIGN || len(n.Lhs) != len(n.Rhs)
					} else if sel, ok := ast.Unparen(left).(*ast.SelectorExpr); ok && is(sel.X) {
						changed = true // a field of the policy
					}
				}
			}
			return true
		})
	}
	return values, changed
}

// hasField reports whether a type is a struct with a field.
func hasField(t types.Type, v *types.Var) bool {
	structure, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range structure.Fields() {
		if field == v {
			return true
		}
	}
	return false
}
