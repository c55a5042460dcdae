package loops

import (
	"go/ast"
	"go/token"
)

// end is where control goes behind a list of statements.
type end int

const (
	falls  end = iota // to what stands behind
	leaves            // out of the loop
	again             // to the next round
	mixed             // out of the loop or to the next round
)

// list is a sequence of statements of a round. A switch without a tag is read as the ifs that it stands for.
type list struct {
	steps []*step
	end   end
}

// step is a statement.
type step struct {
	stmt  ast.Stmt
	ends  end  // of the round, for a return, break or continue
	early bool // it stands before the attempt
	gone  bool // it does not stay: a wait, what counts, what only a wait needs

	// Of a branch with ways out of the round, or with a wait:
	cond ast.Expr // nil for a plain statement
	init ast.Stmt
	then *list
	els  *list // nil for none
}

// walk visits the steps of a list and of what is inside.
func (l *list) walk(visit func(*step)) {
	for _, s := range l.steps {
		visit(s)
		if s.cond != nil {
			s.then.walk(visit)
			if s.els != nil {
				s.els.walk(visit)
			}
		}
	}
}

// readList reads statements up to the one that ends them.
func (r *reader) readList(stmts []ast.Stmt) (*list, error) {
	l := &list{}
	for i, stmt := range stmts {
		if e, ends := r.endOf(stmt); ends {
			l.steps, l.end = append(l.steps, &step{stmt: stmt, ends: e}), e
			return l, nil
		}
		if _, ok := stmt.(*ast.DeferStmt); ok && returns(stmts[i+1:]) {
			l.steps = append(l.steps, &step{stmt: stmt}) // the function ends with this round
			continue
		}
		s, err := r.readStep(stmt)
		if err != nil {
			return nil, err
		}
		l.steps = append(l.steps, s)
		if l.end = s.end(); l.end != falls {
			if i < len(stmts)-1 {
				return nil, r.fail(stmts[i+1], "it is never reached")
			}
			return l, nil
		}
	}
	return l, nil
}

// end returns where control goes behind a step.
func (s *step) end() end {
	switch {
	case s.cond == nil || s.els == nil || s.then.end == falls || s.els.end == falls:
		return falls
	case s.then.end == s.els.end:
		return s.then.end
	}
	return mixed
}

// endOf reports whether a statement ends the round, and how.
func (r *reader) endOf(stmt ast.Stmt) (end, bool) {
	switch s := stmt.(type) {
	case *ast.ReturnStmt:
		return leaves, true
	case *ast.BranchStmt:
		if s.Label != nil && s.Label.Name != r.label || s.Label == nil && s.Tok == token.BREAK && r.switches > 0 {
			break
		}
		switch s.Tok {
		case token.BREAK:
			return leaves, true
		case token.CONTINUE:
			return again, true
		}
	case *ast.ExprStmt:
		if r.isNever(s) {
			return leaves, true
		}
	}
	return falls, false
}

// readStep reads a statement that does not end the round.
func (r *reader) readStep(stmt ast.Stmt) (*step, error) {
	switch stmt := stmt.(type) {
	case *ast.IfStmt:
		return r.readIf(stmt)
	case *ast.SwitchStmt:
		return r.readSwitch(stmt)
	case *ast.SelectStmt:
		if r.waitAt(stmt) == nil && r.exits(stmt) {
			return nil, r.fail(stmt, "a select decides")
		}
	case *ast.BranchStmt:
		return nil, r.fail(stmt, "%s leads out of the loop", r.Source(stmt))
	case *ast.DeferStmt:
		if r.whole != nil && r.defersOwn(stmt) {
			break
		}
		if !r.releases(stmt) {
			return nil, r.fail(stmt, "what is deferred in a loop runs at the end of the function")
		}
	case *ast.GoStmt:
		return nil, r.fail(stmt, "it starts a goroutine")
	default:
		if r.exits(stmt) {
			return nil, r.fail(stmt, "the loop ends, or goes on, from inside of another statement")
		}
	}
	return &step{stmt: stmt}, nil
}

func (r *reader) readIf(stmt *ast.IfStmt) (*step, error) {
	if r.waitAt(stmt) != nil {
		return &step{stmt: stmt}, nil // if err := sleep(ctx, d); err != nil
	}
	then, err := r.readList(stmt.Body.List)
	if err != nil {
		return nil, err
	}
	s := &step{stmt: stmt, cond: stmt.Cond, init: stmt.Init, then: then}
	switch other := stmt.Else.(type) {
	case *ast.BlockStmt:
		s.els, err = r.readList(other.List)
	case *ast.IfStmt:
		s.els, err = r.readList([]ast.Stmt{other})
	}
	if err != nil {
		return nil, err
	}
	return r.plain(s), nil
}

// plain returns a branch as a plain statement, if it does nothing but go on with what stands behind.
func (r *reader) plain(s *step) *step {
	special := r.exits(s.stmt) || r.waitAt(s.stmt) != nil
	(&list{steps: []*step{s}}).walk(func(inner *step) { special = special || inner.ends != falls })
	inspectOwn([]ast.Node{s.stmt}, func(n ast.Node) bool {
		stmt, ok := n.(ast.Stmt)
		special = special || ok && (r.waitAt(stmt) != nil || stmt == r.count.steps)
		return !special
	})
	if special || r.isTest(s.cond) {
		return s
	}
	return &step{stmt: s.stmt}
}

// holdsWait reports whether a wait stands inside of a statement.
func (r *reader) holdsWait(stmt ast.Stmt) bool {
	for _, w := range r.loop.Waits {
		if stmt.Pos() <= w.Node.Pos() && w.Node.End() <= stmt.End() {
			return true
		}
	}
	return false
}

// exits reports whether a statement has a way out of the round.
func (r *reader) exits(stmt ast.Stmt) bool {
	f := &exitFinder{}
	ast.Walk(f, stmt)
	return f.found != nil && *f.found
}

// exitFinder looks for ways out of a round.
type exitFinder struct {
	found  *bool
	loop   bool // inside of a loop within the round
	branch bool // inside of a switch or a select, or of such a loop
}

// Visit implements ast.Visitor.
func (f *exitFinder) Visit(n ast.Node) ast.Visitor {
	if f.found == nil {
		f.found = new(bool)
	}
	inside := *f
	switch n := n.(type) {
	case *ast.FuncLit:
		return nil
	case *ast.ReturnStmt:
		*f.found = true
	case *ast.BranchStmt:
		switch n.Tok {
		case token.BREAK:
			*f.found = *f.found || n.Label != nil || !f.branch
		case token.CONTINUE:
			*f.found = *f.found || n.Label != nil || !f.loop
		case token.GOTO:
			*f.found = true
		}
	case *ast.ForStmt, *ast.RangeStmt:
		inside.loop, inside.branch = true, true
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		inside.branch = true
	}
	return &inside
}
