package syntax

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/inspector"
)

// StatementsBefore goes through the statements that have been run when a call is reached: those before it, and before the blocks
// that it stands in.
func StatementsBefore(list []ast.Stmt, call ast.Node, visit func(ast.Stmt)) {
	for _, stmt := range list {
		if stmt.Pos() <= call.Pos() && call.End() <= stmt.End() {
			ast.Inspect(stmt, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.IfStmt:
					if n.Init != nil && n.Init.End() <= call.Pos() {
						visit(n.Init)
					}
				case *ast.BlockStmt:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						StatementsBefore(n.List, call, visit)
					}
					return false
				case *ast.CaseClause:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						StatementsBefore(n.Body, call, visit)
					}
					return false
				case *ast.CommClause:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						StatementsBefore(n.Body, call, visit)
					}
					return false
				}
				return true
			})
			return
		}
		if stmt.End() <= call.Pos() {
			visit(stmt)
		}
	}
}

// StatementsAfter lists what follows a loop in its block.
func StatementsAfter(cursor inspector.Cursor) []ast.Stmt {
	var list []ast.Stmt
	for next, ok := cursor.NextSibling(); ok; next, ok = next.NextSibling() {
		stmt, ok := next.Node().(ast.Stmt)
		if !ok {
			break
		}
		list = append(list, stmt)
	}
	return list
}

// Leaves reports whether a list of statements ends by leaving the loop.
func Leaves(list []ast.Stmt, under bool) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.BREAK && (!under || last.Label != nil) || last.Tok == token.GOTO
	case *ast.BlockStmt:
		return Leaves(last.List, under)
	}
	return false
}

// Continues reports whether a list of statements may end by starting the next round.
func Continues(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.BranchStmt:
		return last.Tok == token.CONTINUE
	case *ast.IfStmt:
		if e, ok := last.Else.(*ast.BlockStmt); ok {
			return Continues(last.Body.List) || Continues(e.List)
		}
		return Continues(last.Body.List)
	case *ast.SelectStmt:
		for _, clause := range last.Body.List {
			if Continues(clause.(*ast.CommClause).Body) {
				return true
			}
		}
	}
	return false
}
