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

var _ = Checks.Add("RL404", func(p *check.Pass) {
	for _, l := range retryLoops.Of(p) {
		rl404(p, l)
	}
	for _, lit := range retriedLiterals.Of(p) {
		if !p.Generated[p.FileOf(lit.Pos())] {
			hiddenOutside(p, lit)
		}
	}
	unread(p)
	thrownAway(p)
})

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
	goesOnAnyway(p, l)
	lost := map[*types.Var]bool{}
	hiddenFromTest(p, l, lost)
	lostAtEnd(p, l, lost)
	for _, e := range l.Unsuccessful() {
		if why := newLostError(p, l, e, "all attempts have failed"); why != nil && !lost[why.v] {
			lost[why.v] = why.shadowed() || why.unassigned()
		}
	}
	for _, e := range l.UsedUp() {
		if why := newLostError(p, l, e, "all attempts have failed"); why != nil && !lost[why.v] {
			lost[why.v] = why.overwritten()
		}
	}
	for _, e := range l.Interrupted() {
		if why := newLostError(p, l, e, "the context has ended"); why != nil && !lost[why.v] {
			lost[why.v] = why.shadowed() || why.unassigned()
		}
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
	_, retries := l.RetriesErrors()
	if signature.Results == nil || e.Works || e.Asks || l.RangesOverList() || p.InTest(l.Stmt.Pos()) || !retries && !l.AsksKind() ||
		!l.ReturnsWithin() && !leavesTo(p, l, e.Return) {
		return
	}
	results := signature.Results.List
	if !syntax.IsErrorItself(p.TypesInfo.TypeOf(results[len(results)-1].Type)) {
		return
	}
	for _, result := range e.Return.Results[:len(e.Return.Results)-1] {
		if syntax.IsBool(p.TypesInfo.TypeOf(result)) {
			return
		}
		if p.TypesInfo.Types[result].Value == nil && !p.TypesInfo.Types[result].IsNil() {
			return
		}
	}
	if saysAnyway(p, l, e.Return) {
		return
	}
	p.Reportf(e.Return, "all attempts have failed, and the caller sees success: return the last error")
}

// onPurpose matches texts that say that a function goes on though it has failed.
var onPurpose = regexp.MustCompile(`(?i)\b(anyway|proceed|continu|ignor|skipp)`)

// saysAnyway reports whether a text between a loop and a return says that the function goes on though all attempts have failed.
func saysAnyway(p *check.Pass, l *loop.Loop, ret ast.Node) bool {
	return slices.ContainsFunc(behind.Of(p)[l.Stmt], func(stmt ast.Stmt) bool {
		found := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			found = found || ok && lit.Kind == token.STRING && lit.Pos() < ret.Pos() && onPurpose.MatchString(lit.Value)
			return !found
		})
		return found
	})
}

// errorIn returns the error variable that a returned expression is or wraps, nil if there is none.
func errorIn(info *types.Info, e ast.Expr) *ast.Ident {
	if e == nil {
		return nil
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok && syntax.IsErrorItself(v.Type()) {
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
