package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

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
		r.site.Unused = append(r.site.Unused, r.Body(fn))
	}
	return d
}

// selected returns how long a select waits for a timer, where nothing but a context ends it before.
func (r *reader) selected(s *ast.SelectStmt, before []ast.Stmt) ast.Expr {
	var delay ast.Expr
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CommClause)
		from := receivedFrom(clause.Comm)
		switch {
		case from == nil:
			return nil
		case r.done(from) != nil:
		case delay == nil && isTimes(r.Info.TypeOf(from)):
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

// computes reports whether a statement of a function only computes: it assigns to variables of the function alone, and calls
// nothing for what that does.
func (r *reader) computes(decl *ast.FuncDecl, stmt ast.Stmt) bool {
	for o := range r.assigned(stmt) {
		if o.Pos() < decl.Body.Pos() || o.Pos() >= decl.End() {
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

// bindArgs finds the arguments of the parameters that the code mentions. It returns the argument that would mean something else
// in the code, nil if there is none.
func (r *reader) bindArgs(c *code, decl *ast.FuncDecl, call *ast.CallExpr) ast.Node {
	c.args = map[types.Object]ast.Expr{}
	own := map[string]bool{}
	uses := map[types.Object]int{}
	for _, n := range append(nodes(c.stmts), c.delay) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if o := r.Info.Defs[id]; o != nil {
				own[o.Name()] = true
			}
			uses[r.Info.Uses[id]]++
			return true
		})
	}
	bind := func(id *ast.Ident, arg ast.Expr) ast.Node {
		o := r.Info.Defs[id]
		if o == nil || uses[o] == 0 {
			return nil
		}
		c.args[o] = arg
		var clash ast.Node
		ast.Inspect(arg, func(n ast.Node) bool {
			if inner, ok := n.(*ast.Ident); ok && own[inner.Name] {
				clash = arg
			}
			return clash == nil
		})
		if uses[o] > 1 && hasCall(arg) && clash == nil {
			c.lets = append(c.lets, o)
		}
		return clash
	}
	if decl.Recv != nil && len(decl.Recv.List[0].Names) == 1 {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return call
		}
		if bad := bind(decl.Recv.List[0].Names[0], sel.X); bad != nil {
			return bad
		}
	}
	i := 0
	for _, field := range decl.Type.Params.List {
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			return call
		}
		for _, id := range field.Names {
			if bad := bind(id, call.Args[i]); bad != nil {
				return bad
			}
			i++
		}
		i += max(0, 1-len(field.Names))
	}
	return nil
}

// argsOf lists the arguments, in the order of the parameters.
func (c *code) argsOf() []ast.Expr {
	var objects []types.Object
	for o := range c.args {
		objects = append(objects, o)
	}
	slices.SortFunc(objects, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	var list []ast.Expr
	for _, o := range objects {
		list = append(list, c.args[o])
	}
	return list
}

// text writes the code as a part of the body of a function that returns the delay.
func (c *code) text(r *reader) string {
	var b strings.Builder
	for _, o := range c.lets {
		fmt.Fprintf(&b, "%s := %s\n", o.Name(), r.argText(o, c.args[o]))
	}
	for _, s := range c.stmts {
		b.WriteString(c.with(r, s) + "\n")
	}
	return b.String() + "return " + c.with(r, c.delay)
}

// with writes code with arguments in the place of parameters. What ends the function without a wait returns a wait of 0.
func (c *code) with(r *reader, n ast.Node) string {
	text, at := "", n.Pos()
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			text, at = text+r.Text(at, n.Pos())+"return 0", n.End()
			return false
		case *ast.Ident:
			o := r.Info.Uses[n]
			if arg := c.args[o]; arg != nil && !slices.Contains(c.lets, o) {
				text, at = text+r.Text(at, n.Pos())+r.argText(o, arg), n.End()
			}
		}
		return true
	})
	return text + r.Text(at, n.End())
}

// argText writes an argument where its parameter stands.
func (r *reader) argText(o types.Object, arg ast.Expr) string {
	text := r.Source(arg)
	if r.Info.Types[arg].Value != nil && !r.hasType(arg) {
		return types.TypeString(o.Type(), func(p *types.Package) string {
			if p == r.Types {
				return ""
			}
			return p.Name()
		}) + "(" + text + ")"
	}
	switch ast.Unparen(arg).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.IndexExpr:
		return text
	}
	return "(" + text + ")"
}

// hasType reports whether a constant expression has a type of its own, other than that of where it stands.
func (r *reader) hasType(e ast.Expr) bool {
	typed := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return !typed
		}
		switch o := r.Info.Uses[id].(type) {
		case *types.Const:
			basic, _ := o.Type().(*types.Basic)
			typed = typed || basic == nil || basic.Info()&types.IsUntyped == 0
		case *types.TypeName:
			typed = true
		}
		return !typed
	})
	return typed
}
