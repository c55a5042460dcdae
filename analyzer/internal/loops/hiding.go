package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// lostAtEnd reports the errors of attempts that nothing looks at any more, since the round has declared a variable of that name
// which hides the one that is looked at:
//
//	for err == nil && resp.StatusCode == 429 {
//		wait, err := time.ParseDuration(resp.Header.Get("Retry-After"))
//		…
//		resp, err = send()
//	}
//	return resp, err
func lostAtEnd(p *check.Pass, l *loop.Loop, lost map[*types.Var]bool) {
	if l.Body == nil {
		return
	}
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.ASSIGN || !takesError(p.TypesInfo, assign) {
			return
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok {
				continue
			}
			inner, ok := p.TypesInfo.Uses[id].(*types.Var)
			if !ok || !syntax.Contains(l.Body, inner.Pos()) || readAfter(p, l, inner, assign) {
				continue
			}
			v := hides(p, l, inner)
			if v == nil || lost[v] || !looksAt(p, l, v) {
				continue
			}
			lost[v] = true
			p.Report(check.Finding{Pos: id.Pos(), End: id.End(), Message: fmt.Sprintf("nothing looks at this %s, which hides the one "+
				"from outside of the loop: when this attempt has failed nobody is told; declare another name, and assign to the outer %[1]s",
				id.Name)})
		}
	})
}

// readAfter reports whether a variable of a round may be read behind an assignment to it: further down, in a loop or a function
// within the round, or through its address.
func readAfter(p *check.Pass, l *loop.Loop, v *types.Var, assign *ast.AssignStmt) bool {
	if addressed.Of(p)[v] {
		return true
	}
	for _, use := range variableUses.Of(p)[v] {
		if use.Pos() >= assign.End() {
			return true
		}
	}
	cursor, ok := p.Around(assign.Pos()).FindNode(assign)
	if !ok {
		return true
	}
	for c := range cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)) {
		if c.Node() != l.Stmt && syntax.Contains(l.Body, c.Node().Pos()) && !syntax.Contains(c.Node(), v.Pos()) {
			return true
		}
	}
	return false
}

// looksAt reports whether the head of a loop asks for a variable, or the first thing behind the loop is to read it.
func looksAt(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	if stmt, ok := l.Stmt.(*ast.ForStmt); ok && stmt.Cond != nil && syntax.Mentions(p.TypesInfo, stmt.Cond, v) {
		return true
	}
	first := firstBehind(p, l, v)
	return first != nil && !rewrites(p, first)
}
