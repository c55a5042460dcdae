package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// code is what a function that waits computes its wait by. In
//
//	func (c *client) pause(ctx context.Context, attempt int) error {
//		d := c.first << attempt
//		d += rand.N(d)
//		select {
//		case <-time.After(d):
//			return nil
//		case <-ctx.Done():
//			return ctx.Err()
//		}
//	}
//
// these are the first two statements and d.
type code struct {
	stmts []ast.Stmt
	delay ast.Expr
	args  map[types.Object]ast.Expr // of the call in the loop, by parameter and receiver, as far as they are needed
	lets  []types.Object            // parameters that stay variables
}

// helperCode reads the function that waits, if it computes its wait and does nothing else.
func (r *reader) helperCode(decl *ast.FuncDecl, call *ast.CallExpr) (*code, error) {
	c := &code{}
	fail := func(n ast.Node, what string) error {
		return r.fail(r.wait.stmt, "it waits by %s, which %s (line %d)", decl.Name.Name, what, r.line(n.Pos()))
	}
	list := decl.Body.List
	for len(list) > 0 && c.delay == nil {
		stmt := list[0]
		if c.delay = r.waitsFor(list, c.stmts); c.delay != nil {
			break
		}
		list = list[1:]
		if r.stopsTimer(stmt) {
			continue
		}
		if !r.computes(decl, stmt) {
			return nil, fail(stmt, "does more than to wait")
		}
		c.stmts = append(c.stmts, stmt)
	}
	if c.delay == nil {
		return nil, fail(decl, "does not wait at its end")
	}
	c.stmts = slices.DeleteFunc(c.stmts, func(s ast.Stmt) bool { return r.madeTimer(s) != nil })
	if bad := r.bindArgs(c, decl, call); bad != nil {
		return nil, fail(bad, "has names of its own for what the loop knows otherwise")
	}
	return c, nil
}

// waitsFor returns how long the first of some statements waits, if nothing follows but what reports that.
func (r *reader) waitsFor(list, before []ast.Stmt) ast.Expr {
	for _, s := range list[1:] {
		if ret, ok := s.(*ast.ReturnStmt); !ok || len(ret.Results) > 1 || len(ret.Results) == 1 && r.doing(ret) != nil && !r.tellsContext(ret) {
			return nil
		}
	}
	switch s := list[0].(type) {
	case *ast.ExprStmt:
		return r.slept(s.X)
	case *ast.ReturnStmt: // return sleep(ctx, d)
		if len(s.Results) == 1 {
			return r.slept(s.Results[0])
		}
	case *ast.SelectStmt:
		return r.selected(s, before)
	}
	return nil
}

// tellsContext reports whether a statement returns the error of a context.
func (r *reader) tellsContext(ret *ast.ReturnStmt) bool {
	call, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	return ok && r.errOf(call) != nil
}

// slept returns how long an expression waits, nil for one that does not: time.Sleep(d), <-time.After(d), sleep(ctx, d).
func (r *reader) slept(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return r.argumentOf(u.X, "time.After")
	}
	if d := r.argumentOf(e, "time.Sleep"); d != nil {
		return d
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := syntax.Callee(r.Info, call)
	if fn == nil || r.Body(fn) == nil || !r.onlyWaits(r.Body(fn)) {
		return nil
	}
	d := r.helperDelay(r.Body(fn), call)
	if d != nil {
		r.site.Leftovers = append(r.site.Leftovers, fn)
	}
	return d
}

// selected returns how long a select waits for a timer, where nothing but a context ends it before.
func (r *reader) selected(s *ast.SelectStmt, before []ast.Stmt) ast.Expr {
	var delay ast.Expr
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CommClause)
		from := syntax.ReceivedFrom(clause.Comm)
		switch {
		case from == nil:
			return nil
		case r.done(from) != nil:
		case delay == nil && syntax.DeliversTimes(r.Info.TypeOf(from)):
			delay = r.argumentOf(from, "time.After")
			if sel, ok := ast.Unparen(from).(*ast.SelectorExpr); ok {
				delay = r.timerOf(sel.X, before)
			}
		default:
			return nil
		}
		for _, inner := range clause.Body {
			if _, returns := inner.(*ast.ReturnStmt); !returns && !r.stopsTimer(inner) {
				return nil
			}
		}
	}
	return delay
}

// timerOf returns the delay of a timer that one of some statements makes.
func (r *reader) timerOf(timer ast.Expr, before []ast.Stmt) ast.Expr {
	for _, s := range before {
		if a, ok := s.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && r.object(a.Lhs[0]) != nil && r.object(a.Lhs[0]) == r.object(timer) {
			return r.madeTimer(s)
		}
	}
	return nil
}

// madeTimer returns the delay of the timer that a statement makes, nil for any other statement.
func (r *reader) madeTimer(s ast.Stmt) ast.Expr {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return nil
	}
	return r.argumentOf(a.Rhs[0], "time.NewTimer")
}

// stopsTimer reports whether a statement stops a timer, now or at the end of the function.
func (r *reader) stopsTimer(s ast.Stmt) bool {
	var call *ast.CallExpr
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, _ = s.X.(*ast.CallExpr)
	case *ast.DeferStmt:
		call = s.Call
	}
	return call != nil && syntax.FullName(r.Info, call) == "time.Timer.Stop"
}

// computes reports whether a statement of a function only computes: it assigns to variables and parameters of the function alone,
// and calls nothing for what that does.
func (r *reader) computes(decl *ast.FuncDecl, stmt ast.Stmt) bool {
	for o := range r.assigned(stmt) {
		if o.Pos() < decl.Type.Params.Pos() || o.Pos() >= decl.End() {
			return false
		}
	}
	only := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.SelectStmt, *ast.FuncLit, *ast.LabeledStmt:
			only = false
		case *ast.ReturnStmt: // if d <= 0 { return nil }
			only = only && (len(n.Results) == 0 || len(n.Results) == 1 && r.means(n.Results[0]))
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.CallExpr:
			only = only && !syntax.ReturnsError(r.Info, n)
		}
		return only
	})
	return only
}

// means reports whether a result of a function that waits means that the wait has not been cut short.
func (r *reader) means(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return r.Info.Types[e].IsNil() || ok && id.Name == "true"
}
