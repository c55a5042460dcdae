package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// shadowed is RL404: an error declared in the loop hides the one that is returned after it.
func (r *reporter) shadowed(cursor inspector.Cursor, l *handLoop) {
	after := syntax.StatementsAfter(cursor)
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
	if !ok || outer.Pos() >= l.stmt.Pos() || outer.Parent() == r.Pkg.Scope() || syntax.Writes(r.TypesInfo, l.stmt, outer) {
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

// errorIn gives the error variable that a returned expression is or wraps.
func errorIn(info *types.Info, e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok && types.Identical(v.Type(), syntax.ErrorType) {
			return e
		}
	case *ast.CallExpr:
		if syntax.FullName(info, e) == "fmt.Errorf" {
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

// givesErrorTo reports whether an assignment takes an error from a call.
func givesErrorTo(info *types.Info, assign *ast.AssignStmt) bool {
	if len(assign.Rhs) != 1 {
		return false
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && syntax.ReturnsError(info, call)
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
