package loops

import (
	"go/ast"
	"go/types"
	"slices"

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
	for o := range unused {
		if r.within(o) || r.keeps[o] {
			continue
		}
		decl, outside := r.usesOutside(o)
		if outside {
			return r.fail(r.loop.Stmt, "%s is used outside of the loop too", o.Name())
		}
		if decl != nil && !slices.Contains(r.site.Removes, decl) {
			r.site.Removes = append(r.site.Removes, decl)
		}
	}
	slices.SortFunc(r.site.Removes, func(a, b ast.Stmt) int { return int(a.Pos() - b.Pos()) })
	return nil
}

// usesOutside returns the statement before the loop that declares a variable and nothing else, and reports whether anything
// else outside of the loop uses the variable.
func (r *reader) usesOutside(o types.Object) (decl ast.Stmt, outside bool) {
	for _, stmt := range r.list[:r.at] {
		if stmt.Pos() <= o.Pos() && o.Pos() < stmt.End() && len(r.assigned(stmt)) == 1 {
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
