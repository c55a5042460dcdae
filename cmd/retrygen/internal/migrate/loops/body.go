package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// readHead reads what the statement of the loop says: the counter, and the condition that ends it.
func (r *reader) readHead() error {
	r.readReset()
	r.findCounter()
	r.noteLooks()
	if early, err := r.readEarly(); early || err != nil {
		return err
	}
	switch s := r.loop.Stmt.(type) {
	case *ast.RangeStmt:
		return r.readRange(s)
	case *ast.ForStmt:
		if s.Cond == nil {
			return nil
		}
		for _, t := range split(s.Cond, true) {
			if err := r.readHeadTerm(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// readHeadTerm reads a part of the condition that has to hold before each attempt.
func (r *reader) readHeadTerm(t term) error {
	switch {
	case r.isTest(t.cond):
		c, err := r.evaluate(t.cond, !t.holds, true)
		if err != nil {
			return err
		}
		return r.counted(c)
	case r.elapsedIn(t.cond) != nil && r.elapsedIn(t.cond).over != t.holds:
		return r.limitTime(r.elapsedIn(t.cond), true)
	case r.looksAtContext(t.cond) != nil:
		return r.fail(t.cond, "the loop is over once the context is done, and what stands behind it cannot tell why")
	case r.unlessNone(t):
		r.headTerm = &t
		r.site.Differ("where " + r.Source(t.cond) + " does not hold at first, the loop made no attempt; now there is one")
		return nil
	case r.holdsTest(t.cond):
		return r.fail(t.cond, "with %s, nothing may limit the attempts, and no option says so", r.Source(t.cond))
	}
	return r.fail(t.cond, "its condition asks for %s before each attempt", r.Source(t.cond))
}

// holdsTest reports whether a part of a condition compares the counter.
func (r *reader) holdsTest(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	return ok && (r.isTest(b) || r.holdsTest(b.X) || r.holdsTest(b.Y))
}

// counted sets the number of attempts, or checks that another test comes to the same.
func (r *reader) counted(c count) error {
	if r.count.known && !r.count.equals(c, r) {
		return r.fail(c.test, "two tests limit the attempts to different numbers")
	}
	if r.count.known {
		c.least, c.misses = min(c.least, r.count.least), c.misses && r.count.misses
	}
	r.count = c
	return nil
}

// readRange reads for range n, and a range over a list of delays.
func (r *reader) readRange(s *ast.RangeStmt) error {
	t := r.Info.TypeOf(s.X)
	if basic, ok := t.Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
		r.count.first, r.count.step = zero, 1
		c, err := r.difference(r.count, s.X, s.X, zero, 0)
		r.count = c
		return err
	}
	if isDurations(t) {
		return r.readDurations(s)
	}
	return r.fail(s, "it ranges over %s", r.Source(s.X))
}

// readBody divides a round into the attempt and the decisions behind it.
func (r *reader) readBody() error {
	if r.early {
		return nil
	}
	if err := r.findSplit(); err != nil {
		return err
	}
	for _, stmt := range r.body[:r.split] {
		if err := r.readLead(stmt); err != nil {
			return err
		}
	}
	var err error
	if r.tree, err = r.readList(r.body[r.split:]); err != nil {
		return err
	}
	if first := r.tree.steps[0]; first.init != nil && r.worksIn(first.init) {
		r.attempt, r.inHead = append(r.attempt, first.init), true
		r.headOfIf = site.Patch{Pos: first.stmt.Pos(), End: first.init.Pos()}
		first.init = nil
	}
	r.lead = len(r.attempt)
	if len(r.attempt) == 0 {
		return r.fail(r.loop.Stmt, "the attempt is a part of the condition")
	}
	return nil
}

// findSplit finds the first statement that decides: the one behind the last operation that is judged, or the branch that
// begins with it.
func (r *reader) findSplit() error {
	last := -1
	for i, stmt := range r.body[:r.lastContinue()+1] {
		if r.worksIn(stmt) {
			last = i
		}
	}
	if last < 0 {
		return r.fail(r.loop.Stmt, "the attempt is not a statement of the loop itself")
	}
	r.split = last + 1
	if branch, ok := r.body[last].(*ast.IfStmt); ok {
		switch {
		case branch.Init == nil && !r.worksIn(branch.Body):
			return r.fail(branch, "the attempt is a part of a condition; it has to be a statement that assigns its error")
		case branch.Init == nil || !r.worksIn(branch.Init) || r.worksIn(branch.Body):
			return r.fail(branch, "the attempt stands inside of another statement")
		}
		r.split = last
	}
	for r.split > last && r.split < len(r.body) && r.belongs(r.body[r.split]) {
		r.split++
	}
	if r.split == len(r.body) {
		return r.fail(r.loop.Stmt, "nothing decides behind the attempt")
	}
	return nil
}

// lastContinue returns the index of the last statement from which another attempt may follow. What stands behind it is done only
// where none does.
func (r *reader) lastContinue() int {
	end := len(r.body) - 1
	if e, ends := r.endOf(r.body[end]); !ends || e != leaves {
		return end
	}
	for i := end; i >= 0; i-- {
		found := false
		inspectOwn([]ast.Node{r.body[i]}, func(n ast.Node) bool {
			b, ok := n.(*ast.BranchStmt)
			found = found || ok && b.Tok == token.CONTINUE
			return !found
		})
		if found {
			return i
		}
	}
	return end
}

// belongs reports whether a statement behind the operation is a part of the attempt: it does something whatever the result is,
// rather than to compute what decides.
func (r *reader) belongs(stmt ast.Stmt) bool {
	if r.exits(stmt) || r.holdsWait(stmt) || stmt == r.count.steps {
		return false
	}
	for o := range r.assigned(stmt) {
		for _, w := range r.loop.Waits {
			if w.Delay != nil && r.mentions(w.Delay, o) || r.mentions(w.Node, o) {
				return false
			}
		}
	}
	switch s := stmt.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE && (s.Tok != token.ASSIGN || syntax.HasCall(s.Rhs[0]))
	case *ast.IfStmt:
		for o := range r.assigned(s) {
			if syntax.IsError(o.Type()) && (o.Pos() < s.Pos() || o.Pos() >= s.End()) {
				return true // the next part of the attempt
			}
		}
	}
	return false
}

// worksIn reports whether a statement does what is tried and judged behind it. What is done behind the judgement prepares the next
// attempt.
func (r *reader) worksIn(stmt ast.Stmt) bool {
	for _, j := range r.loop.Judges {
		end := j.Pos
		if j.Cond != nil {
			end = j.Cond.End()
		}
		for _, op := range j.Operations {
			if stmt.Pos() <= op.Pos() && op.End() <= stmt.End() && op.Pos() < end {
				return true
			}
		}
		if j.Cond != nil && r.failsIn(stmt, j.Cond) {
			return true
		}
	}
	return false
}

// failsIn reports whether a statement assigns an error that a condition behind it judges, and that no other error has been made into:
// resp, err = client.Do(req), which works with the result of another operation.
func (r *reader) failsIn(stmt ast.Stmt, judge ast.Expr) bool {
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 || judge.Pos() < a.End() || !syntax.HasCall(a.Rhs[0]) || r.doing(a) == nil {
		return false
	}
	err := r.object(a.Lhs[len(a.Lhs)-1])
	if err == nil || !syntax.IsError(err.Type()) || !r.mentions(judge, err) {
		return false
	}
	takesError := false
	inspectOwn([]ast.Node{a.Rhs[0]}, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		takesError = takesError || ok && r.object(id) != nil && syntax.IsError(r.object(id).Type())
		return !takesError
	})
	return !takesError
}

// readLead reads a statement before the decisions: a part of the attempt, a look at the context, or a wait that all
// attempts but the first begin with.
func (r *reader) readLead(stmt ast.Stmt) error {
	if stmt == r.count.steps {
		return nil
	}
	if r.isLook(stmt) {
		r.looks = append(r.looks, stmt)
		return nil
	}
	if r.waitIn(stmt) != nil {
		return r.readFirst(stmt)
	}
	if r.cancels(stmt) {
		r.attempt = append(r.attempt, stmt)
		return nil
	}
	switch s := stmt.(type) {
	case *ast.BranchStmt, *ast.DeferStmt, *ast.GoStmt, *ast.LabeledStmt:
		return r.fail(s, "the attempt has a statement that cannot be moved into a function")
	}
	r.attempt = append(r.attempt, stmt)
	return nil
}
