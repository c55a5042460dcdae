package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/handloop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL402", eachLoop(rl402))

// rl402 finds sleeps that the caller's context does not end. A test that waits too long troubles nobody but itself.
func rl402(p *check.Pass, l *loop) {
	if p.InTest(l.Stmt.Pos()) {
		return
	}
	// A context that each attempt makes for itself is not the caller's. A loop that selects on the caller's elsewhere
	// knows why it sleeps.
	ctx, caller := p.ContextVar(l.Stmt.Pos())
	if ctx == "" || selects(p, l.Body, caller) {
		return
	}
	for _, w := range l.Waits {
		if !w.Sleep {
			continue
		}
		fix := selecting(p, l.function, w, ctx)
		if _, here := p.ContextVar(w.Call.Pos()); here != caller {
			fix = nil
		}
		p.Report(check.Finding{Pos: w.Call.Pos(), End: w.Call.End(), Fix: fix, Message: fmt.Sprintf(
			"time.Sleep does not end when %s does: the caller waits for nothing; select on %s.Done() and a timer", ctx, ctx)})
	}
}

// selects reports whether code asks when a context is done.
func selects(p *check.Pass, body *ast.BlockStmt, ctx types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && syntax.Mentions(p.TypesInfo, sel.X, ctx) {
			found = true
		}
		return !found
	})
	return found
}

// selecting replaces a sleep by a select that the context ends, where the function's results say what to return then.
func selecting(p *check.Pass, function ast.Node, w *handloop.Wait, ctx string) *analysis.SuggestedFix {
	stmt, ok := w.Stmt.(*ast.ExprStmt)
	signature, _ := syntax.FuncParts(function)
	if !ok || stmt.X != w.Call {
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
