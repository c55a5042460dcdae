package libs

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL504", func(p *check.Pass) {
	eachCall(rl504)(p)
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		neverFails(p, cursor.Node().(*ast.CallExpr))
	}
})

// rl504 finds retries that cannot happen: of functions that never fail, of errors that none are worth a retry, or that the
// library takes for final.
func rl504(p *check.Pass, call *libCall) {
	if why := neverRetries.Of(p)[call]; why != "" {
		p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(), Message: "nothing is ever retried here: " + why})
	}
}

// neverFails reports a function that never returns an error, and that a function of the program tries again after errors.
func neverFails(p *check.Pass, call *ast.CallExpr) {
	for i, arg := range call.Args {
		signature, ok := syntax.Underlying(p.TypesInfo.TypeOf(arg)).(*types.Signature)
		if !ok || signature.Results().Len() != 1 || !syntax.IsErrorItself(signature.Results().At(0).Type()) {
			continue
		}
		callee := p.Callee(call)
		if callee == nil || p.Generated[p.FileOf(call.Pos())] || !p.Retrier(callee).Retries(i) {
			return
		}
		if name, _ := library.Entry(callee); name != "" {
			return
		}
		body := bodyOf(p, arg)
		if body == nil || !syntax.HasCall(body) {
			continue
		}
		if o := outcomesOf(p, body); o != nil && o.always(o.isNil) {
			p.Reportf(call.Fun, "nothing is ever retried here: the function never returns an error")
		}
	}
}

// neverRetries are the calls of libraries that make no second attempt, and why.
var neverRetries = check.Share(func(p *check.Pass) map[*libCall]string {
	why := map[*libCall]string{}
	for _, call := range libCalls.Of(p) {
		why[call] = whyNever(p, call)
	}
	return why
})

// whyNever says why a call of a library makes no second attempt, "" if it may.
func whyNever(p *check.Pass, call *libCall) string {
	if predicate := predicateOf(p, call); predicate != nil && neverTrue(p, predicate) {
		return "the predicate is true for no error"
	}
	retried := call.retried()
	if retried == nil || call.name == "failsafe" {
		return "" // the policies of failsafe may be of another kind, or look at results
	}
	body := bodyOf(p, retried)
	if body == nil {
		return ""
	}
	if call.name == "sethvargo" {
		m := &marks{Pass: p, seen: map[*ast.BlockStmt]bool{}}
		if !m.may(body) {
			return "the function marks no error with RetryableError"
		}
		return ""
	}
	o := outcomesOf(p, body)
	if o == nil {
		return ""
	}
	if call.name == "wait" {
		if !o.mayAskAgain() {
			return "the condition returns false only with an error, which ends the retries; return false and nil to try again"
		}
		return ""
	}
	return o.final(call, p.TypesInfo.TypeOf(retried))
}

// final says why a library takes all results of a function for final, "" if it may not.
func (o *outcomes) final(call *libCall, t types.Type) string {
	if !syntax.MayFail(t.Underlying()) {
		return ""
	}
	name := map[string]string{"backoff": "Permanent", "avast": "Unrecoverable"}[call.name]
	permanent := o.marksWith(call.name, name)
	switch {
	case !syntax.HasCall(o.body): // it stands for one that does something
	case o.always(o.isNil):
		return "the function never returns an error"
	case o.always(func(e ast.Expr) bool { return o.isNil(e) || permanent(e) }):
		return "each error is marked with " + name
	case call.fn.Name() == "RetryOnConflict" && o.always(func(e ast.Expr) bool { return o.isNil(e) || o.isNew(e) }):
		return "no error of the function is a conflict; return that of the update, or wrap it with %w"
	}
	return ""
}

// predicateOf returns the function by which a call of a library decides whether to try again, nil for none.
func predicateOf(p *check.Pass, call *libCall) ast.Expr {
	switch {
	case call.fn.Name() == "OnError" && call.name == "kubernetes" && len(call.Args) == 3:
		return call.Args[1]
	case call.name == "avast":
		for _, m := range recipeOf(p, call).calls {
			if m.fn.Name() == "RetryIf" && len(m.Args) == 1 && m.function == call.function {
				return m.Args[0]
			}
		}
	}
	return nil
}

