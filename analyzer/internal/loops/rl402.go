package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL402", func(p *check.Pass) {
	for _, l := range slices.Concat(retryLoops.Of(p), awaitingLoops.Of(p)) {
		rl402(p, l)
	}
	for _, s := range sleepsElsewhere.Of(p) {
		if !p.InTest(s.wait.Node.Pos()) {
			p.Report(endless(s.wait, s.ctx))
		}
	}
})

// rl402 finds sleeps that the caller's context does not end. A test that waits too long troubles nobody but itself.
func rl402(p *check.Pass, l *loop.Loop) {
	if p.InTest(l.Stmt.Pos()) {
		return
	}
	ctx, caller := callersContext(p, l)
	if ctx == "" {
		return
	}
	for _, w := range waitsOf(l) {
		if !w.Sleeps || l.WaitsOtherwise(w) || isShort(p, l, w) {
			continue
		}
		// A context that each attempt makes for itself is not the caller's.
		fix := selecting(p, l.Function, w, ctx)
		if _, here := p.ContextVar(w.Node.Pos()); here != caller {
			fix = nil
		}
		finding := endless(w, ctx)
		finding.Fix = fix
		p.Report(finding)
	}
}

// endless says that a wait does not end with a context.
func endless(w *loop.Wait, ctx string) check.Finding {
	return check.Finding{Pos: w.Node.Pos(), End: w.Node.End(), Message: fmt.Sprintf(
		"%s does not end when %s does: the caller waits for nothing; select on %s.Done() and a timer", named(w), ctx, ctx)}
}

// waitsOf returns the waits of a loop before another attempt or, if it polls, all of them.
func waitsOf(l *loop.Loop) []*loop.Wait {
	if len(l.Polling) > 0 {
		return l.Polling
	}
	return l.Waits
}

// callersContext returns the context of the caller of a loop: a variable in scope, or a context that the loop uses and that is a
// field or what a method returns. It is "" if there is none, and if the loop uses one that has been made to outlive the caller's.
func callersContext(p *check.Pass, l *loop.Loop) (string, types.Object) {
	used := l.Contexts()
	if slices.ContainsFunc(used, func(ctx ast.Expr) bool { return isDetached(p, ctx) }) {
		return "", nil
	}
	if ctx, caller := p.ContextVar(l.Stmt.Pos()); ctx != "" && !belongsElsewhere(p, l, caller) {
		return ctx, caller
	}
	for _, ctx := range used {
		id, ok := ctx.(*ast.Ident)
		if !ok {
			return syntax.Text(ctx), nil
		}
		if v := p.TypesInfo.ObjectOf(id); !p.NeverDone(v) && !belongsElsewhere(p, l, v) {
			return id.Name, v
		}
	}
	return "", nil
}

// isDetached reports whether a context has been made with context.WithoutCancel.
func isDetached(p *check.Pass, ctx ast.Expr) bool {
	id, ok := ctx.(*ast.Ident)
	return ok && slices.ContainsFunc(assignments.Of(p)[p.TypesInfo.ObjectOf(id)], func(a assigned) bool {
		found := false
		if a.source != nil {
			ast.Inspect(a.source, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				found = found || ok && syntax.FullName(p.TypesInfo, call) == "context.WithoutCancel"
				return !found
			})
		}
		return found
	})
}

// named is what messages call a wait.
func named(w *loop.Wait) string {
	switch n := w.Node.(type) {
	case *ast.CallExpr:
		if w.Helper != nil {
			return w.Helper.Name()
		}
		return syntax.Text(n.Fun)
	case *ast.UnaryExpr:
		return "the wait for " + syntax.Text(n.X)
	case *ast.SelectorExpr, *ast.Ident:
		return "the wait for " + syntax.Text(n.(ast.Expr))
	}
	return "this wait"
}

// belongsElsewhere reports whether a context is not that of the loop's caller: it is another function's, and the loop, in a
// goroutine or a callback, does not use it.
func belongsElsewhere(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	if l.Function.Pos() <= ctx.Pos() && ctx.Pos() < l.Function.End() && p.IsParameter(ctx) {
		return false
	}
	_, body := syntax.FuncParts(l.Function)
	if awaitedElsewhere(p, l, ctx) {
		return true
	}
	return !mentions(p, body, ctx) || p.IsLocal(ctx) && !uses(p, l, ctx)
}

// uses reports whether a loop mentions a variable, or calls a function literal by a name that does.
func uses(p *check.Pass, l *loop.Loop, v types.Object) bool {
	return l.Uses(v) || slices.ContainsFunc(calledLiterals(p, l.Stmt), func(lit *ast.FuncLit) bool {
		return syntax.Mentions(p.TypesInfo, lit, v)
	})
}

