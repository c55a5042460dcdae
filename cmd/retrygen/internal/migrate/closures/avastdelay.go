package closures

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// attemptsFor turns a limit of the attempts that end in one error. A limit of 1 is that of no retry.
func (a *avastConfig) attemptsFor(o *recipe) string {
	if len(o.args) != 2 {
		return "AttemptsForError has other arguments than the library's"
	}
	n, why := a.arg(o, 0)
	if why != "" {
		return why
	}
	if limit, ok := n.Int(); !ok || limit != 1 && !(limit == 0 && a.major >= 5) {
		return "AttemptsForError counts the attempts of one error, which a directive does not, but for 1: except="
	}
	if !a.isVariable(o.args[1]) {
		return "the error of AttemptsForError is not a variable at package level"
	}
	a.except = append(a.except, o.args[1])
	return ""
}

// isVariable reports whether an expression is a variable at package level.
func (c *closure) isVariable(e ast.Expr) bool {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		e = sel.Sel
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.Info.Uses[id].(*types.Var)
	return ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// ownDelay takes a function that computes the delays, if it needs no more than the number of the retry and the error.
func (a *avastConfig) ownDelay(lit *ast.FuncLit) string {
	params := a.Info.TypeOf(lit).(*types.Signature).Params()
	if params.Len() != 3 || syntax.Mentions(a.Info, lit.Body, params.At(2)) {
		return "the delays come from a function that asks the library for its options"
	}
	a.own, a.kinds = lit, nil
	return ""
}

// hooked has the function compute the delays. Up to version 4.6.0 it counts from 0, but without a limit of attempts from 1.
func (a *avastConfig) hooked(s *schedule) {
	from := "uint(%s)"
	if !s.unlimited && (a.major < 4 || a.older("v4.6.1")) {
		from = "uint(%s - 1)"
	}
	s.delay = site.Option{Name: "delay", Hook: &site.Hook{
		Func: a.own, Args: []site.Arg{{Word: "retry", Type: "int", Let: from}, {Word: "err"}, {}},
	}}
	if n, ok := a.limit.Int(); a.limit.IsSet() && !(ok && n == 0) {
		s.cap = &a.limit
	}
}

// unlimited says what is different about retries without a limit of attempts.
func (a *avastConfig) unlimited() {
	n, known := a.attempts.Int()
	if known && n != 0 || !known || !a.older("v4.3.4") {
		return
	}
	a.site.Differ("without a limit of attempts, errors that are not worth a retry end the retries; before, this version retried them too")
	if a.site.Context != nil && !a.isFresh(a.site.Context) {
		a.site.Differ("when the context ends the retries, there is an error; before, this version returned none, or went on")
	}
}
