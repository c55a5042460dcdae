package closures

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// madeElsewhere returns the recipe of a backoff that is asked for each wait: one of a type of the program's own, or one that a caller
// passes or a field keeps. It returns nil for one that holds what a directive cannot say: up to version 4 of cenkalti/backoff an
// interface may have a context inside.
func (c *closure) madeElsewhere(e ast.Expr, s *scope) *recipe {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default:
		return nil // made anew for each call
	}
	method := map[string]string{"backoff": "NextBackOff", "sethvargo": "Next"}[c.library]
	t := c.Info.TypeOf(e)
	if s != nil || method == "" || !syntax.HasMethod(t, method) {
		return nil
	}
	if c.library == "backoff" && c.major < 5 && syntax.HasMethod(t, "Context") {
		return nil // the library looks at its context
	}
	if named := namedOf(t); named == nil || c.isLibrary(named.Obj().Pkg()) && !c.isOpen(named) {
		return nil
	}
	return &recipe{name: asked, args: []ast.Expr{e}}
}

// isOpen reports whether a type of the library stands for backoffs of any kind, without a context inside.
func (c *closure) isOpen(t *types.Named) bool {
	_, function := t.Underlying().(*types.Signature)
	return (types.IsInterface(t) || function) && (c.library == "sethvargo" || c.major >= 5)
}

const asked = "a backoff that is asked"

// namedOf returns the named type that a type is, or points to.
func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}

// ask has a condition ask a backoff for each wait.
func (c *closure) ask(r *recipe, s *schedule) string {
	sel, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return "the library is imported with a dot"
	}
	c.judged = true
	s.unlimited = s.unlimited || s.count.Name == ""
	c.add(s)
	from := c.Source(r.args[0])
	hook := &site.Hook{Parts: []ast.Node{r.args[0]}, Result: site.WaitAgain}
	if c.library == "sethvargo" {
		hook.Body = "wait, stop := " + from + ".Next()\nif wait == 0 {\nwait = -1 // at once\n}\nreturn wait, !stop\n"
	} else {
		hook.Args = []site.Arg{{Word: "retry", Type: "int"}}
		hook.Body = "if retry == 1 {\n" + from + ".Reset()\n}\nswitch wait := " + from + ".NextBackOff(); wait {\ncase " + c.Source(sel.X) +
			".Stop:\nreturn 0, false\ncase 0:\nreturn -1, true // at once\ndefault:\nreturn wait, true\n}\n"
		c.site.Differ("the backoff is reset when the first attempt has failed; before, when the first one began")
	}
	c.site.Policy = append(c.site.Policy, site.Option{Name: "if", Hook: hook})
	c.site.Differ("a wait of the backoff may be up to 10 % longer; one of more than an hour ends the retries")
	return ""
}
