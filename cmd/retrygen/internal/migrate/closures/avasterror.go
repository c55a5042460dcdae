package closures

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// judges reports whether RetryIf decides.
func (a *avastConfig) judges() bool {
	return a.retryIf != nil && !a.isNil(a.retryIf) && a.nameOf(a.retryIf) != "IsRecoverable"
}

// functions adds the condition and the observer.
func (a *avastConfig) functions() {
	if a.judges() {
		a.site.Policy = append(a.site.Policy, site.Option{Name: "if", Hook: &site.Hook{
			Func: a.hookOf(a.retryIf), Args: []site.Arg{{Word: "err"}},
		}})
		a.asked("RetryIf", a.retryIf)
	}
	if a.onRetry == nil || a.isNil(a.onRetry) {
		return
	}
	from := "uint(%s - 1)"
	if n, ok := a.attempts.Int(); ok && n == 0 && a.older("v4.6.0") {
		from = "uint(%s)"
	}
	a.site.Policy = append(a.site.Policy, site.Option{Name: "notify", Hook: &site.Hook{
		Func: a.hookOf(a.onRetry), Args: []site.Arg{{Word: "retry", Type: "int", Let: from}, {Word: "err"}},
	}})
	if n, ok := a.attempts.Int(); !ok || n != 0 {
		a.site.Differ("the function of OnRetry is not called after the last attempt")
	}
}

// errors says what the error and the results of the call are.
func (a *avastConfig) errors() {
	if n, ok := a.attempts.Int(); !a.lastOnly && !(ok && n == 0) {
		a.site.Differ("the error is the last attempt's own; before, it was a retry.Error with those of all attempts")
	}
	a.failedResults()
}

// failedResults says that results of a failed attempt are returned, unless they are zero anyway.
func (c *closure) failedResults() {
	lit := c.site.Work.Lit
	if c.fn.Signature().Results().Len() < 2 || lit != nil && c.zeroOnFailure(lit) {
		return
	}
	c.site.Differ("the results of a last attempt that has failed are returned with its error; before, they were zero")
}

// zeroOnFailure reports whether a literal returns zero values with each error.
func (c *closure) zeroOnFailure(lit *ast.FuncLit) bool {
	zero := true
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			return
		}
		if len(ret.Results) < 2 {
			zero = false
			return
		}
		if c.isNil(ret.Results[len(ret.Results)-1]) {
			return
		}
		for _, e := range ret.Results[:len(ret.Results)-1] {
			zero = zero && c.isZero(e)
		}
	})
	return zero
}

func (c *closure) isZero(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return e.Value == "0" || e.Value == `""` || e.Kind == token.FLOAT && e.Value == "0.0"
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "false"
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	}
	return false
}
