package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"sort"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// leavesTo reports whether a loop that tries again after errors is left for a return that follows it at once, after a success as
// after the last failure, and keeps the error nowhere. If it returns other errors, what it sets besides is no such place.
//
//	for i := 0; i < 3; i++ {
//		if err := send(); err == nil {
//			break
//		}
//	}
//	return nil
func leavesTo(p *check.Pass, l *loop.Loop, ret *ast.ReturnStmt) bool {
	if _, retries := l.RetriesErrors(); !retries || l.Body == nil || cleansUp(l.Function) {
		return false
	}
	return next(p, l) == ret && (!keepsOutside(p, l.Body) || returnsErrorWithin(p, l) && !keepsOutsideFor(p, l))
}

// tidying matches the names of functions that do as well as they can, and report no failure on purpose.
var tidying = regexp.MustCompile(`(?i)^(try|maybe|close|clean|stop|shutdown|kill|terminate|release|unlock|cancel)|best_?effort`)

func cleansUp(function ast.Node) bool {
	decl, ok := function.(*ast.FuncDecl)
	return ok && tidying.MatchString(decl.Name.Name)
}

// keepsOutside reports whether a loop keeps something where others may look for the failure: in a field, an element, behind a pointer
// or in a channel.
func keepsOutside(p *check.Pass, body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			found = true
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, func(left ast.Expr) bool {
				id, ok := ast.Unparen(left).(*ast.Ident)
				if !ok {
					return !declaredIn(p, body, left)
				}
				v := p.TypesInfo.Uses[id]
				return v != nil && !syntax.Contains(body, v.Pos()) && v.Type() != nil && !syntax.IsError(v.Type())
			})
		}
		return !found
	})
	return found
}

// declaredIn reports whether an expression selects from a variable that is declared in a loop.
func declaredIn(p *check.Pass, body *ast.BlockStmt, e ast.Expr) bool {
	root := syntax.Root(e)
	return root != nil && p.TypesInfo.ObjectOf(root) != nil && syntax.Contains(body, p.TypesInfo.ObjectOf(root).Pos())
}

// hiddenFromTest reports the declarations in a loop that hide an error which is tested behind the loop before anything assigns to it
// there: the test asks for the failure of all attempts, and sees what was before the loop.
func hiddenFromTest(p *check.Pass, l *loop.Loop, lost map[*types.Var]bool) {
	if l.Body == nil {
		return
	}
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || !takesError(p.TypesInfo, assign) {
			return
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok || p.TypesInfo.Defs[id] == nil {
				continue
			}
			v := hides(p, l, p.TypesInfo.Defs[id])
			if v == nil || lost[v] || !isNilBefore(p, l, v) || !testedBehind(p, l, v) || !l.Survives(p.TypesInfo.Defs[id]) {
				continue
			}
			lost[v] = true
			p.Report(check.Finding{Pos: id.Pos(), End: id.End(), Fix: assigning(p, assign, id), Message: "this " + id.Name +
				" hides the one that is tested after the loop, which stays nil: when all attempts have failed the function goes on as " +
				"after a success; assign with ="})
		}
	})
}

// hides returns the error variable of the function that a declaration in a loop hides, nil if there is none or if the loop sets it.
func hides(p *check.Pass, l *loop.Loop, inner types.Object) *types.Var {
	if inner.Parent() == nil || inner.Parent().Parent() == nil {
		return nil
	}
	_, outer := inner.Parent().Parent().LookupParent(inner.Name(), l.Stmt.Pos())
	v, ok := outer.(*types.Var)
	if !ok || v.Parent() == p.Pkg.Scope() || v.Pos() >= l.Stmt.Pos() || !syntax.Contains(l.Function, v.Pos()) ||
		!syntax.IsErrorItself(v.Type()) || syntax.Writes(p.TypesInfo, l.Stmt, v) {
		return nil
	}
	return v
}

// testedBehind reports whether the first use of an error behind a loop is the question whether it is nil, in the block of the loop.
func testedBehind(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	first := firstBehind(p, l, v)
	if first == nil {
		return false
	}
	list := behind.Of(p)[l.Stmt]
	i := sort.Search(len(list), func(i int) bool { return list[i].End() > first.Pos() })
	if i == len(list) {
		return false
	}
	test, ok := list[i].(*ast.IfStmt)
	return ok && test.Init == nil && tests(p, test.Cond, v)
}

// isNilBefore reports whether an error is nil where a loop begins: nothing has been assigned to it, or it has been tested since.
func isNilBefore(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	signature, _ := syntax.FuncParts(l.Function)
	if syntax.Contains(signature.Params, v.Pos()) {
		return false
	}
	last := token.NoPos
	for _, a := range assignments.Of(p)[v] {
		if !a.nothing && a.id.Pos() < l.Stmt.Pos() {
			last = max(last, a.id.Pos())
		}
	}
	if last == token.NoPos {
		return true
	}
	list := returning.Of(p)[v]
	i := sort.Search(len(list), func(i int) bool { return list[i].Pos() >= l.Stmt.Pos() })
	return slices.ContainsFunc(list[max(0, i-1):i], func(test *ast.IfStmt) bool {
		return last < test.Body.Pos() && test.End() <= l.Stmt.Pos()
	})
}

// tests reports whether a condition is that an error is not nil.
func tests(p *check.Pass, cond ast.Expr, v *types.Var) bool {
	tested := syntax.ErrorTest(p.TypesInfo, cond, token.NEQ)
	if tested == nil {
		return false
	}
	id, ok := ast.Unparen(tested).(*ast.Ident)
	return ok && p.TypesInfo.Uses[id] == v
}
