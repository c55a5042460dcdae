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
	c.asked("OnError", c.call.Args[1])
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
		"Steps": site.Constant(5), "Duration": known(10 * time.Millisecond), "Factor": site.Constant(1.0), "Jitter": site.Constant(0.1),
	},
	"DefaultBackoff": {
		"Steps": site.Constant(4), "Duration": known(10 * time.Millisecond), "Factor": site.Constant(5.0), "Jitter": site.Constant(0.1),
	},
}

// steps turns a Backoff of k8s.io/apimachinery.
func (c *closure) steps(e ast.Expr) string {
	r, why := c.made(e, nil)
	if why != "" {
		return why
	}
	fields := map[string]site.Value{"Duration": known(0), "Factor": site.Constant(0)}
	for name, v := range presets[r.name] {
		fields[name] = v
	}
	if r.name != "Backoff" && presets[r.name] == nil {
		return "the backoff " + r.name + " is not one of the library"
	}
	for name, v := range r.fields {
		fields[name] = v
	}
	if !fields["Steps"].IsSet() {
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
	c.capped(s, fields["Cap"])
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

// capped counts the attempts of a Backoff with a Cap: the wait before it would be passed is the last. Without a Factor the library
// does not look at it, and it never looks at the first wait.
func (c *closure) capped(s *schedule, limit site.Value) {
	most, known := limit.Int()
	if !limit.IsSet() || known && most == 0 {
		return
	}
	first, ok := s.first.Int()
	factor, based := s.base.Float()
	if based && factor == 0 {
		return
	}
	if !known || !ok || !based || s.retries < 0 {
		s.cap = &limit
		c.site.Differ("a delay beyond Cap is cut to it; before, it ended the retries")
		if !known || !ok || first > most {
			c.site.Differ("the first wait is not longer than Cap either; before, it was Duration in any case")
		}
		return
	}
	delay := float64(first)
	for attempts := int64(1); attempts <= s.retries; attempts++ {
		if delay *= factor; delay > float64(most) {
			s.retries, s.count = attempts-1, site.Numbers("attempts", site.Constant(int(attempts)))
			c.site.Differ("nothing is waited for after the last attempt; before, a delay beyond Cap ended the retries, after one more wait")
			break
		}
	}
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
	timeout, why := c.timeout()
	if lit := c.site.Work.Lit; lit != nil && why == "" {
		return c.done(lit, timeout)
	}
	c.site.Work.Results = []types.Type{syntax.ErrorType}
	c.site.Work.Body = settled("%s", timeout)
	c.site.Differ(differsMark)
	return why
}

// timeout returns the error of a condition that is never done.
func (c *closure) timeout() (text, reason string) {
	sel, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return "", "the library is imported with a dot"
	}
	return c.Source(sel.X) + ".ErrWaitTimeout", ""
}

// settled writes what becomes of the results of a condition.
func settled(results, timeout string) string {
	return decided("done, err := "+results+"; ", "done", "err", timeout)
}

// decided writes what becomes of two variables with the results of a condition.
func decided(init, done, err, timeout string) string {
	return "if " + init + err + " != nil {\nreturn " + site.Retry + ".Permanent(" + err + ")\n} else if !" + done + " {\nreturn " + timeout +
		"\n}\nreturn nil"
}

// done makes a function that ends in an error of a condition.
func (c *closure) done(lit *ast.FuncLit, timeout string) string {
	list := lit.Type.Results.List
	if len(list) != 2 || len(list[0].Names) > 0 {
		return "the results of the condition have names"
	}
	c.patch(lit.Type.Results, "error")
	c.site.Work.Results = []types.Type{syntax.ErrorType}
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			c.doneReturn(lit, ret, timeout)
		}
	})
	return ""
}

func (c *closure) doneReturn(lit *ast.FuncLit, ret *ast.ReturnStmt, timeout string) {
	if len(ret.Results) != 2 {
		c.patch(ret, settled(c.Source(ret.Results[0]), timeout))
		c.site.Differ(differsMark)
		return
	}
	done, err := ret.Results[0], ret.Results[1]
	switch {
	case !c.isNil(err) && c.isError(lit, ret, err):
		c.patch(ret, "return "+site.Retry+".Permanent("+c.Source(err)+")")
		c.site.Differ(differsMark)
	case !c.isNil(err):
		text := settled(c.Source(done)+", "+c.Source(err), timeout)
		if isName(done) && isName(err) {
			text = decided("", c.Source(done), c.Source(err), timeout)
		}
		c.patch(ret, text)
		c.site.Differ(differsMark)
	case c.Source(done) == "true":
		c.patch(ret, "return nil")
	case c.Source(done) == "false":
		c.patch(ret, "return "+timeout)
	default:
		c.patch(ret, "if "+c.Source(done)+" {\nreturn nil\n}\nreturn "+timeout)
	}
}

func isName(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
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
