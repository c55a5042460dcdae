package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// withNumber writes a statement behind the call. Where it runs only if no retry is left, the number of the attempt is that of the
// last one, which the limit says:
//
//	if attempt >= c.attempts {
//		return fmt.Errorf("after %d attempts: %w", attempt, err)
//	}
func (r *reader) withNumber(stmt ast.Stmt) string {
	if text, ok := r.written[stmt]; ok {
		return text
	}
	text, at := "", stmt.Pos()
	ast.Inspect(stmt, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || r.count.counter == nil || r.object(id) != r.count.counter || !r.onlyAtLimit(id.Pos()) {
			return true
		}
		if number, ok := r.lastNumber(id.Pos()); ok {
			text, at = text+r.Text(at, id.Pos())+number, id.End()
		}
		return true
	})
	return text + r.Text(at, stmt.End())
}

// onlyAtLimit reports whether each way through a position compares the counter with the limit, and has reached it.
func (r *reader) onlyAtLimit(pos token.Pos) bool {
	ways, err := r.paths(r.tree)
	found := false
	for _, way := range ways {
		if !way.holds(pos) {
			continue
		}
		found = true
		reached := false
		for _, t := range way.terms {
			if r.isTest(t.cond) {
				holds, known := r.knownAtEnd(t.cond)
				reached = reached || known && holds == t.holds
			}
		}
		if !reached {
			return false
		}
	}
	return found && err == nil
}

// holds reports whether a statement of a way is at a position.
func (p *path) holds(pos token.Pos) bool {
	for _, s := range p.steps {
		if s.stmt.Pos() <= pos && pos < s.stmt.End() {
			return true
		}
	}
	return p.final != nil && p.final.Pos() <= pos && pos < p.final.End()
}

// editBehind writes the number of the last attempt where the code behind the loop mentions the counter, and reports whether
// that is known: the loop is left for that code by one way alone, the test of the counter.
func (r *reader) editBehind() bool {
	o := r.count.counter
	number, ok := r.numberBehind()
	for _, stmt := range r.list[r.at+1:] {
		if r.assigned(stmt)[o] {
			return false
		}
		ast.Inspect(stmt, func(n ast.Node) bool {
			if id, uses := n.(*ast.Ident); uses && r.object(id) == o {
				r.site.Edits = append(r.site.Edits, site.Patch{Pos: id.Pos(), End: id.End(), Text: number})
			}
			return true
		})
	}
	return ok
}

// numberBehind writes what the counter is behind the loop.
func (r *reader) numberBehind() (text string, ok bool) {
	ways, err := r.paths(r.tree)
	if err != nil || r.early {
		return "", false
	}
	f, _ := r.loop.Stmt.(*ast.ForStmt)
	at := token.NoPos
	for _, way := range ways {
		b, breaks := way.final.(*ast.BranchStmt)
		switch {
		case !breaks || b.Tok != token.BREAK:
			continue
		case f == nil || f.Cond != nil || !r.onlyAtLimit(b.Pos()):
			return "", false
		}
		at = b.Pos()
	}
	if at.IsValid() {
		return r.lastNumber(at)
	}
	if f == nil || !r.isPost(r.count.steps) {
		return "", false
	}
	return r.lastNumber(token.NoPos)
}

// lastNumber writes what the counter is at a position of the last round. No position stands for the end of that round.
func (r *reader) lastNumber(pos token.Pos) (text string, ok bool) {
	c := r.count
	first, known := r.integer(orBlank(c.first))
	if !known || !c.known || c.step != 1 || c.misses && c.limit != nil && !r.isConstant(c.limit) {
		return "", false
	}
	if !pos.IsValid() || c.steps != nil && !r.isPost(c.steps) && c.steps.Pos() < pos {
		first++
	}
	more := c.plus - 1 + first
	if c.limit == nil {
		return fmt.Sprint(more), true
	}
	limit := r.Source(c.limit)
	if !types.Identical(r.Info.TypeOf(c.limit), c.counter.Type()) {
		limit = r.typeText(c.counter.Type()) + "(" + limit + ")"
	}
	if more != 0 {
		limit = fmt.Sprintf("%s %c %d", limit, sign(more), abs(more))
	}
	if r.isConstant(c.limit) {
		return limit, true
	}
	return fmt.Sprintf("max(%d, %s)", first, limit), r.Since(21) && r.Types.Scope().Lookup("max") == nil
}

func (r *reader) isConstant(e ast.Expr) bool { return r.Info.Types[e].Value != nil }

// usesNumber reports whether the code that runs when no retry is left mentions the number of the attempt.
func (r *reader) usesNumber() bool {
	if r.count.counter == nil {
		return false
	}
	ways, _ := r.paths(r.tree)
	for _, way := range ways {
		if way.end == leaves && r.atLast(way) && way.final != nil && r.mentions(way.final, r.count.counter) {
			return true
		}
	}
	return r.usedBehind(r.count.counter)
}
