package handloop

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// tests reports whether a condition has a term, joined by && or ||, that compares an error with nil.
func tests(info *types.Info, cond ast.Expr, op token.Token) bool {
	if syntax.ErrorTest(info, cond, op) != nil {
		return true
	}
	if b, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		return tests(info, b.X, op) || tests(info, b.Y, op)
	}
	return false
}

// leavesOnSuccess reports whether a loop ends where an error is nil, and goes on where one is not.
func leavesOnSuccess(info *types.Info, body *ast.BlockStmt, loop ast.Stmt) bool {
	if stmt, ok := loop.(*ast.ForStmt); ok && stmt.Cond != nil && tests(info, stmt.Cond, token.NEQ) {
		return true
	}
	return leaves(info, body.List, false)
}

// leaves looks through a list of statements. Under is whether they are inside a switch or select, where a plain break
// does not leave the loop.
func leaves(info *types.Info, list []ast.Stmt, under bool) bool {
	for i, stmt := range list {
		switch stmt := stmt.(type) {
		case *ast.IfStmt:
			switch {
			case tests(info, stmt.Cond, token.EQL):
				if syntax.Leaves(stmt.Body.List, under) {
					return true
				}
			case tests(info, stmt.Cond, token.NEQ):
				if e, ok := stmt.Else.(*ast.BlockStmt); ok && syntax.Leaves(e.List, under) {
					return true
				}
				// if err != nil { …; continue }; return
				if syntax.Continues(stmt.Body.List) && syntax.Leaves(list[i+1:], under) {
					return true
				}
			}
			if leaves(info, stmt.Body.List, under) {
				return true
			}
			if e, ok := stmt.Else.(*ast.BlockStmt); ok && leaves(info, e.List, under) {
				return true
			}
		case *ast.BlockStmt:
			if leaves(info, stmt.List, under) {
				return true
			}
		case *ast.SwitchStmt:
			for _, clause := range stmt.Body.List {
				clause := clause.(*ast.CaseClause)
				for _, cond := range clause.List {
					if stmt.Tag == nil && tests(info, cond, token.EQL) && syntax.Leaves(clause.Body, true) {
						return true
					}
				}
			}
		}
	}
	return false
}
