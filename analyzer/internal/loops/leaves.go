package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// leavesTo reports whether a loop that tries again after errors is left for a return that follows it at once, after a success as
// after the last failure, and keeps the error nowhere:
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
	return following(l, 0) == ret && !keepsOutside(p, l.Body)
}

// tidying matches the names of functions that do as well as they can, and report no failure on purpose.
var tidying = regexp.MustCompile(`(?i)^(try|maybe|close|clean|stop|shutdown|kill|terminate|release|unlock|cancel)|best_?effort`)

func cleansUp(function ast.Node) bool {
	decl, ok := function.(*ast.FuncDecl)
	return ok && tidying.MatchString(decl.Name.Name)
}

// following returns the statement that follows a loop in its block, or the nth after that, nil for none.
func following(l *loop.Loop, n int) ast.Stmt {
	var found ast.Stmt
	_, body := syntax.FuncParts(l.Function)
	syntax.InspectOwn(body, func(node ast.Node) {
		var list []ast.Stmt
		switch node := node.(type) {
		case *ast.BlockStmt:
			list = node.List
		case *ast.CaseClause:
			list = node.Body
		case *ast.CommClause:
			list = node.Body
		}
		at := slices.IndexFunc(list, func(s ast.Stmt) bool { return s == l.Stmt || unlabelled(s) == l.Stmt })
		if at >= 0 && at+1+n < len(list) {
			found = list[at+1+n]
		}
	})
	return found
}

// unlabelled returns the statement that a label stands before.
func unlabelled(s ast.Stmt) ast.Stmt {
	if label, ok := s.(*ast.LabeledStmt); ok {
		return label.Stmt
	}
	return s
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
					return true
				}
				v := p.TypesInfo.Uses[id]
				return v != nil && !syntax.Contains(body, v.Pos()) && v.Type() != nil && !syntax.IsError(v.Type())
			})
		}
		return !found
	})
	return found
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
		!types.Identical(v.Type(), syntax.ErrorType) || syntax.Writes(p.TypesInfo, l.Stmt, v) {
		return nil
	}
	return v
}

// testedBehind reports whether the first statement behind a loop that mentions an error asks whether it is nil.
func testedBehind(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	for n := 0; ; n++ {
		s := following(l, n)
		if s == nil {
			return false
		}
		if test, ok := s.(*ast.IfStmt); ok && test.Init == nil && tests(p, test.Cond, v) {
			return true
		}
		if syntax.Mentions(p.TypesInfo, s, v) {
			return false
		}
	}
}

// isNilBefore reports whether an error is nil where a loop begins: nothing has been assigned to it, or it has been tested since.
func isNilBefore(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	signature, body := syntax.FuncParts(l.Function)
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
	found := false
	syntax.InspectOwn(body, func(n ast.Node) {
		test, ok := n.(*ast.IfStmt)
		found = found || ok && last < test.Body.Pos() && test.End() <= l.Stmt.Pos() && tests(p, test.Cond, v) && returnsAtEnd(test.Body)
	})
	return found
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

// returnsAtEnd reports whether a block ends with a return.
func returnsAtEnd(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}
