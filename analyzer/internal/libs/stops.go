package libs

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"time"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// ignoredStops finds loops that wait for what a backoff of cenkalti's says, and go on where it says Stop: that is a negative time,
// for which nothing waits. From version 5 on the time is no longer the backoff's.
func ignoredStops(p *check.Pass) {
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		call := cursor.Node().(*ast.CallExpr)
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil || fn.Name() != "NextBackOff" || fn.Pkg() == nil {
			return
		}
		function, sel := syntax.EnclosingFunc(cursor), ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if name, major := library.Name(fn.Pkg().Path()); name != "backoff" || major > 4 || function == nil || !inEndlessLoop(cursor) {
			return
		}
		u := &use{Pass: p, call: call, result: assignedFrom(p, cursor)}
		ast.Inspect(function, u.look)
		if !u.waits || u.asks {
			return
		}
		r := &recipe{Pass: p, library: "backoff", seen: map[ast.Node]bool{}}
		r.follow(sel.X, function, false)
		if limit := limitOf(p, r); limit != "" {
			p.Reportf(call.Fun, "NextBackOff returns Stop, a negative time, %s: from then on the loop does not wait; end it there", limit)
		}
	})
}

// inEndlessLoop reports whether a call is in a loop that nothing counts.
func inEndlessLoop(cursor inspector.Cursor) bool {
	for c := range cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		loop, ok := c.Node().(*ast.ForStmt)
		if !ok {
			return false
		}
		compares := false
		if loop.Cond != nil {
			ast.Inspect(loop.Cond, func(n ast.Node) bool {
				e, ok := n.(*ast.BinaryExpr)
				compares = compares || ok && e.Op != token.EQL && e.Op != token.NEQ && syntax.Compares(e.Op)
				return !compares
			})
		}
		return !compares
	}
	return false
}

// assignedFrom returns the variable that a call is assigned to, nil if there is none.
func assignedFrom(p *check.Pass, cursor inspector.Cursor) types.Object {
	assign, ok := cursor.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 {
		return nil
	}
	id, ok := assign.Lhs[0].(*ast.Ident)
	if !ok {
		return nil
	}
	return p.TypesInfo.ObjectOf(id)
}

// use is what a function does with the result of a call.
type use struct {
	*check.Pass
	call   *ast.CallExpr
	result types.Object // the variable that holds it, nil if there is none

	waits bool
	asks  bool // compares it, or names Stop
}

var waitsFor = regexp.MustCompile(`(?i)sleep|after|timer|reset|wait|delay|pause`)

func (u *use) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		fn := syntax.Callee(u.TypesInfo, n)
		if fn == nil || !waitsFor.MatchString(fn.Name()) {
			return true
		}
		for _, arg := range n.Args {
			u.waits = u.waits || u.is(arg)
		}
	case *ast.BinaryExpr:
		u.asks = u.asks || syntax.Compares(n.Op) && (u.is(n.X) || u.is(n.Y))
	case *ast.SelectorExpr:
		u.asks = u.asks || n.Sel.Name == "Stop" && !isMethod(u.TypesInfo, n)
	}
	return true
}

func isMethod(info *types.Info, sel *ast.SelectorExpr) bool {
	_, ok := info.Uses[sel.Sel].(*types.Func)
	return ok
}

// is reports whether an expression is the result.
func (u *use) is(e ast.Expr) bool {
	e = ast.Unparen(e)
	id, ok := e.(*ast.Ident)
	return e == u.call || ok && u.result != nil && u.TypesInfo.Uses[id] == u.result
}

// limitOf says when a backoff ends, "" if it does not, or if that is not to be seen.
func limitOf(p *check.Pass, r *recipe) string {
	if r.unseen || r.kept {
		return ""
	}
	limit := ""
	for _, m := range r.calls {
		switch m.fn.Name() {
		case "WithMaxRetries":
			return "after the last retry"
		case "NewExponentialBackOff":
			if len(m.Args) == 0 && !liftsTime(p, m.function) {
				limit = "after MaxElapsedTime, 15 minutes by default"
			}
		}
	}
	return limit
}

// liftsTime reports whether the function that makes a backoff sets a MaxElapsedTime to 0, or to what is no constant.
func liftsTime(p *check.Pass, function ast.Node) bool {
	for v, values := range check.FieldValues.Of(p) {
		if v.Name() != "MaxElapsedTime" {
			continue
		}
		for _, value := range values {
			if value != nil && !syntax.Contains(function, value.Pos()) {
				continue
			}
			if n, ok := constantTime(p, value); !ok || n == 0 {
				return true
			}
		}
	}
	return false
}

func constantTime(p *check.Pass, e ast.Expr) (time.Duration, bool) {
	if e == nil {
		return 0, false
	}
	return syntax.ConstantDuration(p.TypesInfo, e)
}
