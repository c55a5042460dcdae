package rewrite

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// Order returns sites in the order in which they are best turned: as they stand, but those inside another one first.
func Order(sites []*site.Site) []*site.Site {
	var list []*site.Site
	done := map[*site.Site]bool{}
	var visit func(s *site.Site)
	visit = func(s *site.Site) {
		if done[s] {
			return
		}
		done[s] = true
		for _, inner := range sites {
			if inner.Pos > s.Pos && within(inner.Pos, extent(s)) {
				visit(inner)
			}
		}
		list = append(list, s)
	}
	for _, s := range sites {
		visit(s)
	}
	return list
}

// extent lists the nodes that turning a site replaces or moves.
func extent(s *site.Site) []ast.Node {
	var list []ast.Node
	if s.Call != nil {
		list = append(list, s.Call)
	}
	if s.Work.Defined != nil {
		list = append(list, s.Work.Defined)
	}
	for _, stmt := range s.Stmts {
		list = append(list, stmt)
	}
	return list
}

func within(pos token.Pos, nodes []ast.Node) bool {
	return slices.ContainsFunc(nodes, func(n ast.Node) bool { return n.Pos() <= pos && pos < n.End() })
}

// around returns a site with the edits inside its work as patches of the work, which may go elsewhere with it. They are edits of
// their own no more. The result is nil if an edit stands in another part of the site, which goes away.
func (r *Rewriter) around(s *site.Site) *site.Site {
	var inside, others []site.Patch
	for _, p := range r.accepted.patches {
		if within(p.Pos, extent(s)) && p.End > p.Pos {
			inside = append(inside, p)
		} else {
			others = append(others, p)
		}
	}
	if len(inside) == 0 {
		return s
	}
	for _, p := range inside {
		if !within(p.Pos, workOf(s)) || changes(s, p) {
			return nil
		}
	}
	outer := *s
	outer.Work.Patches = append(slices.Clone(s.Work.Patches), inside...)
	r.accepted.patches = others
	return &outer
}

// workOf lists the nodes of the work that stay as they are.
func workOf(s *site.Site) []ast.Node {
	if s.Work.Lit != nil {
		return []ast.Node{s.Work.Lit.Body}
	}
	var list []ast.Node
	for _, stmt := range s.Work.Block {
		list = append(list, stmt)
	}
	return list
}

// changes reports whether a site changes what an edit is about.
func changes(s *site.Site, edit site.Patch) bool {
	for _, p := range s.Work.Patches {
		if p.Pos < edit.End && edit.Pos < p.End {
			return true
		}
	}
	return slices.ContainsFunc(s.Work.Exits, func(e site.Exit) bool {
		return e.Stmt.Pos() < edit.End && edit.Pos < e.Stmt.End()
	})
}
