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
		found := false
		switch stmt := stmt.(type) {
		case *ast.IfStmt:
			found = branchLeaves(info, stmt, list[i+1:], under)
		case *ast.BlockStmt:
			found = leaves(info, stmt.List, under)
		case *ast.SwitchStmt:
			found = stmt.Tag == nil && clauseLeaves(info, stmt)
		}
		if found {
			return true
		}
	}
	return false
}

// branchLeaves is leaves for an if statement and what follows it.
func branchLeaves(info *types.Info, stmt *ast.IfStmt, after []ast.Stmt, under bool) bool {
	otherwise, hasElse := stmt.Else.(*ast.BlockStmt)
	switch {
	case tests(info, stmt.Cond, token.EQL):
		if syntax.Leaves(stmt.Body.List, under) {
			return true
		}
	case tests(info, stmt.Cond, token.NEQ):
		if hasElse && syntax.Leaves(otherwise.List, under) {
			return true
		}
		// if err != nil { …; continue }; return
		if syntax.Continues(stmt.Body.List) && syntax.Leaves(after, under) {
			return true
		}
	}
	return leaves(info, stmt.Body.List, under) || hasElse && leaves(info, otherwise.List, under)
}

// clauseLeaves is leaves for a switch without a tag.
func clauseLeaves(info *types.Info, stmt *ast.SwitchStmt) bool {
	for _, clause := range stmt.Body.List {
		clause := clause.(*ast.CaseClause)
		for _, cond := range clause.List {
			if tests(info, cond, token.EQL) && syntax.Leaves(clause.Body, true) {
				return true
			}
		}
	}
	return false
}
