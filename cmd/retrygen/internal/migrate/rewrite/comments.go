package rewrite

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// keepComments moves the comments in a call of a library, and in what made its policy, above the statement with the call of the
// wrapper:
//
//	// It is slow to start.
//	err := pingWithRetry(ctx)
func (d *draft) keepComments() {
	above := d.listed()
	if above == nil {
		return
	}
	text := ""
	for _, group := range d.file.Comments {
		for _, c := range group.List {
			if d.loses(c) {
				text += c.Text + "\n"
			}
		}
	}
	if text != "" {
		d.patches = append([]site.Patch{{Pos: above.Pos(), End: above.Pos(), Text: text}}, d.patches...)
	}
}

// loses reports whether a comment stands in code that is replaced, and nothing else keeps it.
func (d *draft) loses(c *ast.Comment) bool {
	in := func(n ast.Node) bool { return n.Pos() <= c.Pos() && c.Pos() < n.End() }
	if d.annotated == nil && d.inWork(c.Pos()) {
		return false // it goes along with the work
	}
	for _, p := range d.site.Work.Patches {
		if p.Pos <= c.Pos() && c.Pos() < p.End {
			return false // a condition has it
		}
	}
	for _, o := range d.site.Policy {
		if o.Hook != nil && (o.Hook.Func != nil && in(o.Hook.Func) || slices.ContainsFunc(o.Hook.Parts, in)) {
			return false
		}
	}
	if in(d.site.Call) || d.site.Work.Defined != nil && in(d.site.Work.Defined) {
		return true
	}
	return slices.ContainsFunc(d.patches, func(p site.Patch) bool {
		return d.removes(p) && p.Pos <= c.Pos() && c.Pos() < p.End && !d.commentAt(p.Pos)
	})
}

// removes reports whether a patch removes a statement that made the policy.
func (d *draft) removes(p site.Patch) bool {
	return p.Text == "" && (slices.ContainsFunc(d.site.Removes, func(s ast.Stmt) bool { return s.End() == p.End }) ||
		slices.ContainsFunc(d.site.RemoveSpecs, func(s *ast.ValueSpec) bool { return s.End() == p.End }))
}

// commentAt reports whether a comment begins at a position: one about a variable that goes away.
func (d *draft) commentAt(pos token.Pos) bool {
	return slices.ContainsFunc(d.file.Comments, func(g *ast.CommentGroup) bool { return g.Pos() == pos })
}

// listed returns the statement around the call of the library that stands in a list of statements, nil if there is none.
func (d *draft) listed() ast.Stmt {
	if d.site.Call == nil {
		return nil
	}
	path := d.Path(d.site.Call)
	for i := len(path) - 1; i > 0; i-- {
		s, ok := path[i].(ast.Stmt)
		if !ok {
			continue
		}
		switch path[i-1].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return s
		}
	}
	return nil
}
