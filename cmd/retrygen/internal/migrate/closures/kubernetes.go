package closures

import (
	"go/ast"
	"go/token"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// kubernetes reads k8s.io/client-go/util/retry.
func (c *closure) kubernetes() string {
	if why := c.steps(c.call.Args[0]); why != "" {
		return why
	}
	if why := c.operation(c.call.Args[len(c.call.Args)-1]); why != "" {
		return why
	}
	if c.fn.Name() == "RetryOnConflict" {
		c.site.Policy = append(c.site.Policy, site.Text("if", c.conflict()))
		return ""
	}
	c.site.Policy = append(c.site.Policy, site.Option{Name: "if", Hook: &site.Hook{
		Func: c.hookOf(c.call.Args[1]), Args: []site.Arg{{Word: "err"}},
	}})
	return ""
}

// conflict names the condition of RetryOnConflict, by an import of the file if there is one.
func (c *closure) conflict() string {
	const path = "k8s.io/apimachinery/pkg/api/errors"
	for _, spec := range c.File(c.call.Pos()).Imports {
		if pkg := c.Info.PkgNameOf(spec); pkg != nil && pkg.Imported().Path() == path && pkg.Name() != "." && pkg.Name() != "_" {
			return pkg.Name() + ".IsConflict"
		}
	}
	return path + ".IsConflict"
}

var presets = map[string]map[string]site.Value{
	"DefaultRetry": {
		"Steps": site.Constant(5), "Duration": constant(10 * time.Millisecond), "Factor": site.Constant(1.0), "Jitter": site.Constant(0.1),
	},
	"DefaultBackoff": {
		"Steps": site.Constant(4), "Duration": constant(10 * time.Millisecond), "Factor": site.Constant(5.0), "Jitter": site.Constant(0.1),
	},
}

// steps turns a Backoff of k8s.io/apimachinery.
func (c *closure) steps(e ast.Expr) string {
	r, why := c.made(e, nil)
	if why != "" {
		return why
	}
	fields := map[string]site.Value{"Duration": constant(0), "Factor": site.Constant(0)}
	for name, v := range presets[r.name] {
		fields[name] = v
	}
	if r.name != "Backoff" && presets[r.name] == nil {
		return "the backoff " + r.name + " is not one of the library"
	}
	for name, v := range r.fields {
		fields[name] = v
	}
	if fields["Steps"].Known == nil && fields["Steps"].Expr == nil {
		return "a Backoff without Steps makes no attempt at all"
	}
	return c.backoff(fields)
}

func (c *closure) backoff(fields map[string]site.Value) string {
	s := &schedule{retries: -1, first: fields["Duration"], base: fields["Factor"], count: site.Numbers("attempts", fields["Steps"])}
	n, known := fields["Steps"].Int()
	switch {
	case known && n < 1:
		return "a Backoff without Steps makes no attempt at all"
	case known:
		s.retries = n - 1
	default:
		c.site.Differ("0 steps are one attempt; before, they were none")
	}
	if why := c.capped(s, fields["Cap"]); why != "" {
		return why
	}
	base, ok := s.base.Float()
	first, fixed := s.first.Int()
	switch {
	case ok && (base == 1 || base == 0) && fixed && first == 0:
	case ok && (base == 1 || base == 0):
		s.delay = site.Durations("delay", s.first)
	default:
		s.delay = site.Exponential(s.first, s.base)
	}
	if jitter, ok := fields["Jitter"]; ok {
		s.jitter = percent("+", jitter)
	}
	c.add(s)
	return ""
}

// capped counts the attempts of a Backoff with a Cap: the wait before it would be passed is the last.
func (c *closure) capped(s *schedule, limit site.Value) string {
	if limit.Known == nil && limit.Expr == nil {
		return ""
	}
	most, known := limit.Int()
	if known && most == 0 {
		return ""
	}
	first, ok := s.first.Int()
	factor, based := s.base.Float()
	if !known || !ok || !based || s.retries < 0 {
		return "with a Cap the number of attempts depends on values that are known only when the program runs"
	}
	delay := float64(first)
	for attempts := int64(1); attempts <= s.retries && factor != 0; attempts++ {
		if delay *= factor; delay > float64(most) {
			s.retries, s.count = attempts-1, site.Numbers("attempts", site.Constant(int(attempts)))
			c.site.Differ("nothing is waited for after the last attempt; before, a delay beyond Cap ended the retries, after one more wait")
			break
		}
	}
	return ""
}

// wait reads k8s.io/apimachinery/pkg/util/wait. A condition that reports whether it is done becomes a function that returns
// ErrWaitTimeout while it is not.
func (c *closure) wait() string {
	args := c.call.Args
	if c.fn.Name() == "ExponentialBackoffWithContext" {
		c.looksAt(args[0])
		c.site.LooksFirst = true
		args = args[1:]
	}
	if len(args) != 2 {
		return "the call has other arguments than the library's"
	}
	if why := c.steps(args[0]); why != "" {
		return why
	}
	if why := c.operation(args[1]); why != "" {
		return why
	}
	lit := c.site.Work.Lit
	if lit == nil {
		return "the condition is a function that others may call"
	}
	return c.done(lit)
}

// done makes a function that ends in an error of a condition.
func (c *closure) done(lit *ast.FuncLit) string {
	list := lit.Type.Results.List
	if len(list) != 2 || len(list[0].Names) > 0 {
		return "the results of the condition have names"
	}
	sel, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return "the library is imported with a dot"
	}
	timeout := c.Source(sel.X) + ".ErrWaitTimeout"
	c.patch(lit.Type.Results, "error")
	c.site.Work.Results = []types.Type{syntax.ErrorType}
	why := ""
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok || why != "" {
			return
		}
		why = c.doneReturn(lit, ret, timeout)
	})
	return why
}

func (c *closure) doneReturn(lit *ast.FuncLit, ret *ast.ReturnStmt, timeout string) string {
	if len(ret.Results) != 2 {
		return "the condition returns what another function returns"
	}
	done, err := ret.Results[0], ret.Results[1]
	switch {
	case !c.isNil(err) && c.isError(lit, ret, err):
		c.patch(ret, "return "+site.Retry+".Permanent("+c.Source(err)+")")
		c.site.Differ(differsMark)
	case !c.isNil(err):
		return "it is not known whether the condition returns an error"
	case c.Source(done) == "true":
		c.patch(ret, "return nil")
	case c.Source(done) == "false":
		c.patch(ret, "return "+timeout)
	default:
		c.patch(ret, "if "+c.Source(done)+" {\nreturn nil\n}\nreturn "+timeout)
	}
	return ""
}

// isError reports whether an error that is returned is not nil: it is made there, or the statement stands under a test.
func (c *closure) isError(lit *ast.FuncLit, ret *ast.ReturnStmt, e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		switch syntax.FullName(c.Info, call) {
		case "errors.New", "fmt.Errorf":
			return true
		}
		return false
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	tested := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		branch, ok := n.(*ast.IfStmt)
		if ok && branch.Body.Pos() <= ret.Pos() && ret.End() <= branch.Body.End() {
			tested = tested || c.tests(branch.Cond, c.Info.ObjectOf(id))
		}
		return true
	})
	return tested
}

// tests reports whether a condition holds only if an error is not nil.
func (c *closure) tests(cond ast.Expr, err types.Object) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if e.Op == token.LAND {
		return c.tests(e.X, err) || c.tests(e.Y, err)
	}
	tested := syntax.ErrorTest(c.Info, e, token.NEQ)
	id, ok := tested.(*ast.Ident)
	return ok && c.Info.ObjectOf(id) == err
}
