package libs

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// callersContext returns an expression for the context that should end the retries of a call in a function: a variable in scope,
// or a field or the result of a method that the retried operation uses. It is "" where there is none, and in test files: there
// the context ends with the test, and nobody waits longer than for that.
func callersContext(p *check.Pass, function ast.Node, call *ast.CallExpr, operation ast.Expr) string {
	if p.InTestFile(call.Pos()) {
		return ""
	}
	name, v := p.ContextVar(call.Pos())
	used := operationOf(p, operation)
	switch {
	case v == nil:
		return used.context(p)
	case used.looksAt(p, v) || !belongsHere(p, function, v, used):
		return ""
	}
	return name
}

// belongsHere reports whether a context in scope is that of the caller of a function. A context of a function around it, which a
// goroutine or a callback does not use, is another's, unless that function waits for it, and so is one that was made for something
// else. A helper of tests has to be passed its context.
func belongsHere(p *check.Pass, function ast.Node, ctx types.Object, used operation) bool {
	outer := ctx.Pos() < function.Pos() || function.End() <= ctx.Pos()
	if outer && !syntax.Mentions(p.TypesInfo, function, ctx) && !used.mentions(p, ctx) && !p.WaitsFor(function, ctx) {
		return false
	}
	if p.IsParameter(ctx) {
		return true
	}
	return !p.InTest(ctx.Pos()) && (used.mentions(p, ctx) || derives(p, ctx))
}

// derives reports whether a context is made from that of a parameter.
func derives(p *check.Pass, ctx types.Object) bool {
	return slices.ContainsFunc(assignedTo(p, ctx), func(value ast.Expr) bool { return usesParameter(p, value) })
}

// usesParameter reports whether an expression mentions a parameter that is a context, or a request that has one.
func usesParameter(p *check.Pass, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, isVar := p.TypesInfo.Uses[id].(*types.Var)
			found = found || isVar && p.IsParameter(v) && hasContext(v.Type())
		}
		return !found
	})
	return found
}

// hasContext reports whether values of a type are contexts, or have a method that returns one.
func hasContext(t types.Type) bool {
	return syntax.CarriesContext(t) || syntax.HasMethod(t, "Context")
}

// operation is what a library retries: code, and what stands for its receiver where it is called.
type operation struct {
	node     ast.Node // nil where it is not to be seen
	receiver ast.Expr // of a method value, else nil
	self     *types.Var
}

// operationOf returns what an expression stands for: a literal, a function of the package or a method of it.
func operationOf(p *check.Pass, e ast.Expr) operation {
	if e == nil {
		return operation{}
	}
	body := bodyOf(p, e)
	if body == nil {
		return operation{}
	}
	o := operation{node: body}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		if fn, ok := p.TypesInfo.Uses[sel.Sel].(*types.Func); ok && fn.Signature().Recv() != nil {
			o.receiver, o.self = sel.X, fn.Origin().Signature().Recv()
		}
	}
	return o
}

func (o operation) mentions(p *check.Pass, v types.Object) bool {
	return o.node != nil && syntax.Mentions(p.TypesInfo, o.node, v)
}

// looksAt reports whether an operation asks a context whether it is done, so that the retries end before the next attempt.
func (o operation) looksAt(p *check.Pass, ctx types.Object) bool {
	return o.asks(p, func(context ast.Expr) bool {
		root := syntax.Root(context)
		return root != nil && p.TypesInfo.Uses[root] == ctx
	})
}

// looks reports whether an operation asks any context whether it is done, or receives from a channel that delivers nothing but its end.
func (o operation) looks(p *check.Pass) bool {
	if o.asks(p, func(ast.Expr) bool { return true }) {
		return true
	}
	if o.node == nil {
		return false
	}
	found := false
	ast.Inspect(o.node, func(n ast.Node) bool {
		receive, ok := n.(*ast.UnaryExpr)
		found = found || ok && receive.Op == token.ARROW && syntax.DeliversNothing(p.TypesInfo.TypeOf(receive.X))
		return !found
	})
	return found
}

// counts reports whether an operation counts how often it is called in a variable from outside, and asks for that number.
func (o operation) counts(p *check.Pass) bool {
	if o.node == nil {
		return false
	}
	found := false
	ast.Inspect(o.node, func(n ast.Node) bool {
		step, ok := n.(*ast.IncDecStmt)
		if !ok || found {
			return !found
		}
		if root := syntax.Root(step.X); root != nil && p.TypesInfo.ObjectOf(root) != nil {
			found = !syntax.Contains(o.node, p.TypesInfo.ObjectOf(root).Pos()) && comparedIn(o.node, syntax.Text(step.X))
		}
		return !found
	})
	return found
}

// comparedIn reports whether code compares what is written as a text says with anything.
func comparedIn(code ast.Node, text string) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		e, ok := n.(*ast.BinaryExpr)
		found = found || ok && syntax.Compares(e.Op) && (syntax.Text(e.X) == text || syntax.Text(e.Y) == text)
		return !found
	})
	return found
}

// asks reports whether an operation asks one of some contexts whether it is done.
func (o operation) asks(p *check.Pass, of func(ast.Expr) bool) bool {
	if o.node == nil {
		return false
	}
	found := false
	ast.Inspect(o.node, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			ctx, _ := syntax.AskedContext(p.TypesInfo, call)
			found = found || ctx != nil && of(ctx)
		}
		return !found
	})
	return found
}

// context returns a context that an operation uses and that is no variable: a field, or what a method of a variable from outside
// returns. It is "" where there is none that could be named around the operation.
func (o operation) context(p *check.Pass) string {
	if o.node == nil {
		return ""
	}
	if o.asks(p, func(ast.Expr) bool { return true }) {
		return ""
	}
	found := ""
	ast.Inspect(o.node, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && syntax.IsContext(p.TypesInfo.TypeOf(e)) {
			found = cmp.Or(o.named(p, e), found)
		}
		return true
	})
	return found
}

// named returns how a context that an operation uses is called outside of it, "" if it has no name there.
func (o operation) named(p *check.Pass, e ast.Expr) string {
	selected := e
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if len(call.Args) > 0 {
			return ""
		}
		selected = call.Fun
	}
	sel, ok := ast.Unparen(selected).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	root := syntax.Root(sel)
	v, isVar := p.TypesInfo.Uses[root].(*types.Var)
	switch {
	case !isVar || syntax.IsTest(v.Type()):
		return "" // the context of a test ends when nothing waits any more
	case v == o.self && o.receiver != nil:
		return syntax.Text(o.receiver) + strings.TrimPrefix(syntax.Text(e), root.Name)
	case syntax.Contains(o.node, v.Pos()) || o.receiver != nil || p.Pkg.Scope() == v.Parent():
		return ""
	}
	return syntax.Text(e)
}
