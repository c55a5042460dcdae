package closures

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// value returns a value of the policy. The reason says why the site cannot say it.
func (c *closure) value(e ast.Expr, s *scope) (site.Value, string) {
	e = ast.Unparen(e)
	if c.Info.Types[e].Value != nil {
		return c.Value(e), ""
	}
	if v := c.fieldOfPolicy(e); v.IsSet() {
		return v, ""
	}
	if known := c.fold(e, s); known != nil {
		return site.Known(known), ""
	}
	e, why := c.here(e, s)
	if why != "" {
		return site.Value{}, why
	}
	return c.Value(e), ""
}

// arg returns the value of an argument of a recipe.
func (c *closure) arg(r *recipe, i int) (site.Value, string) {
	if i >= len(r.args) {
		return site.Value{}, fmt.Sprintf("%s has no argument %d", r.name, i+1)
	}
	e, signed := c.unconvertedNumber(r.args[i])
	v, why := c.value(e, r.scope)
	if signed && v.Known == nil && why == "" {
		c.site.Differ("a negative number counts as 0; before, the conversion made a very large one of it")
	}
	return v, why
}

// unconvertedNumber drops a conversion between integers. Signed reports whether it was to one that has no negative values.
func (c *closure) unconvertedNumber(e ast.Expr) (inner ast.Expr, signed bool) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !c.Info.Types[call.Fun].IsType() || c.Info.Types[e].Value != nil {
		return e, false
	}
	from, ok := c.Info.TypeOf(call.Args[0]).Underlying().(*types.Basic)
	if !ok || from.Info()&types.IsInteger == 0 || syntax.IsNamed(c.Info.TypeOf(e), "time", "Duration") {
		return e, false
	}
	to, ok := c.Info.TypeOf(e).Underlying().(*types.Basic)
	return call.Args[0], ok && to.Info()&types.IsUnsigned != 0 && from.Info()&types.IsUnsigned == 0
}

// fieldOfPolicy returns the value of a field of the backoff that is being followed, as in b.MaxInterval = 10 * b.InitialInterval, or
// that has been, as in WithMaxElapsedTime(100 * b.InitialInterval).
func (c *closure) fieldOfPolicy(e ast.Expr) site.Value {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return site.Value{}
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return site.Value{}
	}
	v, _ := c.Info.Uses[id].(*types.Var)
	r := cmp.Or(c.current[v], c.complete[v])
	if r == nil {
		return site.Value{}
	}
	if value, ok := r.fields[sel.Sel.Name]; ok {
		return value
	}
	if c.library == "backoff" && r.name == "NewExponentialBackOff" && len(r.parts) == 0 {
		return cenkaltiDefaults[sel.Sel.Name]
	}
	return site.Value{}
}

// fold computes an expression of constants, of parameters that are passed constants, and of fields of the policy. It returns nil
// for any other.
func (c *closure) fold(e ast.Expr, s *scope) constant.Value {
	e = ast.Unparen(e)
	if known := c.Info.Types[e].Value; known != nil {
		return known
	}
	switch x := e.(type) {
	case *ast.Ident:
		if s != nil && s.args[c.Info.Uses[x]] != nil {
			return c.fold(s.args[c.Info.Uses[x]], nil)
		}
	case *ast.SelectorExpr:
		return c.fieldOfPolicy(x).Known
	case *ast.CallExpr:
		if len(x.Args) == 1 && c.Info.Types[x.Fun].IsType() {
			return converted(c.fold(x.Args[0], s), c.Info.TypeOf(x))
		}
	case *ast.BinaryExpr:
		return c.computed(x, s)
	}
	return nil
}

// converted converts a constant to a type of numbers, nil where it does not fit.
func converted(v constant.Value, t types.Type) constant.Value {
	basic, ok := t.Underlying().(*types.Basic)
	switch {
	case v == nil || !ok:
	case basic.Info()&types.IsInteger != 0:
		if i := constant.ToInt(v); i.Kind() == constant.Int {
			return i
		}
	case basic.Info()&types.IsFloat != 0:
		return constant.ToFloat(v)
	}
	return nil
}

