// Package handloop recognizes loops that retry by hand:
//
//	for attempt := 0; attempt < 3; attempt++ {
//		if err = dial(); err == nil {
//			return nil
//		}
//		time.Sleep(time.Second)
//	}
//
// For this statement [Find] returns a loop whose counter is attempt, whose bound is 3, and that waits once.
package handloop

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Loop is a loop that repeats something until it succeeds.
type Loop struct {
	Stmt      ast.Stmt // *ast.ForStmt or *ast.RangeStmt
	Body      *ast.BlockStmt
	Counter   types.Object // what counts the attempts, nil for nothing
	Bounded   bool         // the number of attempts has a limit in the head of the loop
	Limit     ast.Expr     // that limit, as it is written; nil where it is not simple
	Inclusive bool         // the counter may reach the limit
	Bound     int          // the number of attempts where it is a constant, else 0
	Waits     []*Wait
}

// Wait is a place in a loop where it waits.
type Wait struct {
	Stmt  ast.Stmt   // the whole statement
	Call  ast.Node   // what waits
	Path  []ast.Node // from the loop's body down to the statement
	Sleep bool       // time.Sleep, which nothing interrupts
	Delay ast.Expr   // nil where it is not in sight
}

var (
	attemptPattern = regexp.MustCompile(`(?i)retr(y|ies)|attempt|tries|^try`)
	// WaitPattern matches the names of functions that wait.
	WaitPattern = regexp.MustCompile(`(?i)^(sleep|back_?off|pause|wait(for|backoff|retry|with|ctx|$))`)
)

// Find recognizes a retry loop, nil for any other: the loop leaves when an error is nil, goes on when it is not, and
// either waits in between or counts what is called an attempt, a try or a retry. A loop over different things, such as
// the addresses of a host, is not one.
func Find(info *types.Info, stmt ast.Stmt) *Loop {
	l := &Loop{Stmt: stmt}
	named := false
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		l.Body = stmt.Body
		if !l.head(info, stmt) {
			return nil
		}
		named = stmt.Cond != nil && attemptPattern.MatchString(syntax.Identifiers(stmt.Cond))
	case *ast.RangeStmt:
		t := info.TypeOf(stmt.X)
		if t == nil {
			return nil
		}
		if basic, ok := t.Underlying().(*types.Basic); !ok || basic.Info()&types.IsInteger == 0 {
			return nil
		}
		l.Body, l.Bounded, l.Limit = stmt.Body, true, stmt.X
		l.Bound, _ = syntax.ConstantInt(info, stmt.X)
		if id, ok := stmt.Key.(*ast.Ident); ok {
			l.Counter = info.Defs[id]
			named = attemptPattern.MatchString(id.Name)
		}
		named = named || attemptPattern.MatchString(syntax.Identifiers(stmt.X))
	default:
		return nil
	}
	if l.indexes(info) || !leavesOnSuccess(info, l.Body, l.Stmt) {
		return nil
	}
	l.findWaits(info)
	if len(l.Waits) == 0 && !named && !l.WaitsByName(info) {
		return nil
	}
	return l
}

// indexes reports whether the counter selects an element of something, so that each round has another subject. A table of
// delays is no subject.
func (l *Loop) indexes(info *types.Info) bool {
	if l.Counter == nil {
		return false
	}
	found := false
	ast.Inspect(l.Body, func(n ast.Node) bool {
		if index, ok := n.(*ast.IndexExpr); ok && syntax.Mentions(info, index.Index, l.Counter) {
			if t := info.TypeOf(index); t == nil || t.String() != "time.Duration" {
				found = true
			}
		}
		return true
	})
	return found
}

// WaitsByName reports whether the loop calls what is named like a wait.
func (l *Loop) WaitsByName(info *types.Info) bool {
	found := false
	ast.Inspect(l.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fn, ok := typeutil.Callee(info, call).(*types.Func); ok && WaitPattern.MatchString(fn.Name()) {
				found = true
			}
		}
		return !found
	})
	return found
}
