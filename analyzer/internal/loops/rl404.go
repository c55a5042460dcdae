package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL404", eachLoop(rl404))

// rl404 finds an error declared in the loop that hides the one that is returned after it.
func rl404(p *check.Pass, l *loop) {
	returned := returnedAfter(p, syntax.StatementsAfter(l.cursor))
	if returned == nil {
		return
	}
	outer, ok := p.TypesInfo.Uses[returned].(*types.Var)
	if !ok || outer.Pos() >= l.Stmt.Pos() || outer.Parent() == p.Pkg.Scope() || syntax.Writes(p.TypesInfo, l.Stmt, outer) {
		return
	}
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || !givesErrorTo(p.TypesInfo, assign) {
			return
		}
		for _, left := range assign.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name == outer.Name() && p.TypesInfo.Defs[id] != nil {
				p.Report(check.Finding{Pos: id.Pos(), End: id.End(), Fix: assigning(p, assign, id), Message: fmt.Sprintf(
					"this %s hides the one that is returned after the loop, which stays nil: "+
						"when all attempts have failed the caller sees success; assign with =", id.Name)})
			}
		}
	})
}

// returnedAfter gives the error variable that is returned after a loop, nil for none or where it may have been assigned
// in between.
func returnedAfter(p *check.Pass, after []ast.Stmt) *ast.Ident {
	for _, stmt := range after {
		ret, ok := stmt.(*ast.ReturnStmt)
		switch {
		case ok && len(ret.Results) > 0:
			return errorIn(p.TypesInfo, ret.Results[len(ret.Results)-1])
		case ok || assigns(stmt):
			return nil
		}
	}
	return nil
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
func assigning(p *check.Pass, assign *ast.AssignStmt, id *ast.Ident) *analysis.SuggestedFix {
	for _, left := range assign.Lhs {
		other, ok := left.(*ast.Ident)
		if !ok || other != id && other.Name != "_" && p.TypesInfo.Defs[other] != nil {
			return nil
		}
	}
	return check.Replace("Assign to the outer "+id.Name, assign.TokPos, assign.TokPos+2, "=")
}
