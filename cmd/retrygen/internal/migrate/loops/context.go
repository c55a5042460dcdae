package loops

import (
	"fmt"
	"go/ast"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// readContext finds the context that ends the retries, and says what is returned then.
func (r *reader) readContext() error {
	for _, look := range r.looks {
		r.site.Context = r.contextOf(look)
		r.site.Differ("a context that is done before the first attempt does not keep it from being made")
		r.lookBodies = append(r.lookBodies, bodyOfLook(look))
	}
	for _, s := range r.way.steps {
		if r.isLook(s.stmt) {
			s.gone = true
			r.site.Context = r.contextOf(s.stmt)
			r.lookBodies = append(r.lookBodies, bodyOfLook(s.stmt))
		}
	}
	r.dropLooks(r.tree.steps)
	if r.first != nil {
		r.dropLooks(r.first.steps)
	}
	if r.site.Context == nil && r.asked != nil {
		r.site.Context = r.asked
	}
	if r.site.Context != nil && r.wait != nil && r.wait.ctx == nil {
		r.site.Differ("a context that is done during a wait ends it; before, the loop looked at the context between waits")
	}
	if r.wait != nil && r.wait.ctx != nil {
		r.site.Context = r.wait.ctx
	}
	if r.site.Context == nil {
		if r.duration != nil {
			r.option(site.Text("error", "last"))
			r.sayNoError()
		}
		return nil
	}
	switch {
	case r.wait != nil && r.wait.ctx != nil:
		r.site.Differ(site.DiffersDeadline)
	case r.wait != nil:
		r.site.Differ("a wait that would end after the context's deadline ends the retries; before, the loop waited, and looked then")
	}
	var body []ast.Stmt
	if len(r.lookBodies) > 0 {
		body = r.lookBodies[len(r.lookBodies)-1]
	}
	if r.wait != nil && len(r.wait.cut) > 0 {
		body = r.wait.cut
	}
	if r.wait != nil && r.wait.ctx != nil && !r.leavesBy(r.wait.cut) {
		r.site.Differ("a done context ends the retries; before, the loop went on, without waits")
	}
	r.readCut(body)
	r.sayLooks(body)
	if r.duration != nil {
		r.sayNoError()
	}
	return nil
}

// sayNoError says that there is an error when the time is over after a result that was to be retried.
func (r *reader) sayNoError() {
	if r.results {
		r.site.Differ("when the time for all retries is over after an attempt without an error, there is a *retry.Error; before, there was none")
	}
}

// sayCut says what the loop did when the context had ended, as far as the error does not say it.
func (r *reader) sayCut(list []ast.Stmt) {
	for i, stmt := range list {
		ret, ok := stmt.(*ast.ReturnStmt)
		switch {
		case i < len(list)-1 && !r.releases(stmt):
			r.site.Differ(fmt.Sprintf("what line %d did for a context that has ended is not done any more", r.line(stmt.Pos())))
		case isBranch(stmt) && syntax.Leaves(list, true) && r.endsInside():
			r.site.Differ(fmt.Sprintf("before, the loop ended with what stands behind it when the context had ended (line %d)", r.line(stmt.Pos())))
		case !ok || len(ret.Results) == 0 || r.returnsLast(list):
		case !r.returnsContext(ret.Results[len(ret.Results)-1]):
			r.site.Differ(fmt.Sprintf("before, the loop ended with %s when the context had ended (line %d)", r.Source(ret), r.line(ret.Pos())))
		}
	}
}

// returnsContext reports whether an expression is the error of a context, or of a helper that waited for it.
func (r *reader) returnsContext(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return r.errOf(x) != nil || syntax.FullName(r.Info, x) == "context.Cause"
	case *ast.Ident:
		o := r.object(x)
		return o != nil && (r.looked[o] != nil || r.wait != nil && r.assigned(r.wait.stmt)[o])
	}
	return false
}

// bodyOfLook returns what a look at the context does when that has ended.
func bodyOfLook(stmt ast.Stmt) []ast.Stmt {
	switch s := stmt.(type) {
	case *ast.IfStmt:
		return s.Body.List
	case *ast.SelectStmt:
		for _, clause := range s.Body.List {
			if c := clause.(*ast.CommClause); c.Comm != nil {
				return c.Body
			}
		}
	}
	return nil
}

// contextOf returns the context that a statement looks at.
func (r *reader) contextOf(stmt ast.Stmt) ast.Expr {
	switch s := stmt.(type) {
	case *ast.IfStmt:
		return r.looksAtContext(s.Cond)
	case *ast.SelectStmt:
		for _, clause := range s.Body.List {
			if from := syntax.ReceivedFrom(clause.(*ast.CommClause).Comm); from != nil {
				return r.done(from)
			}
		}
	}
	return nil
}

// dropLooks marks branches that look at the context.
func (r *reader) dropLooks(steps []*step) {
	for _, s := range steps {
		if s.cond == nil {
			continue
		}
		if ctx := r.looksAtContext(s.cond); ctx != nil {
			s.gone = true
			r.site.Context = ctx
			if branch, ok := s.stmt.(*ast.IfStmt); ok && s.then.end == leaves {
				r.lookBodies = append(r.lookBodies, branch.Body.List)
				r.lookedAt = append(r.lookedAt, branch.Pos())
			}
			continue
		}
		r.dropLooks(s.then.steps)
		if s.els != nil {
			r.dropLooks(s.els.steps)
		}
	}
}

// returnsLast reports whether code that runs when the context ends returns the error of the last attempt, or leaves that to
// what stands behind the loop.
func (r *reader) returnsLast(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		n := len(last.Results)
		return n == 0 || r.object(last.Results[n-1]) == r.err
	case *ast.BranchStmt:
		return syntax.Leaves(list, true)
	}
	return false
}
