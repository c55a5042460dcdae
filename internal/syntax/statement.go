package syntax

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
)

// StatementsBefore visits the statements that have run when a node is reached: those before it in its block, and before each
// block around it. Function literals are not entered.
func StatementsBefore(list []ast.Stmt, at ast.Node, visit func(ast.Stmt)) {
	for _, stmt := range list {
		if encloses(stmt, at) {
			enter(stmt, at, visit)
			return
		}
		if stmt.End() <= at.Pos() {
			visit(stmt)
		}
	}
}

// enter is StatementsBefore for the statement around a node.
func enter(stmt ast.Stmt, at ast.Node, visit func(ast.Stmt)) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		var block []ast.Stmt
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if n.Init != nil && n.Init.End() <= at.Pos() {
				visit(n.Init)
			}
			return true
		case *ast.BlockStmt:
			block = n.List
		case *ast.CaseClause:
			block = n.Body
		case *ast.CommClause:
			block = n.Body
		default:
			return true
		}
		if encloses(n, at) {
			StatementsBefore(block, at, visit)
		}
		return false
	})
}

func encloses(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// Contains reports whether a position is in a node.
func Contains(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// StatementsAfter returns the statements behind one in its block.
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

// Leaves reports whether a list of statements in a loop ends by leaving the loop. Under a switch or select, a plain break does
// not leave it.
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

// Continues reports whether a list of statements in a loop may end by starting the next round.
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

// ReceivedFrom returns the channel that a statement receives from, nil if it does not receive.
func ReceivedFrom(stmt ast.Stmt) ast.Expr {
	var e ast.Expr
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		e = stmt.X
	case *ast.AssignStmt:
		e = stmt.Rhs[0]
	}
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u.X
	}
	return nil
}

// HasDefault reports whether a select has a default clause, so that it does not wait.
func HasDefault(stmt *ast.SelectStmt) bool {
	return slices.ContainsFunc(stmt.Body.List, func(clause ast.Stmt) bool { return clause.(*ast.CommClause).Comm == nil })
}