// computed computes a sum, a difference, a product or a quotient.
func (c *closure) computed(e *ast.BinaryExpr, s *scope) constant.Value {
	if !slices.Contains([]token.Token{token.ADD, token.SUB, token.MUL, token.QUO}, e.Op) {
		return nil
	}
	x, y := converted(c.fold(e.X, s), c.Info.TypeOf(e)), converted(c.fold(e.Y, s), c.Info.TypeOf(e))
	if x == nil || y == nil || e.Op == token.QUO && constant.Sign(y) == 0 {
		return nil
	}
	op := e.Op
	if x.Kind() == constant.Int && y.Kind() == constant.Int && op == token.QUO {
		op = token.QUO_ASSIGN // the division of integers
	}
	return constant.BinaryOp(x, op, y)
}

// here returns an expression of a function that made the policy as the site can say it.
func (c *closure) here(e ast.Expr, s *scope) (ast.Expr, string) {
	e = ast.Unparen(e)
	if s == nil {
		return c.withoutPolicy(e)
	}
	switch x := e.(type) {
	case *ast.Ident:
		if arg := s.args[c.Info.Uses[x]]; arg != nil {
			return arg, ""
		}
		if v, ok := c.Info.Uses[x].(*types.Var); ok && !s.isHome(v) {
			return c.hereLocal(x, v, s)
		}
		return x, ""
	case *ast.SelectorExpr:
		v, ok := c.Info.Uses[x.Sel].(*types.Var)
		if !ok || !v.IsField() {
			return x, c.farReason(x, s)
		}
		inner, why := c.here(x.X, s)
		if why != "" || inner == x.X {
			return x, why
		}
		return c.Select(inner, v), ""
	}
	return c.hereText(e, s)
}

// hereLocal follows a local variable that is assigned once.
func (c *closure) hereLocal(id *ast.Ident, v *types.Var, s *scope) (ast.Expr, string) {
	var values []ast.Expr
	if decl := c.Around(v.Pos()); decl != nil && v.Pos() > decl.Body.Pos() && !syntax.Reassigns(c.Info, decl.Body, v) {
		syntax.InspectAssigned(c.Info, decl.Body, v, func(e ast.Expr) { values = append(values, e) })
	}
	if len(values) != 1 || c.isTuple(values[0]) {
		return nil, "a value of the policy is known only in another function: " + id.Name
	}
	return c.here(values[0], s)
}

// hereText replaces the variables of another function in an expression.
func (c *closure) hereText(e ast.Expr, s *scope) (ast.Expr, string) {
	var patches []site.Patch
	why := ""
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || why != "" {
			return why == ""
		}
		v, ok := c.Info.Uses[id].(*types.Var)
		if !ok || s.isHome(v) {
			return true
		}
		var arg ast.Expr
		if arg, why = c.here(id, s); why == "" {
			patches = append(patches, site.Patch{Pos: id.Pos(), End: id.End(), Text: c.Operand(arg)})
		}
		return true
	})
	if why != "" || len(patches) == 0 {
		return e, why
	}
	text, at := "", e.Pos()
	for _, p := range patches {
		text += c.Text(at, p.Pos) + p.Text
		at = p.End
	}
	return c.Rewritten(e, text+c.Text(at, e.End())), ""
}

// withoutPolicy replaces fields of the backoff that is being followed, which goes away, by their values.
func (c *closure) withoutPolicy(e ast.Expr) (ast.Expr, string) {
	text, at, why := "", e.Pos(), ""
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || why != "" {
			return why == ""
		}
		v := c.fieldOfPolicy(sel)
		switch {
		case !v.IsSet():
			return true
		case v.Expr == nil:
			why = "a value of the policy is computed from another one: " + c.Source(e)
		default:
			text, at = text+c.Text(at, sel.Pos())+c.Operand(v.Expr), sel.End()
		}
		return false
	})
	if why != "" || text == "" {
		return e, why
	}
	return c.Rewritten(e, text+c.Text(at, e.End())), ""
}

// isLocal reports whether a variable belongs to a function.
func isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// farReason says why an expression that is no field means nothing at the site, "" if it does.
func (c *closure) farReason(e ast.Expr, s *scope) string {
	far := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := c.Info.Uses[id].(*types.Var)
		far = far || ok && !s.isHome(v)
		return true
	})
	if far {
		return "a value of the policy is known only in another function: " + c.Source(e)
	}
	return ""
}
