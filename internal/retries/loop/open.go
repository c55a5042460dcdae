package loop

import (
	"go/ast"
	"go/token"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// LeftOpen returns the calls in the loop whose response may still be open when the next attempt follows: on some way after a
// success of the call nothing closes its body, nor takes the response over.
func (l *Loop) LeftOpen() []*ast.CallExpr {
	var list []*ast.CallExpr
	for _, b := range l.flow.blocks {
		for _, a := range l.flow.assignmentsOf(b) {
			call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr)
			if ok && a.index == 0 && !a.state && l.opens(call) && !l.closesSomewhere(a.to) && l.again(b, a.to) {
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
func (l *Loop) dropped(n ast.Node) *ast.CallExpr {
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
func (l *Loop) opens(call *ast.CallExpr) bool {
	fn := syntax.Callee(l.flow.info, call)
	if fn == nil || fn.Signature().Results().Len() != 2 || !syntax.ReturnsError(l.flow.info, call) {
		return false
	}
	return syntax.IsNamed(fn.Signature().Results().At(0).Type(), "net/http", "*Response") && sends.MatchString(fn.Name())
}

// sends matches the names of functions that return a response as it comes.
var sends = regexp.MustCompile(`(?i)^(do|get|head|post|postform|send|roundtrip)|request$|^do$`)

// again reports whether a way leads from a call to the next round on which its response is there, and stays open.
func (l *Loop) again(from *block, resp variable) bool {
	return visit(l.succeededFrom(from, resp), func(b *block) ([]*block, bool) {
		switch {
		case b == l.flow.head:
			return nil, true
		case b == from || !l.flow.has[b] || l.exits(b) || l.takes(b, resp):
			return nil, false
		}
		return l.present(b, resp), false
	})
}

// succeededFrom returns where the error of a call is known to be nil.
func (l *Loop) succeededFrom(from *block, resp variable) []*block {
	var list []*block
	for _, b := range l.flow.blocks {
		j := l.flow.judge(b)
		if j == nil || j.Kind != NilError || j.fail < 0 {
			continue
		}
		for _, op := range j.Operations {
			for _, a := range l.flow.assignmentsOf(from) {
				if a.to == resp && !a.state && a.value == op && !l.takes(from, resp) {
					list = append(list, j.success())
				}
			}
		}
	}
	return list
}

// present returns where a block leads to while the response is there.
func (l *Loop) present(b *block, resp variable) []*block {
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

// reads matches the functions that read a body and leave it open, and those that only print.
var reads = regexp.MustCompile(
	`(?i)\b(ReadAll|Copy|CopyN|NewDecoder|NewReader|LimitReader|NewScanner|Read|Decode)$|log|print|debug|info|warn|error|trace`)

// closers matches the functions that close a body, also with what they do before.
var closers = regexp.MustCompile(`(?i)close|drain|discard`)

// closesSomewhere reports whether the loop closes a response anywhere: it is taken to do so wherever another attempt follows.
func (l *Loop) closesSomewhere(resp variable) bool {
	found := false
	for _, b := range l.flow.blocks {
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
			for _, e := range n.Results {
				found = found || l.isResponse(e, resp)
			}
		case *ast.AssignStmt:
			for _, e := range n.Rhs {
				found = found || l.isResponse(e, resp)
			}
		case *ast.FuncLit:
			found = found || syntax.Mentions(l.flow.info, n, resp.object)
		}
		return !found
	})
	return found
}

// closes reports whether a call closes a response, or is passed it or its body, and does more than to read it.
func (l *Loop) closes(call *ast.CallExpr, resp variable) bool {
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" {
		if body, ok := sel.X.(*ast.SelectorExpr); ok && l.isResponse(body.X, resp) {
			return true
		}
	}
	if reads.MatchString(syntax.Text(call.Fun)) {
		return false
	}
	for _, arg := range call.Args {
		if l.isResponse(arg, resp) {
			return true
		}
		if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && sel.Sel.Name == "Body" && l.isResponse(sel.X, resp) {
			return true
		}
	}
	return false
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
