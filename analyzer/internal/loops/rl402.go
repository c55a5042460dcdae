package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL402", eachLoop(rl402))

// unnoticed is a wait that no caller would notice.
const unnoticed = 100 * time.Millisecond

// rl402 finds sleeps that the caller's context does not end. A test that waits too long troubles nobody but itself.
func rl402(p *check.Pass, l *loop.Loop) {
	if p.InTest(l.Stmt.Pos()) {
		return
	}
	ctx, caller := p.ContextVar(l.Stmt.Pos())
	if ctx == "" || belongsElsewhere(p, l, caller) {
		return
	}
	for _, w := range l.Waits {
		if !w.Sleeps || l.WaitsOtherwise(w) || isShort(p, w) {
			continue
		}
		// A context that each attempt makes for itself is not the caller's.
		fix := selecting(p, l.Function, w, ctx)
		if _, here := p.ContextVar(w.Node.Pos()); here != caller {
			fix = nil
		}
		p.Report(check.Finding{Pos: w.Node.Pos(), End: w.Node.End(), Fix: fix, Message: fmt.Sprintf(
			"%s does not end when %s does: the caller waits for nothing; select on %s.Done() and a timer", named(w), ctx, ctx)})
	}
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
	}
	return "this wait"
}

// isShort reports whether a wait is so short that no caller would notice: a constant, or a variable that never is anything else.
func isShort(p *check.Pass, w *loop.Wait) bool {
	if w.Delay == nil {
		return false
	}
	delay := ast.Unparen(w.Delay)
	if id, ok := delay.(*ast.Ident); ok {
		v, _ := p.TypesInfo.Uses[id].(*types.Var)
		if list := assignments.Of(p)[v]; v != nil && len(list) == 1 && list[0].value != nil && p.IsLocal(v) {
			delay = list[0].value
		}
	}
	d, ok := syntax.ConstantDuration(p.TypesInfo, delay)
	return ok && d <= unnoticed
}

// belongsElsewhere reports whether a context is not that of the loop's caller: it is another function's, and the loop, in a
// goroutine or a callback, does not use it.
func belongsElsewhere(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	if l.Function.Pos() <= ctx.Pos() && ctx.Pos() < l.Function.End() && p.IsParameter(ctx) {
		return false
	}
	_, body := syntax.FuncParts(l.Function)
	return !syntax.Mentions(p.TypesInfo, body, ctx) || p.IsLocal(ctx) && !l.Uses(ctx)
}

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
