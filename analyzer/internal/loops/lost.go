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

// lostError looks for the reason why an error that is returned after a loop is nil.
type lostError struct {
	*check.Pass
	loop    *loop.Loop
	end     loop.Ending
	v       *types.Var
	at      ast.Node // where it is returned
	wrapped bool
	when    string
}

// newLostError returns nil if a function does not end with an error variable that the loop is the last to set.
func newLostError(p *check.Pass, l *loop.Loop, end loop.Ending, when string) *lostError {
	v, at, wrapped := returnedError(p, l, end)
	if v == nil || assignedBetween(p, v, l.Stmt.End(), end.Return.Pos()) {
		return nil
	}
	return &lostError{p, l, end, v, at, wrapped, when}
}

// effect says what comes of an error that stays nil.
func (e *lostError) effect() string {
	if e.wrapped {
		return "when " + e.when + " the error that the caller sees has no cause"
	}
	return "when " + e.when + " the caller sees success"
}

// where says where the error is returned.
func (e *lostError) where() string {
	if syntax.Contains(e.loop.Stmt, e.at.Pos()) {
		return "in the end"
	}
	return "after the loop"
}

// toldOtherwise reports whether another result that is returned, a flag or an error, tells what the loop has come to.
func (e *lostError) toldOtherwise() bool {
	return slices.ContainsFunc(e.end.Return.Results, func(result ast.Expr) bool {
		id, ok := ast.Unparen(result).(*ast.Ident)
		if !ok {
			return false
		}
		v, ok := e.TypesInfo.Uses[id].(*types.Var)
		return ok && v != e.v && (syntax.IsBool(v.Type()) || syntax.IsError(v.Type())) && syntax.Writes(e.TypesInfo, e.loop.Stmt, v)
	})
}

// shadowed reports the declarations in a loop that hide the error which is returned after it.
func (e *lostError) shadowed() bool {
	l := e.loop
	if l.Body == nil || e.v.Pos() >= l.Stmt.Pos() || e.v.Parent() == e.Pkg.Scope() || syntax.Writes(e.TypesInfo, l.Stmt, e.v) ||
		!isNilBefore(e.Pass, l, e.v) {
		return false
	}
	found := false
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || !takesError(e.TypesInfo, assign) {
			return
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if ok && id.Name == e.v.Name() && e.TypesInfo.Defs[id] != nil && l.Survives(e.TypesInfo.Defs[id]) {
				found = true
				e.Report(check.Finding{Pos: id.Pos(), End: id.End(), Fix: assigning(e.Pass, assign, id), Message: fmt.Sprintf(
					"this %s hides the one that is returned %s, which stays nil: %s; assign with =", id.Name, e.where(), e.effect())})
			}
		}
	})
	return found
}

// mayBeSet reports whether anything assigns to the variable, or it is that of a type switch, which holds what is asked.
func (e *lostError) mayBeSet() bool {
	_, body := syntax.FuncParts(e.loop.Function)
	list := assignments.Of(e.Pass)[e.v]
	if len(list) == 0 {
		return syntax.Contains(body, e.v.Pos())
	}
	return len(list) > 1 || !list[0].nothing
}

// unassigned reports a variable that is returned after a loop and that nothing assigns to.
func (e *lostError) unassigned() bool {
	if e.mayBeSet() || !e.isLocal() || e.addressTaken() || !e.loop.Survives(nil) || e.toldOtherwise() {
		return false
	}
	e.Report(check.Finding{Pos: e.at.Pos(), End: e.at.End(), Message: fmt.Sprintf(
		"nothing assigns to %s, which stays nil: %s; keep the error of each attempt in it", e.v.Name(), e.effect())})
	return true
}

// isLocal reports whether the variable is declared in the body of the function, or is one of its results.
func (e *lostError) isLocal() bool {
	signature, body := syntax.FuncParts(e.loop.Function)
	return syntax.Contains(body, e.v.Pos()) || signature.Results != nil && syntax.Contains(signature.Results, e.v.Pos())
}

// addressTaken reports whether the function hands on the address of the variable.
func (e *lostError) addressTaken() bool {
	found := false
	ast.Inspect(e.loop.Function, func(n ast.Node) bool {
		if x, ok := n.(*ast.UnaryExpr); ok && x.Op == token.AND {
			id, ok := ast.Unparen(x.X).(*ast.Ident)
			found = found || ok && e.TypesInfo.Uses[id] == e.v
		}
		return !found
	})
	return found
}

// overwritten reports what sets the error of the last attempt to nil before it is returned.
func (e *lostError) overwritten() bool {
	at := e.loop.Overwritten(e.v)
	if at != nil {
		e.Report(check.Finding{Pos: at.Pos(), End: at.End(), Message: fmt.Sprintf(
			"this sets %s, the error of the attempt, to nil: %s; keep its error in another variable", e.v.Name(), e.effect())})
	}
	return at != nil
}

// returnedError returns the error variable that a function ends with, where it is returned, and whether another error wraps it.
func returnedError(p *check.Pass, l *loop.Loop, e loop.Ending) (v *types.Var, at ast.Node, wrapped bool) {
	if last := lastResult(e); last != nil {
		if id := errorIn(p.TypesInfo, last); id != nil {
			v, _ = p.TypesInfo.Uses[id].(*types.Var)
			return v, id, ast.Unparen(last) != id
		}
		return nil, nil, false
	}
	signature, _ := syntax.FuncParts(l.Function)
	if e.Return == nil || signature.Results == nil {
		return nil, nil, false
	}
	names := signature.Results.List[len(signature.Results.List)-1].Names
	if len(names) == 0 {
		return nil, nil, false // it does not build
	}
	v, _ = p.TypesInfo.Defs[names[len(names)-1]].(*types.Var)
	if v == nil || !syntax.IsErrorItself(v.Type()) {
		return nil, nil, false
	}
	return v, e.Return, false
}

// assignedBetween reports whether a variable is assigned to behind a loop and before a return.
func assignedBetween(p *check.Pass, v *types.Var, from, to token.Pos) bool {
	return slices.ContainsFunc(assignments.Of(p)[v], func(a assigned) bool {
		return from <= a.id.Pos() && a.id.Pos() < to
	})
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
