package loops

import (
	"fmt"
	"go/ast"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// cut records what the loop does when its context has ended. Differences say what is not done any more.
func (r *reader) cut(list []ast.Stmt) {
	for i, stmt := range list {
		if i < len(list)-1 && !r.releases(stmt) {
			r.site.Differ(fmt.Sprintf("what line %d does when the context has ended is not done", r.line(stmt.Pos())))
		}
	}
	if !syntax.Leaves(list, true) {
		r.site.Differ("a done context ends the retries; before, the loop went on, without waits")
		return
	}
	r.cuts, r.cutsAt = append(r.cuts, list[len(list)-1]), len(r.site.Differences)
}

// lookBody returns what a look at the context does when that has ended.
func lookBody(stmt ast.Stmt) []ast.Stmt {
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

// sayCuts says how the loop ended when its context had ended, unless what follows the call now does the same.
func (r *reader) sayCuts() {
	var list []string
	reached := r.reached()
	for _, stmt := range r.cuts {
		if r.sameEnd(stmt, reached) {
			continue
		}
		text := "what stands behind it"
		if ret, ok := stmt.(*ast.ReturnStmt); ok {
			text = r.Source(ret)
		}
		list = append(list, fmt.Sprintf("before, the loop ended with %s when the context had ended (line %d)", text, r.line(stmt.Pos())))
	}
	r.site.Differences = slices.Insert(r.site.Differences, r.cutsAt, list...)
}

// reached returns the statement that ends the decisions after a last attempt that is worth another. It is nil for the end of a
// round, where the loop goes on behind itself.
func (r *reader) reached() ast.Stmt {
	if way := r.lastWay(); way != nil {
		return way.final
	}
	return nil
}

// lastWay returns the way through the decisions after a last attempt that is worth another, nil if it cannot be told.
func (r *reader) lastWay() *path {
	ways, _ := r.tree.paths()
	for _, way := range ways {
		fits := true
		for _, t := range way.terms {
			holds, known := r.knownAtEnd(t.cond)
			fits = fits && (known && holds == t.holds || !known && (slices.Contains(r.way.terms, t) || r.positive(t)))
		}
		if fits {
			return &way
		}
	}
	return nil
}

// sameEnd reports whether the end of the loop by its context is the end after the last attempt, but for the error.
func (r *reader) sameEnd(cut, reached ast.Stmt) bool {
	if _, ok := cut.(*ast.BranchStmt); ok {
		_, returns := reached.(*ast.ReturnStmt)
		return !returns
	}
	if _, ok := reached.(*ast.ReturnStmt); !ok && r.at+1 < len(r.list) {
		reached = r.list[r.at+1]
	}
	ret, _ := cut.(*ast.ReturnStmt)
	end, ok := reached.(*ast.ReturnStmt)
	if ret == nil || !ok {
		return ret != nil && r.neverEnds() && ret == r.lastCut() && r.endsWith(ret)
	}
	before, after := r.returned(ret), r.returned(end)
	if len(before) == 0 || len(before) != len(after) {
		return len(before) == len(after)
	}
	n := len(before) - 1
	for i := range n {
		if r.Source(before[i]) != r.Source(after[i]) {
			return false
		}
	}
	return r.isLast(after[n]) && r.endsWith(ret)
}

// endsWith reports whether a return statement has the error that the wrapper returns when the context ends the retries: the
// context's, or the last one with error=last.
func (r *reader) endsWith(ret *ast.ReturnStmt) bool {
	values := r.returned(ret)
	if len(values) == 0 {
		return true
	}
	last := values[len(values)-1]
	for _, o := range r.site.Policy {
		if o.Name == "error" {
			return r.isLast(last)
		}
	}
	return r.returnsContext(last)
}

// isLast reports whether an expression is the error of the last attempt, or a variable that keeps it.
func (r *reader) isLast(e ast.Expr) bool {
	o := r.object(e)
	if o == nil || o == r.err {
		return o != nil
	}
	for _, s := range r.way.steps {
		if value, found := r.assignment(s.stmt, o); found {
			return value != nil && r.object(value) == r.err
		}
	}
	return false
}

// returned returns the values of a return statement. Those of one without are the named results.
func (r *reader) returned(ret *ast.ReturnStmt) []ast.Expr {
	signature, _ := syntax.FuncParts(r.loop.Function)
	if len(ret.Results) > 0 || signature.Results == nil {
		return ret.Results
	}
	var names []ast.Expr
	for _, field := range signature.Results.List {
		for _, id := range field.Names {
			names = append(names, id)
		}
	}
	return names
}

// lastCut returns the return statement of a wait that the context ends, nil if there is none.
func (r *reader) lastCut() *ast.ReturnStmt {
	if r.wait == nil || len(r.wait.cut) == 0 {
		return nil
	}
	ret, _ := r.wait.cut[len(r.wait.cut)-1].(*ast.ReturnStmt)
	return ret
}
