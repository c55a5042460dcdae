package loops

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// readReset reads that an attempt which ran long is a recovery: the count and the delay begin anew.
//
//	began := time.Now()
//	err := c.session(ctx)
//	…
//	if time.Since(began) >= c.stable {
//		wait, failures = c.first, 0
//	}
//
// Both statements go.
func (r *reader) readReset() {
	for i, stmt := range r.body {
		branch, ok := stmt.(*ast.IfStmt)
		if !ok || branch.Init != nil || branch.Else != nil {
			continue
		}
		b, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
		if !ok || b.Op != token.GEQ && b.Op != token.GTR || !r.invariant(b.Y) || !r.beginsAnew(branch.Body.List) {
			continue
		}
		began, more := r.sinceIn(b.X)
		from := slices.IndexFunc(r.body[:i], func(s ast.Stmt) bool { return r.setsNow(s, began) })
		if more != nil || from < 0 || !r.onlyMentionedIn(began, r.body[from], branch) {
			continue
		}
		r.body = slices.Concat(r.body[:from], r.body[from+1:i], r.body[i+1:])
		r.option(site.Durations("reset", r.Value(b.Y)))
		if _, known := r.Value(b.Y).Int(); !known {
			r.site.Differ("where " + r.Source(b.Y) + " is 0 or less, each attempt was long enough to begin anew; now none is")
		}
		return
	}
}

// beginsAnew reports whether statements set variables to what they are when the loop begins, and do nothing else.
func (r *reader) beginsAnew(list []ast.Stmt) bool {
	for _, stmt := range list {
		a, ok := stmt.(*ast.AssignStmt)
		if !ok || a.Tok != token.ASSIGN || len(a.Lhs) != len(a.Rhs) {
			return false
		}
		for i, left := range a.Lhs {
			o := r.object(left)
			if o == nil || r.within(o) && !r.isInit(o) {
				return false
			}
			first := r.initial(o)
			switch {
			case first == nil, first == zero && !r.isZero(a.Rhs[i]), first != zero && r.Source(first) != r.Source(a.Rhs[i]):
				return false
			}
		}
	}
	return len(list) > 0
}

// isZero reports whether an expression is the constant 0.
func (r *reader) isZero(e ast.Expr) bool {
	n, constant := r.integer(e)
	return constant && n == 0
}

// setsNow reports whether a statement declares a variable with the time.
func (r *reader) setsNow(stmt ast.Stmt, began ast.Expr) bool {
	a, ok := stmt.(*ast.AssignStmt)
	return ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 && began != nil && r.object(a.Lhs[0]) == r.object(began) && r.isNow(a.Rhs[0])
}

// onlyMentionedIn reports whether nothing of the loop mentions a variable but some statements.
func (r *reader) onlyMentionedIn(e ast.Expr, stmts ...ast.Stmt) bool {
	only := true
	ast.Inspect(r.loop.Stmt, func(n ast.Node) bool {
		if s, ok := n.(ast.Stmt); ok && slices.Contains(stmts, s) {
			return false
		}
		id, ok := n.(*ast.Ident)
		only = only && !(ok && r.object(id) == r.object(e))
		return only
	})
	return only
}
