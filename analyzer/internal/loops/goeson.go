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

// goesOnAnyway reports a loop that returns some errors at once and tries again after others, or whose attempts return something that is
// used behind it, and behind which the function goes on after the last failure as it does after a success: nothing that the loop has set
// is looked at.
func goesOnAnyway(p *check.Pass, l *loop.Loop) {
	signature, _ := syntax.FuncParts(l.Function)
	if l.Body == nil || signature.Results == nil || p.InTest(l.Stmt.Pos()) || cleansUp(l.Function) ||
		!l.LeavesAlike() || reportsLast(p, l) {
		return
	}
	results := signature.Results.List
	if !syntax.IsErrorItself(p.TypesInfo.TypeOf(results[len(results)-1].Type)) {
		return
	}
	if _, retries := l.RetriesErrors(); !retries && !l.AsksKind() {
		return
	}
	if !returnsErrorWithin(p, l) && !usesResult(p, l) || looksBehind(p, l) || asksSubject(p, l) || keepsOutsideFor(p, l) {
		return
	}
	from, to := l.Head()
	p.Report(check.Finding{Pos: from, End: to, Message: "when all attempts have failed the function goes on as after a success: " +
		"keep the last error, and return it behind the loop"})
}

// reportsLast reports whether the return that follows a loop at once is one that is reported already, or asks for the errors that the
// attempts have left: return firstError(commands).
func reportsLast(p *check.Pass, l *loop.Loop) bool {
	ret, ok := next(p, l).(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	last := ast.Unparen(ret.Results[len(ret.Results)-1])
	call, asks := last.(*ast.CallExpr)
	if asks && ofErrors.MatchString(syntax.Text(call.Fun)) {
		return true
	}
	return p.TypesInfo.Types[last].IsNil() && !returnsVariable(p, ret)
}

// returnsVariable reports whether a return statement returns a variable besides an error, as in return answer, nil.
func returnsVariable(p *check.Pass, ret *ast.ReturnStmt) bool {
	return slices.ContainsFunc(ret.Results, func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return false
		}
		v, ok := p.TypesInfo.Uses[id].(*types.Var)
		return ok && !syntax.IsErrorItself(v.Type())
	})
}

// ofErrors matches the names of what returns errors that have been kept.
var ofErrors = regexp.MustCompile(`(?i)err`)

// returnsErrorWithin reports whether a loop returns an error of an attempt: the function cares for errors.
func returnsErrorWithin(p *check.Pass, l *loop.Loop) bool {
	found := false
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			found = found || errorIn(p.TypesInfo, ret.Results[len(ret.Results)-1]) != nil
		}
	})
	return found
}

// usesResult reports whether something other than an error that the attempts of a loop return is used behind the loop.
func usesResult(p *check.Pass, l *loop.Loop) bool {
	for v := range setFromInside(p, l) {
		if first := firstBehind(p, l, v); first != nil && !rewrites(p, first) && l.HoldsResult(v) {
			return true
		}
	}
	return false
}

// keepsOutsideFor reports whether a loop keeps what has happened in a field or a channel.
func keepsOutsideFor(p *check.Pass, l *loop.Loop) bool {
	found := false
	syntax.InspectOwn(l.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SendStmt:
			found = true
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				_, ok := ast.Unparen(left).(*ast.SelectorExpr)
				if t := p.TypesInfo.TypeOf(left); ok && t != nil && !declaredIn(p, l.Body, left) {
					found = found || syntax.IsError(t) || syntax.IsBool(t)
				}
			}
		}
	})
	return found
}

// looksBehind reports whether a function looks behind a loop at something that the loop has set, so that it may know that all attempts
// have failed, whatever has failed in the last.
func looksBehind(p *check.Pass, l *loop.Loop) bool {
	seen := seenBehind(p, l)
	return len(seen) > 0 && !l.Unnoticed(seen)
}

// seenBehind returns the variables that a loop has set, and that a function looks at behind it: it reads an error, a flag or a number,
// or has anything else in a condition.
func seenBehind(p *check.Pass, l *loop.Loop) []*types.Var {
	var list []*types.Var
	for v := range setFromInside(p, l) {
		first := firstBehind(p, l, v)
		if first == nil || rewrites(p, first) {
			continue
		}
		basic, isBasic := v.Type().Underlying().(*types.Basic)
		tells := syntax.IsError(v.Type()) || isBasic && basic.Info()&(types.IsBoolean|types.IsNumeric) != 0
		if tells || askedBehind(p, l, v) {
			list = append(list, v)
		}
	}
	return list
}

// asksSubject reports whether the first question behind a loop is one to what makes the attempts, which may know of the failure, and
// leads to an error: if !c.connected() { return errNotConnected }.
func asksSubject(p *check.Pass, l *loop.Loop) bool {
	branch, ok := next(p, l).(*ast.IfStmt)
	if !ok || branch.Init != nil || !returnsErrorAtEnd(p, branch.Body) {
		return false
	}
	return slices.ContainsFunc(tries(l), func(call *ast.CallExpr) bool {
		method, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || p.TypesInfo.Selections[method] == nil {
			return false
		}
		subject := syntax.Root(method.X)
		return subject != nil && syntax.Mentions(p.TypesInfo, branch.Cond, p.TypesInfo.ObjectOf(subject))
	})
}

// returnsErrorAtEnd reports whether a block ends with the return of something other than nil.
func returnsErrorAtEnd(p *check.Pass, body *ast.BlockStmt) bool {
	if !syntax.ReturnsAtEnd(body) {
		return false
	}
	results := body.List[len(body.List)-1].(*ast.ReturnStmt).Results
	return len(results) > 0 && !p.TypesInfo.Types[results[len(results)-1]].IsNil()
}

// setFromInside returns the variables from outside that a loop sets, its counter included.
func setFromInside(p *check.Pass, l *loop.Loop) map[*types.Var]bool {
	set := map[*types.Var]bool{}
	add := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if v, ok := p.TypesInfo.Uses[id].(*types.Var); ok && !syntax.Contains(l.Stmt, v.Pos()) {
				set[v] = true
			}
		}
	}
	ast.Inspect(l.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				add(left)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return set
}

// rewrites reports whether a use of a variable is an assignment to it.
func rewrites(p *check.Pass, use *ast.Ident) bool {
	list := assignments.Of(p)[p.TypesInfo.Uses[use]]
	i := sort.Search(len(list), func(i int) bool { return list[i].id.Pos() >= use.Pos() })
	return i < len(list) && list[i].id == use
}
