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

// rl402 finds sleeps that the caller's context does not end. A test that waits too long troubles nobody but itself, a helper of
// tests its caller, who passes the context.
func rl402(p *check.Pass, l *loop.Loop) {
	ctx, caller := callersContext(p, l)
	if ctx == "" || p.InTestFile(l.Stmt.Pos()) || p.InTest(l.Stmt.Pos()) && (caller == nil || !p.IsParameter(caller)) {
		return
	}
	if caller != nil && (endsAsSoon(p, l, caller) || endsAfterwards(p, l, caller)) {
		return
	}
	for _, w := range waitsOf(l) {
		if !w.Sleeps && !passesBy(p, l, w, caller) {
			continue
		}
		if l.WaitsOtherwise(w) || isShort(p, l, w) && !addsUp(p, l, w, caller) || saidThere(p, w) {
			continue
		}
		// A context that each attempt makes for itself is not the caller's, and what has been stopped still ends the wait.
		fix := selecting(p, l.Function, w, ctx)
		if _, here := p.ContextVar(w.Node.Pos()); here != caller || w.Stops {
			fix = nil
		}
		finding := endless(w, ctx)
		finding.Fix = fix
		p.Report(finding)
	}
}

// passesBy reports whether a wait before another attempt heeds a channel that its object is stopped by, and not the context that the
// function is passed and makes its attempts with. What goes on for ever may be meant to outlive its caller.
func passesBy(p *check.Pass, l *loop.Loop, w *loop.Wait, ctx types.Object) bool {
	if ctx == nil || !p.IsParameter(ctx) || !syntax.IsContext(ctx.Type()) || len(l.Judges) == 0 || l.GoesOn || !w.Stops {
		return false
	}
	return slices.ContainsFunc(tries(l), func(call *ast.CallExpr) bool {
		passed := syntax.ContextArg(p.TypesInfo, call)
		return passed != nil && syntax.Mentions(p.TypesInfo, passed, ctx)
	})
}

// saidThere reports whether a wait is in a function of the package which is passed a context, where it is reported.
func saidThere(p *check.Pass, w *loop.Wait) bool {
	decl := declared(p, w.Helper)
	return decl != nil && waitsForOthers(p, decl)
}

// endless says that a wait does not end with a context.
func endless(w *loop.Wait, ctx string) check.Finding {
	return check.Finding{Pos: w.Node.Pos(), End: w.Node.End(), Message: fmt.Sprintf(
		"%s does not end when %s does: the caller waits for nothing; select on %s.Done() and a timer", named(w), ctx, ctx)}
}

// waitsOf returns the waits of a loop before another attempt, and those that end later than a context or, if it polls, all of them.
func waitsOf(l *loop.Loop) []*loop.Wait {
	if len(l.Polling) > 0 {
		return l.Polling
	}
	list := slices.Clip(l.Waits)
	for _, w := range l.Late {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
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
	if !syntax.IsErrorItself(p.TypesInfo.TypeOf(last.Type)) {
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
