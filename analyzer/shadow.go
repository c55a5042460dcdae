package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// shadowed is RL404: an error declared in the loop hides the one that is returned after it.
func (r *reporter) shadowed(cursor inspector.Cursor, l *handLoop) {
	after := statementsAfter(cursor)
	if len(after) == 0 {
		return
	}
	var returned *ast.Ident
	for _, stmt := range after {
		ret, ok := stmt.(*ast.ReturnStmt)
		if !ok {
			if assigns(stmt) {
				return // what is returned may come from there
			}
			continue
		}
		if len(ret.Results) > 0 {
			returned = errorIn(r.TypesInfo, ret.Results[len(ret.Results)-1])
		}
		break
	}
	if returned == nil {
		return
	}
	outer, ok := r.TypesInfo.Uses[returned].(*types.Var)
	if !ok || outer.Pos() >= l.stmt.Pos() || outer.Parent() == r.Pkg.Scope() || writes(r.TypesInfo, l.stmt, outer) {
		return
	}
	ast.Inspect(l.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			return true
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok || id.Name != outer.Name() || r.TypesInfo.Defs[id] == nil || !givesErrorTo(r.TypesInfo, assign) {
				continue
			}
			r.report(finding{id: "RL404", pos: id.Pos(), end: id.End(),
				message: fmt.Sprintf("this %s hides the one that is returned after the loop, which stays nil: when all attempts have failed the caller sees success; assign with =", id.Name),
				fix:     r.assigning(assign, id)})
		}
		return true
	})
}

// statementsAfter lists what follows a loop in its block.
func statementsAfter(cursor inspector.Cursor) []ast.Stmt {
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

// errorIn gives the error variable that a returned expression is or wraps.
func errorIn(info *types.Info, e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok && types.Identical(v.Type(), errorType) {
			return e
		}
	case *ast.CallExpr:
		if fullName(info, e) == "fmt.Errorf" {
			return errorIn(info, e.Args[len(e.Args)-1])
		}
	}
	return nil
}

// assigns reports whether a statement may change variables.
func assigns(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		if _, ok := n.(*ast.AssignStmt); ok {
			found = true
		}
		return !found
	})
	return found
}

// writes reports whether a piece of code assigns to a variable or takes its address.
func writes(info *types.Info, root ast.Node, v *types.Var) bool {
	found := false
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && info.ObjectOf(id) == v
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				found = found || is(left)
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

// givesErrorTo reports whether an assignment takes an error from a call.
func givesErrorTo(info *types.Info, assign *ast.AssignStmt) bool {
	if len(assign.Rhs) != 1 {
		return false
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && givesError(info, call)
}

// assigning replaces := by =, where that declares nothing else.
func (r *reporter) assigning(assign *ast.AssignStmt, id *ast.Ident) *analysis.SuggestedFix {
	for _, left := range assign.Lhs {
		other, ok := left.(*ast.Ident)
		if !ok || other != id && other.Name != "_" && r.TypesInfo.Defs[other] != nil {
			return nil
		}
	}
	return replacing("Assign to the outer "+id.Name, assign.TokPos, assign.TokPos+2, "=")
}
