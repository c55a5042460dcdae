package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL404", eachLoop(rl404))

// rl404 finds functions that return no error though all attempts have failed: the error that is returned is another one than
// that of the attempts, or it is nil.
func rl404(p *check.Pass, l *loop.Loop) {
	if l.GoesOn {
		return
	}
	for _, e := range l.UsedUp() {
		if last := lastResult(e); last != nil && p.TypesInfo.Types[last].IsNil() && !reachesTarget(l, e) {
			returnsNil(p, l, e)
		}
	}
	hidden := map[types.Object]bool{}
	for _, e := range l.Unsuccessful() {
		returned := errorIn(p.TypesInfo, lastResult(e))
		if returned == nil || hidden[p.TypesInfo.Uses[returned]] || assignedBetween(p, returned, l.Stmt.End(), e.Return.Pos()) {
			continue
		}
		hidden[p.TypesInfo.Uses[returned]] = true
		shadowed(p, l, returned)
	}
}

// reachesTarget reports whether a loop returns from inside when a number that does not count attempts is reached: the last page.
func reachesTarget(l *loop.Loop, e loop.Ending) bool {
	return l.Body != nil && l.Body.Pos() <= e.Return.Pos() && e.Return.Pos() < l.Body.End() && !l.CountsAttempts()
}

// lastResult returns the last of the results that a function ends with, nil if it ends without.
func lastResult(e loop.Ending) ast.Expr {
	if e.Return == nil || len(e.Return.Results) == 0 {
		return nil
	}
	return e.Return.Results[len(e.Return.Results)-1]
}

// returnsNil reports a return of nil and zero values after the last attempt has returned an error. It may be on purpose where
// success leads to the same return, or where another result tells the failure.
func returnsNil(p *check.Pass, l *loop.Loop, e loop.Ending) {
	signature, _ := syntax.FuncParts(l.Function)
	if signature.Results == nil || e.Works || p.InTest(l.Stmt.Pos()) || !l.JudgesErrors() || !l.ReturnsWithin() {
		return
	}
	results := signature.Results.List
	if t := p.TypesInfo.TypeOf(results[len(results)-1].Type); t == nil || !types.Identical(t, syntax.ErrorType) {
		return
	}
	for _, result := range e.Return.Results[:len(e.Return.Results)-1] {
		if basic, ok := p.TypesInfo.TypeOf(result).Underlying().(*types.Basic); ok && basic.Info()&types.IsBoolean != 0 {
			return
		}
		if p.TypesInfo.Types[result].Value == nil && !p.TypesInfo.Types[result].IsNil() {
			return
		}
	}
	p.Reportf(e.Return, "all attempts have failed, and the caller sees success: return the last error")
}

// assignedBetween reports whether a variable is assigned to behind a loop and before a return.
func assignedBetween(p *check.Pass, id *ast.Ident, from, to token.Pos) bool {
	return slices.ContainsFunc(assignments.Of(p)[p.TypesInfo.Uses[id]], func(a assigned) bool {
		return from <= a.id.Pos() && a.id.Pos() < to
	})
}

// shadowed reports the declarations in a loop that hide the error which is returned after it.
func shadowed(p *check.Pass, l *loop.Loop, returned *ast.Ident) {
	outer, ok := p.TypesInfo.Uses[returned].(*types.Var)
	if !ok || l.Body == nil || outer.Pos() >= l.Stmt.Pos() || outer.Parent() == p.Pkg.Scope() || syntax.Writes(p.TypesInfo, l.Stmt, outer) {
		return
	}
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || !takesError(p.TypesInfo, assign) {
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

// errorIn returns the error variable that a returned expression is or wraps, nil if there is none.
func errorIn(info *types.Info, e ast.Expr) *ast.Ident {
	if e == nil {
		return nil
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok && types.Identical(v.Type(), syntax.ErrorType) {
			return e
		}
	case *ast.CallExpr:
		for _, arg := range e.Args {
			if id := errorIn(info, arg); id != nil {
				return id
			}
		}
	}
	return nil
}

// takesError reports whether an assignment takes an error from a call.
func takesError(info *types.Info, assign *ast.AssignStmt) bool {
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
