package handloop

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// head reads "for i := 0; i < n; i++" and the like. It reports false for a loop that is driven by something else.
func (l *Loop) head(info *types.Info, stmt *ast.ForStmt) bool {
	if stmt.Cond == nil {
		return true
	}
	return l.term(info, stmt, stmt.Cond)
}

// term reads one term of the head. What it does not know may not call anything but ctx.Err.
func (l *Loop) term(info *types.Info, stmt *ast.ForStmt, e ast.Expr) bool {
	cond, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok {
		return !syntax.HasCall(e)
	}
	switch cond.Op {
	case token.LAND, token.LOR:
		l.Bounded = true
		return l.term(info, stmt, cond.X) && l.term(info, stmt, cond.Y)
	case token.GTR, token.GEQ:
		if inc, ok := stmt.Post.(*ast.IncDecStmt); ok && inc.Tok == token.DEC {
			l.Bounded = true // for n := 3; n > 0; n--
			return !syntax.HasCall(cond)
		}
	}
	if syntax.ErrorTest(info, cond, token.NEQ) != nil || syntax.ErrorTest(info, cond, token.EQL) != nil {
		return true
	}
	return l.count(info, stmt, cond)
}

// count reads the comparison of the counter with its limit.
func (l *Loop) count(info *types.Info, stmt *ast.ForStmt, cond *ast.BinaryExpr) bool {
	counter, limit, op := cond.X, cond.Y, cond.Op
	if op == token.GTR || op == token.GEQ {
		counter, limit = limit, counter
		op = map[token.Token]token.Token{token.GTR: token.LSS, token.GEQ: token.LEQ}[op]
	}
	id, ok := counter.(*ast.Ident)
	if !ok || op != token.LSS && op != token.LEQ && op != token.NEQ || lengths(limit) {
		return false
	}
	l.Bounded, l.Limit, l.Inclusive = true, limit, op == token.LEQ
	l.Counter = info.ObjectOf(id)
	n, ok := syntax.ConstantInt(info, limit)
	init, isInit := stmt.Init.(*ast.AssignStmt)
	if !ok || !isInit || len(init.Rhs) != 1 {
		return true
	}
	if first, ok := syntax.ConstantInt(info, init.Rhs[0]); ok {
		l.Bound = n - first
		if l.Inclusive {
			l.Bound++
		}
	}
	return true
}

// lengths reports whether a limit is the length of something: then the loop goes through its elements.
func lengths(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && (id.Name == "len" || id.Name == "cap") || !ok
}