// bodyOf returns the body of a function literal, also of one that a variable holds or that is converted to another type, or of a
// function of the package; nil for any other expression.
func bodyOf(p *check.Pass, e ast.Expr) *ast.BlockStmt {
	switch e := unconverted(p, e).(type) {
	case *ast.FuncLit:
		return e.Body
	case *ast.Ident:
		if v, ok := p.TypesInfo.Uses[e].(*types.Var); ok {
			return literalIn(p, v)
		}
		if fn, ok := p.TypesInfo.Uses[e].(*types.Func); ok && p.Bodies[fn] != nil {
			return p.Bodies[fn].Body
		}
	case *ast.SelectorExpr:
		if fn, ok := p.TypesInfo.Uses[e.Sel].(*types.Func); ok && p.Bodies[fn.Origin()] != nil {
			return p.Bodies[fn.Origin()].Body
		}
	}
	return nil
}

// unconverted returns what an expression converts to another type, or the expression itself.
func unconverted(p *check.Pass, e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 && p.TypesInfo.Types[call.Fun].IsType() {
		return unconverted(p, call.Args[0])
	}
	return e
}

// literalIn returns the body of the only function literal that is assigned to a variable, nil if anything else is.
func literalIn(p *check.Pass, v *types.Var) *ast.BlockStmt {
	if values := assignedTo(p, v); len(values) == 1 {
		if lit, ok := unconverted(p, values[0]).(*ast.FuncLit); ok {
			return lit.Body
		}
	}
	return nil
}

// marks is a search for what may mark an error.
type marks struct {
	*check.Pass
	seen map[*ast.BlockStmt]bool
}

// may reports whether a function marks an error, or returns one that another function may have marked. The standard library
// marks none.
func (m *marks) may(body *ast.BlockStmt) bool {
	if m.seen[body] {
		return false
	}
	m.seen[body] = true
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || n.Name == "RetryableError"
		case *ast.CallExpr:
			found = found || syntax.ReturnsError(m.TypesInfo, n) && m.mayCall(n)
		}
		return !found
	})
	return found || m.fromOutside(body)
}

// mayCall reports whether the error of a call may be marked.
func (m *marks) mayCall(call *ast.CallExpr) bool {
	fn, _ := typeutil.Callee(m.TypesInfo, call).(*types.Func)
	if fn == nil {
		_, isLiteral := ast.Unparen(call.Fun).(*ast.FuncLit)
		return !isLiteral && !m.TypesInfo.Types[call.Fun].IsType()
	}
	if fn.Pkg() == nil {
		return false
	}
	if decl := m.Bodies[fn.Origin()]; decl != nil {
		return m.may(decl.Body)
	}
	return !standard(m.Pass, fn.Pkg().Path())
}

// fromOutside reports whether a function returns an error that is not made in it: a variable from around it, or a field.
func (m *marks) fromOutside(body *ast.BlockStmt) bool {
	found := false
	syntax.InspectOwn(body, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok || len(ret.Results) == 0 {
			return
		}
		switch e := ast.Unparen(ret.Results[len(ret.Results)-1]).(type) {
		case *ast.Ident:
			v, ok := m.TypesInfo.Uses[e].(*types.Var)
			found = found || ok && (v.Pos() < body.Pos() || body.End() <= v.Pos()) && v.Parent() != m.Pkg.Scope()
		case *ast.SelectorExpr:
			v, ok := m.TypesInfo.Uses[e.Sel].(*types.Var)
			found = found || ok && v.IsField()
		}
	})
	return found
}

// standard reports whether an import path is one of the standard library.
func standard(p *check.Pass, path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && !strings.HasPrefix(p.Pkg.Path()+"/", first+"/")
}
