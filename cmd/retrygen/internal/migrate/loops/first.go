package loops

import (
	"go/ast"
	"go/token"
	"go/types"
)

// readFirst reads a wait before an attempt. One that all rounds but the first begin with is the wait of a retry. So is one that
// is made in each round; before the first attempt it stays as it is.
func (r *reader) readFirst(stmt ast.Stmt) error {
	branch, ok := stmt.(*ast.IfStmt)
	switch {
	case r.first != nil:
		return r.fail(stmt, "it waits in several places")
	case ok && branch.Else == nil && branch.Init == nil && r.notFirst(branch.Cond):
		list, err := r.readList(branch.Body.List)
		r.first = list
		return err
	case r.waitAt(stmt) == nil || jumps(stmt):
		return r.fail(stmt, "it waits before the first attempt")
	}
	r.first = &list{}
	for _, s := range r.attempt {
		r.first.steps = append(r.first.steps, &step{stmt: s})
	}
	r.first.steps = append(r.first.steps, &step{stmt: stmt})
	if len(r.attempt) > 0 || r.mentions(stmt, r.count.counter) {
		return r.readGrown(stmt)
	}
	r.site.Head = r.headText(stmt)
	return nil
}

// headText writes the wait before the first attempt.
func (r *reader) headText(stmt ast.Stmt) string {
	if stmt != r.flat.head {
		return r.withComments(stmt, r.Source(stmt))
	}
	clause, end := r.flat.round, "}"
	for _, c := range r.flat.whole.Body.List {
		if c.Pos() > clause.Pos() {
			end = r.Text(c.Pos(), r.flat.whole.End())
		}
	}
	return r.Text(stmt.Pos(), clause.Colon+1) + "\n" + end + "\n"
}

// jumps reports whether a statement has a break, a continue or a goto: out of the loop, these would lead elsewhere.
func jumps(stmt ast.Stmt) bool {
	found := false
	inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
		_, ok := n.(*ast.BranchStmt)
		found = found || ok
		return !found
	})
	return found
}

// steady reports whether an expression mentions nothing that changes from round to round.
func (r *reader) steady(e ast.Expr) bool {
	changed := r.assigned(r.loop.Stmt)
	same := true
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := r.Info.ObjectOf(id).(*types.Var); ok && !v.IsField() {
				same = same && !changed[v] && !r.within(v)
			}
		}
		return same
	})
	return same
}

// notFirst reports whether a condition holds in all rounds but the first.
func (r *reader) notFirst(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || r.count.counter == nil || r.object(b.X) != r.count.counter {
		return false
	}
	first, known := r.integer(r.count.first)
	n, constant := r.integer(b.Y)
	if !known || !constant || r.count.step < 0 {
		return false
	}
	if steps := r.count.steps; steps != nil && !r.isPost(steps) && steps.Pos() < e.Pos() {
		first++ // it has been counted already
	}
	return (b.Op == token.GTR || b.Op == token.NEQ) && n == first || b.Op == token.GEQ && n == first+1
}
