package loops

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/internal/syntax"
)

// readEarly reads a loop whose first attempt stands before it, and whose rounds end with another:
//
//	err := work()
//	for n := 0; err != nil && n < 3; n++ {
//		time.Sleep(time.Second)
//		err = work()
//	}
//
// It reports whether the loop is one.
func (r *reader) readEarly() (bool, error) {
	if r.at == 0 || len(r.body) == 0 {
		return false, nil
	}
	before, ok := r.list[r.at-1].(*ast.AssignStmt)
	if !ok {
		return false, nil
	}
	body, again := r.body[:len(r.body)-1], r.body[len(r.body)-1]
	f, isFor := r.loop.Stmt.(*ast.ForStmt)
	if isFor && f.Post != nil && r.sameAttempt(before, f.Post) {
		body, again = r.body, f.Post
	} else if !r.sameAttempt(before, again) {
		return false, nil
	}
	if !isFor {
		return true, r.readEarlyRange(before, body, again)
	}
	if f.Cond == nil {
		return false, nil
	}
	failed := false
	for _, t := range split(f.Cond, true) {
		if e := syntax.ErrorTest(r.Info, t.cond, token.NEQ); e != nil && t.holds && r.assigned(before)[r.object(e)] {
			failed = true
		}
	}
	if !failed {
		return false, nil
	}
	return true, r.readEarlyBody(f, before, body, again)
}

// readEarlyRange reads the rounds of a range.
func (r *reader) readEarlyRange(before ast.Stmt, body []ast.Stmt, next ast.Stmt) error {
	l, err := r.readRounds(body, next)
	if err != nil {
		return err
	}
	r.tree, r.attempt, r.early = l, []ast.Stmt{before}, true
	r.site.Stmts = r.list[r.at-1 : r.at+1]
	head := r.loop.Stmt.(*ast.RangeStmt)
	r.tests = append(r.tests, head.X.Pos())
	err = r.readRange(head)
	r.count.plus++
	return err
}

// readRounds reads the statements of a round up to the next attempt.
func (r *reader) readRounds(body []ast.Stmt, next ast.Stmt) (*list, error) {
	l, err := r.readList(body)
	if err == nil && l.end == falls {
		l.steps, l.end = append(l.steps, &step{stmt: next, ends: again}), again
	}
	return l, err
}

// sameAttempt reports whether two statements assign the same call to the same variables.
func (r *reader) sameAttempt(a *ast.AssignStmt, stmt ast.Stmt) bool {
	b, ok := stmt.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 || len(b.Rhs) != 1 || len(a.Lhs) != len(b.Lhs) || r.Source(a.Rhs[0]) != r.Source(b.Rhs[0]) {
		return false
	}
	if _, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr); !ok {
		return false
	}
	for i := range a.Lhs {
		if r.object(a.Lhs[i]) != r.object(b.Lhs[i]) {
			return false
		}
	}
	return true
}

// readEarlyBody makes the decisions of the condition in the head: another round, or the end of the loop.
func (r *reader) readEarlyBody(f *ast.ForStmt, before *ast.AssignStmt, body []ast.Stmt, next ast.Stmt) error {
	l, err := r.readRounds(body, next)
	if err != nil {
		return err
	}
	leave := &list{end: leaves, steps: []*step{{stmt: &ast.BranchStmt{TokPos: f.Cond.Pos(), Tok: token.BREAK}, ends: leaves}}}
	r.tree = &list{end: mixed, steps: []*step{{stmt: f, cond: f.Cond, then: l, els: leave}}}
	r.attempt, r.early = []ast.Stmt{before}, true
	r.site.Stmts = r.list[r.at-1 : r.at+1]
	return nil
}