// mentions reports whether code mentions a variable, by itself or in a function literal that it calls by the name of a variable.
func mentions(p *check.Pass, body ast.Node, v types.Object) bool {
	return syntax.Mentions(p.TypesInfo, body, v) || slices.ContainsFunc(calledLiterals(p, body), func(lit *ast.FuncLit) bool {
		return syntax.Mentions(p.TypesInfo, lit, v)
	})
}

// calledLiterals returns the function literals that code calls by the names of variables.
func calledLiterals(p *check.Pass, body ast.Node) []*ast.FuncLit {
	var list []*ast.FuncLit
	syntax.InspectOwn(body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		if !ok {
			return
		}
		for _, a := range assignments.Of(p)[p.TypesInfo.Uses[id]] {
			if lit, ok := a.value.(*ast.FuncLit); ok {
				list = append(list, lit)
			}
		}
	})
	return list
}

// awaitedElsewhere reports whether the function around the literal that holds a loop waits for the context itself, so that nobody
// waits for the loop. What the loop calls is no such place.
func awaitedElsewhere(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	lit, ok := l.Function.(*ast.FuncLit)
	if !ok {
		return false
	}
	own := append(calledLiterals(p, lit.Body), lit)
	return slices.ContainsFunc(doneOf.Of(p)[ctx], func(receive ast.Node) bool {
		return !slices.ContainsFunc(own, func(lit *ast.FuncLit) bool { return lit.Pos() <= receive.Pos() && receive.Pos() < lit.End() })
	})
}

// doneOf are the places where a package waits for a context: case <-ctx.Done() of a select with another case that is no default.
var doneOf = check.Share(func(p *check.Pass) map[types.Object][]ast.Node {
	list := map[types.Object][]ast.Node{}
	for cursor := range p.Inspector().Root().Preorder((*ast.SelectStmt)(nil)) {
		n := cursor.Node().(*ast.SelectStmt)
		if syntax.HasDefault(n) {
			continue
		}
		for _, clause := range n.Body.List {
			comm := clause.(*ast.CommClause)
			stmt, ok := comm.Comm.(*ast.ExprStmt)
			if !ok {
				continue
			}
			ast.Inspect(stmt.X, func(node ast.Node) bool {
				if sel, ok := node.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
					if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok {
						object := p.TypesInfo.Uses[id]
						list[object] = append(list[object], n)
					}
				}
				return true
			})
		}
	}
	return list
})

// selecting replaces a sleep by a select that the context ends, where the function's results say what to return then.
func selecting(p *check.Pass, function ast.Node, w *loop.Wait, ctx string) *analysis.SuggestedFix {
	stmt, ok := w.Stmt.(*ast.ExprStmt)
	signature, _ := syntax.FuncParts(function)
	if !ok || stmt.X != w.Node || w.Delay == nil {
		return nil
	}
	values, ok := giveUp(p, signature, ctx)
	if !ok {
		return nil
	}
	text := fmt.Sprintf("select {\ncase <-%s.Done():\nreturn%s\ncase <-time.After(%s):\n}", ctx, values, syntax.Text(w.Delay))
	return check.Replace("Wait for the context too", stmt.Pos(), stmt.End(), text)
}

// giveUp writes the results of a function that ends with its context: zero values and the context's error.
func giveUp(p *check.Pass, signature *ast.FuncType, ctx string) (values string, ok bool) {
	if signature.Results == nil {
		return "", true
	}
	var list []string
	for _, field := range signature.Results.List {
		zero, ok := zeroValue(p.TypesInfo.TypeOf(field.Type), field.Type)
		if !ok {
			return "", false
		}
		for range max(len(field.Names), 1) {
			list = append(list, zero)
		}
	}
	last := signature.Results.List[len(signature.Results.List)-1]
	if t := p.TypesInfo.TypeOf(last.Type); t == nil || !types.Identical(t, syntax.ErrorType) {
		return "", false
	}
	list[len(list)-1] = ctx + ".Err()"
	return " " + strings.Join(list, ", "), true
}

// zeroValue writes the zero value of a type that is spelled in an expression.
func zeroValue(t types.Type, spelled ast.Expr) (string, bool) {
	if t == nil {
		return "", false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return "*new(" + syntax.Text(spelled) + ")", true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsNumeric != 0:
			return "0", true
		case u.Info()&types.IsString != 0:
			return `""`, true
		case u.Info()&types.IsBoolean != 0:
			return "false", true
		}
		return "nil", u.Kind() == types.UnsafePointer
	case *types.Struct, *types.Array:
		return syntax.Text(spelled) + "{}", true
	}
	return "nil", true
}
