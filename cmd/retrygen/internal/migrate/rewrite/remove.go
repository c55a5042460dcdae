package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// clear removes the statements that made the policy, as far as nothing else uses what they declare. Code that this site or an
// earlier one has replaced uses nothing any more.
func (d *draft) clear() {
	var list []ast.Node
	for _, s := range d.site.Removes {
		list = append(list, s)
	}
	for _, s := range d.site.RemoveSpecs {
		list = append(list, s)
	}
	for again := true; again; {
		again = false
		for _, v := range d.declaredIn(list) {
			if !d.usedOutside(v, list) {
				continue
			}
			list = slices.DeleteFunc(list, func(s ast.Node) bool { return syntax.Mentions(d.Info, s, v) || d.declares(s, v) })
			again = true
			break
		}
	}
	for i, s := range list {
		if !slices.Contains(list[:i], s) && !d.replaced(s.Pos()) {
			d.replace(d.commentOf(s), s.End(), "")
		}
	}
	for _, e := range d.site.Edits {
		d.replace(e.Pos, e.End, e.Text)
	}
}

// commentOf returns where the comment above a statement begins, if it is about the variable that the statement declares, as its
// name in front tells; otherwise where the statement begins. Other comments stay.
func (d *draft) commentOf(s ast.Node) token.Pos {
	for _, v := range d.declaredIn([]ast.Node{s}) {
		for _, group := range d.file.Comments {
			above := group.End() < s.Pos() && d.Fset.Position(group.End()).Line+1 == d.Fset.Position(s.Pos()).Line
			if above && strings.HasPrefix(group.Text(), v.Name()+" ") {
				return group.Pos()
			}
		}
	}
	return s.Pos()
}

// declaredIn lists the variables that statements declare or assign.
func (d *draft) declaredIn(list []ast.Node) []*types.Var {
	var vars []*types.Var
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if v, ok := d.Info.Defs[id].(*types.Var); ok && !v.IsField() && d.declares(s, v) {
				vars = append(vars, v)
			}
			return true
		})
	}
	return vars
}

// declares reports whether a statement itself declares a variable, rather than a function literal in it.
func (d *draft) declares(s ast.Node, v *types.Var) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, left := range s.Lhs {
			if id, ok := left.(*ast.Ident); ok && d.Info.Defs[id] == v {
				return true
			}
		}
	case *ast.DeclStmt, *ast.ValueSpec:
		return s.Pos() <= v.Pos() && v.Pos() < s.End()
	}
	return false
}

// usedOutside reports whether code that stays uses a variable.
func (d *draft) usedOutside(v *types.Var, list []ast.Node) bool {
	used := false
	result := d.lifted && v == d.errorVar() // the new function has a result of this name
	ast.Inspect(d.file, func(n ast.Node) bool {
		if n != nil && (slices.Contains(list, n) || d.site.Work.Drops(n)) {
			return false
		}
		id, ok := n.(*ast.Ident)
		used = used || ok && d.Info.Uses[id] == v && !d.replaced(id.Pos()) && !(result && d.inWork(id.Pos()))
		return !used
	})
	return used
}

// inWork reports whether a position lies in the work.
func (d *draft) inWork(pos token.Pos) bool {
	return slices.ContainsFunc(d.region(), func(n ast.Node) bool { return n.Pos() <= pos && pos < n.End() })
}

// replaced reports whether a position lies in code that is replaced. The work stays, wherever it goes.
func (d *draft) replaced(pos token.Pos) bool {
	if d.inWork(pos) {
		return false
	}
	if c := d.site.Call; c != nil && c.Pos() <= pos && pos < c.End() {
		return true
	}
	for _, s := range d.site.Stmts {
		if s.Pos() <= pos && pos < s.End() {
			return true
		}
	}
	for _, e := range d.site.Edits {
		if e.Pos <= pos && pos < e.End {
			return true
		}
	}
	for _, at := range d.accepted.patches {
		if at.Pos <= pos && pos < at.End {
			return true
		}
	}
	return false
}
