package loops

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/internal/syntax"
)

// ticked finds the delay of a ticker that is made before the loop and does nothing but to tick in it.
func (r *reader) ticked(at ast.Stmt) error {
	ticker := r.wait.timer
	call, ok := ast.Unparen(orBlank(r.initial(ticker))).(*ast.CallExpr)
	if !ok || syntax.FullName(r.Info, call) != "time.NewTicker" || !r.steady(call.Args[0]) || !r.sameSince(ticker.Pos(), call.Args[0]) {
		return r.fail(at, "how often its ticker ticks is not to be seen")
	}
	stops, only := r.usesOfTicker()
	if !only {
		return r.fail(at, "its ticker is used for something else as well")
	}
	r.wait.delay = call.Args[0]
	r.site.Differ("a wait begins when an attempt has ended; before, the ticker counted from tick to tick, whatever an attempt took")
	if r.site.Head != "" {
		return nil // the ticker stays for the first wait
	}
	for i, stmt := range r.list[:r.at] {
		if _, makes := r.assignment(stmt, ticker); makes {
			r.site.Removes = append(r.site.Removes, r.list[i])
		}
	}
	r.site.Removes = append(r.site.Removes, stops...)
	return nil
}

// sameSince reports whether the statements between a position and the loop assign to nothing that an expression mentions.
func (r *reader) sameSince(pos token.Pos, e ast.Expr) bool {
	for _, stmt := range r.list[:r.at] {
		for o := range r.assigned(stmt) {
			if stmt.Pos() > pos && r.mentions(e, o) {
				return false
			}
		}
	}
	return true
}

// usesOfTicker returns the statements around the loop that stop the ticker, and reports whether nothing else is done with it but
// to make it and to receive from it in the wait.
func (r *reader) usesOfTicker() (stops []ast.Stmt, only bool) {
	ticker := r.wait.timer
	only = true
	known := map[*ast.Ident]bool{}
	_, body := syntax.FuncParts(r.loop.Function)
	inspectOwn([]ast.Node{body}, func(n ast.Node) bool {
		var call *ast.CallExpr
		switch n := n.(type) {
		case *ast.DeferStmt:
			call = n.Call
		case *ast.ExprStmt:
			call, _ = n.X.(*ast.CallExpr)
		}
		if call == nil {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Stop" && r.object(sel.X) == ticker {
			stops = append(stops, n.(ast.Stmt))
			known[sel.X.(*ast.Ident)] = true
		}
		return true
	})
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && r.Info.Uses[id] == ticker && !known[id] {
			only = only && r.wait.stmt.Pos() <= id.Pos() && id.Pos() < r.wait.stmt.End()
		}
		return true
	})
	return stops, only
}
