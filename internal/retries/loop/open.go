package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// LeftOpen returns the calls in the loop whose response may still be open when the next attempt follows: on some way after a
// success of the call nothing closes its body, nor takes the response over.
func (l *Loop) LeftOpen() []*ast.CallExpr {
	o := &openings{Loop: l}
	o.again = func(_ ast.Expr, b *block) bool { return b == l.flow.head }
	return o.left()
}

// openings looks for responses that stay open.
type openings struct {
	*Loop
	again func(call ast.Expr, b *block) bool // a block behind a call leads to another attempt
}

func (l *openings) left() []*ast.CallExpr {
	var list []*ast.CallExpr
	for _, b := range l.flow.blocks {
		for _, a := range l.flow.assignmentsOf(b) {
			call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr)
			if ok && a.index == 0 && !a.state && l.opens(call) && !l.takes(b, a.to) && !l.closesBefore(b, a.to) && l.staysOpen(call, b, a.to) {
				list = append(list, call)
			}
		}
		for _, n := range b.nodes {
			if call := l.dropped(n); call != nil {
				list = append(list, call)
			}
		}
	}
	return list
}

// dropped returns the call of a statement that drops its response: _, err := http.Get(url).
func (l *openings) dropped(n ast.Node) *ast.CallExpr {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
		return nil
	}
	call, isCall := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
	if id, ok := assign.Lhs[0].(*ast.Ident); !ok || id.Name != "_" || !isCall || !l.opens(call) {
		return nil
	}
	return call
}

// opens reports whether a call returns a response with an open body, and an error.
func (l *openings) opens(call *ast.CallExpr) bool {
	fn := syntax.Callee(l.flow.info, call)
	if fn == nil || fn.Signature().Results().Len() != 2 || !syntax.ReturnsError(l.flow.info, call) {
		return false
	}
	return syntax.IsNamed(fn.Signature().Results().At(0).Type(), "net/http", "*Response") && sends.MatchString(fn.Name())
}

// sends matches the names of functions that return a response as it comes.
var sends = regexp.MustCompile(`(?i)^(do|get|head|post|postform|send|roundtrip)|request$|^do$`)

// staysOpen reports whether a way leads from a call to another attempt on which its response is there, and stays open.
func (l *openings) staysOpen(call ast.Expr, from *block, resp variable) bool {
	return visit(l.succeededFrom(call), func(b *block) ([]*block, bool) {
		switch {
		case b != l.flow.head && l.takes(b, resp):
			return nil, false
		case l.again(call, b):
			return nil, true
		case b == from || !l.flow.has[b] || l.exits(b):
			return nil, false
		}
		return l.closing(b, l.present(b, call, resp), resp), false
	})
}

// closing leaves out of the ways from a block those on which a response stays open, where the number of the attempt decides, and it
// is closed on another: if attempt < most { resp.Body.Close() }.
func (l *openings) closing(b *block, ways []*block, resp variable) []*block {
	if len(ways) < 2 || b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, l.derived()) {
		return ways
	}
	if closed := slices.IndexFunc(ways, func(to *block) bool { return l.takes(to, resp) }); closed >= 0 {
		return ways[closed : closed+1]
	}
	return ways
}

// succeededFrom returns where the error of a call is known to be nil.
func (l *openings) succeededFrom(call ast.Expr) []*block {
	var list []*block
	for _, b := range l.flow.blocks {
		if way := l.succeedsBy(b, call); way >= 0 {
			list = append(list, b.succs[way])
		}
	}
	return list
}

// succeedsBy returns the way from a block that is taken if a call has returned no error, -1 if the block does not ask for that.
func (l *openings) succeedsBy(b *block, call ast.Expr) int {
	way := testedError(l.flow.info, b, nil)
	if way < 0 {
		return -1
	}
	v, ok := variableOf(l.flow.info, errorTested(l.flow.info, b.branch.cond))
	if ok && slices.ContainsFunc(l.flow.reaching(v, b, b.branch.cond.Pos()), func(a *assignment) bool { return a.value == call }) {
		return 1 - way
	}
	return -1
}

