package loops

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// removeUnused removes the declarations of variables that only counted attempts, or held the delay.
func (r *reader) removeUnused() error {
	unused := r.gone()
	if c := r.count.counter; c != nil {
		unused[c] = true
	}
	if r.duration != nil {
		unused[r.object(r.duration.from)] = true
	}
	for _, o := range r.replayed {
		unused[o] = true
	}
	for _, o := range sorted(unused) {
		if r.within(o) || r.keeps[o] {
			continue
		}
		decl, outside := r.usesOutside(o)
		if outside && !(o == r.count.counter && decl != nil && r.usedBehind(o) && !r.usedBefore(o, decl) && r.editBehind()) {
			return r.fail(r.loop.Stmt, "%s is used outside of the loop too", o.Name())
		}
		if decl != nil && !slices.Contains(r.site.Removes, decl) {
			r.site.Removes = append(r.site.Removes, decl)
		}
	}
	r.shorten(unused)
	slices.SortFunc(r.site.Removes, func(a, b ast.Stmt) int { return int(a.Pos() - b.Pos()) })
	return nil
}

// shorten keeps what is still used of statements that declare several variables.
func (r *reader) shorten(unused map[types.Object]bool) {
	r.site.Removes = slices.DeleteFunc(r.site.Removes, func(stmt ast.Stmt) bool {
		a, ok := stmt.(*ast.AssignStmt)
		if !ok || len(a.Lhs) == 1 {
			return false
		}
		var names, values []string
		for i, left := range a.Lhs {
			if o := r.object(left); o == nil || !unused[o] || r.keeps[o] {
				names, values = append(names, r.Source(left)), append(values, r.Source(a.Rhs[i]))
			}
		}
		if len(names) == 0 {
			return false
		}
		text := strings.Join(names, ", ") + " " + a.Tok.String() + " " + strings.Join(values, ", ")
		r.site.Edits = append(r.site.Edits, site.Patch{Pos: a.Pos(), End: a.End(), Text: text})
		return true
	})
}

// usesOutside returns the statement before the loop that declares a variable, and reports whether anything else outside of the
// loop uses the variable.
func (r *reader) usesOutside(o types.Object) (decl ast.Stmt, outside bool) {
	for _, stmt := range r.list[:r.at] {
		if stmt.Pos() <= o.Pos() && o.Pos() < stmt.End() && r.separable(stmt) {
			decl = stmt
		}
	}
	_, body := syntax.FuncParts(r.loop.Function)
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || r.Info.ObjectOf(id) != o || r.loop.Stmt.Pos() <= id.Pos() && id.Pos() < r.loop.Stmt.End() {
			return true
		}
		outside = outside || decl == nil || id.Pos() < decl.Pos() || id.Pos() >= decl.End()
		return true
	})
	return decl, outside
}

// separable reports whether a statement assigns one variable, or each of several a value of its own.
func (r *reader) separable(stmt ast.Stmt) bool {
	a, ok := stmt.(*ast.AssignStmt)
	return len(r.assigned(stmt)) == 1 || ok && len(a.Lhs) == len(a.Rhs)
}

// usedBefore reports whether code before the loop, other than its declaration, mentions a variable.
func (r *reader) usedBefore(o types.Object, decl ast.Stmt) bool {
	return slices.ContainsFunc(r.list[:r.at], func(s ast.Stmt) bool { return s != decl && r.mentions(s, o) })
}