// errorTested returns the error that a condition compares with nil.
func errorTested(info *types.Info, cond ast.Expr) ast.Expr {
	for _, op := range [...]token.Token{token.NEQ, token.EQL} {
		if tested := syntax.ErrorTest(info, cond, op); tested != nil {
			return tested
		}
	}
	return orNil(nil)
}

// present returns where a block leads to while the response of a call is there, and its error is nil.
func (l *openings) present(b *block, call ast.Expr, resp variable) []*block {
	if way := l.succeedsBy(b, call); way >= 0 {
		return b.succs[way : way+1]
	}
	if b.branch == nil || b.branch.cond == nil || len(b.succs) != 2 {
		return b.succs
	}
	test, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	if !ok || !l.flow.info.Types[test.Y].IsNil() {
		return b.succs
	}
	if v, ok := variableOf(l.flow.info, test.X); !ok || v != resp {
		return b.succs
	}
	if test.Op == token.EQL {
		return b.succs[1:]
	}
	return b.succs[:1]
}

// closers matches the functions that close a body, also with what they do before.
var closers = regexp.MustCompile(`(?i)close|drain|discard`)

// closesBefore reports whether the loop closes a response of the attempt before, ahead of the next call.
func (l *openings) closesBefore(from *block, resp variable) bool {
	found := false
	for _, b := range l.flow.blocks {
		if b.order > from.order {
			break
		}
		for _, n := range b.nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					found = found || closers.MatchString(syntax.Text(call.Fun)) && l.closes(call, resp)
				}
				return !found
			})
		}
	}
	return found
}

// takes reports whether a block closes a response, or gives it to what may close it.
func (l *Loop) takes(b *block, resp variable) bool {
	found := false
	for _, n := range b.nodes {
		found = found || l.takesIn(n, resp)
	}
	return found || b.branch != nil && b.branch.cond != nil && l.takesIn(b.branch.cond, resp)
}

func (l *Loop) takesIn(root ast.Node, resp variable) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || l.closes(n, resp)
		case *ast.ReturnStmt:
			found = found || slices.ContainsFunc(n.Results, func(e ast.Expr) bool { return l.isBody(e, resp) })
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Rhs, func(e ast.Expr) bool { return l.isBody(e, resp) })
		case *ast.CompositeLit:
			found = found || slices.ContainsFunc(n.Elts, func(e ast.Expr) bool { return l.isBody(elementOf(e), resp) })
		case *ast.SendStmt:
			found = found || l.isBody(n.Value, resp)
		case *ast.FuncLit:
			found = found || syntax.Mentions(l.flow.info, n, resp.object)
		}
		return !found
	})
	return found
}

// elementOf returns the value of an element of a literal.
func elementOf(e ast.Expr) ast.Expr {
	if pair, ok := e.(*ast.KeyValueExpr); ok {
		return pair.Value
	}
	return e
}

// closes reports whether a call closes a response, or is passed it or its body, and does more than to read it.
func (l *Loop) closes(call *ast.CallExpr, resp variable) bool {
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" && l.isBody(sel.X, resp) {
		return true
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return l.isBody(arg, resp) }) && l.flow.mayClose(call)
}

// isBody reports whether an expression is a response, its address or its body.
func (l *Loop) isBody(e ast.Expr, resp variable) bool {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && sel.Sel.Name == "Body" {
		return l.isResponse(sel.X, resp)
	}
	return l.isResponse(e, resp)
}

// isResponse reports whether an expression is a response, or its address.
func (l *Loop) isResponse(e ast.Expr, resp variable) bool {
	e = ast.Unparen(e)
	if address, ok := e.(*ast.UnaryExpr); ok && address.Op == token.AND {
		e = address.X
	}
	v, ok := variableOf(l.flow.info, e)
	return ok && v == resp
}
