package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// readResults finds the error of an attempt.
func (r *reader) readResults() error {
	r.words = map[types.Object]string{}
	for _, stmt := range r.attempt {
		for o := range r.assigned(stmt) {
			if syntax.IsError(o.Type()) && (r.err == nil || r.lastAssigned(o) > r.lastAssigned(r.err)) {
				r.err = o
			}
		}
	}
	if r.err == nil {
		return r.fail(r.attempt[len(r.attempt)-1], "the attempt has no error")
	}
	r.words[r.err] = "err"
	r.nameResults()
	return nil
}

// lastAssigned returns where the attempt last assigns to a variable.
func (r *reader) lastAssigned(o types.Object) token.Pos {
	var pos token.Pos
	for _, stmt := range r.attempt {
		if r.assigned(stmt)[o] {
			pos = stmt.Pos()
		}
	}
	return pos
}

// nameResults finds out what directives call the results of an attempt: what it assigns to variables of the function around,
// then what it declares itself and what decides about another attempt.
func (r *reader) nameResults() {
	var outer, own []types.Object
	for _, stmt := range r.attempt {
		ast.Inspect(stmt, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := r.object(id)
			if o == nil || o == r.err || !r.assigned(stmt)[o] || slices.Contains(outer, o) || slices.Contains(own, o) {
				return true
			}
			if !r.within(o) {
				outer = append(outer, o)
			} else if r.decidedBy(o) || r.early && r.usedBehind(o) {
				own = append(own, o)
			}
			return true
		})
	}
	r.yields = own
	for i, o := range append(outer, own...) {
		r.words[o] = "result"
		if i > 0 {
			r.words[o] = "result" + string(rune('0'+i))
		}
	}
}

// absorb takes declarations of what an attempt assigns, which stand right before the loop, into what is replaced.
func (r *reader) absorb() {
	if r.site.Return || r.early {
		return
	}
	from := r.at
	for at := r.at; at > 0; at-- {
		if slices.Contains(r.site.Removes, r.list[at-1]) && r.onlyRemoved(r.list[at-1]) {
			continue
		}
		decl, ok := r.list[at-1].(*ast.DeclStmt)
		if !ok {
			break
		}
		spec, ok := decl.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
		if !ok || len(decl.Decl.(*ast.GenDecl).Specs) > 1 || len(spec.Names) > 1 || len(spec.Values) > 0 {
			break
		}
		o := r.Info.Defs[spec.Names[0]]
		if r.words[o] == "" || !r.assignedByAttempt(o) {
			break
		}
		from = at - 1
	}
	r.site.Stmts = r.list[from : r.at+len(r.site.Stmts)]
}

// onlyRemoved reports whether nothing but the loop uses what a statement declares.
func (r *reader) onlyRemoved(stmt ast.Stmt) bool {
	for o := range r.assigned(stmt) {
		if _, outside := r.usesOutside(o); outside || r.keeps[o] {
			return false
		}
	}
	return true
}

func (r *reader) assignedByAttempt(o types.Object) bool {
	return slices.ContainsFunc(r.attempt, func(s ast.Stmt) bool { return r.assigned(s)[o] })
}

// usedBehind reports whether the code behind the loop mentions a variable.
func (r *reader) usedBehind(o types.Object) bool {
	return slices.ContainsFunc(r.list[r.at+1:], func(s ast.Stmt) bool { return r.mentions(s, o) })
}

// decidedBy reports whether the decisions mention a variable.
func (r *reader) decidedBy(o types.Object) bool {
	for _, stmt := range r.body[r.split:] {
		if slices.Contains(r.attempt, stmt) {
			continue
		}
		if r.mentions(stmt, o) {
			return true
		}
	}
	return false
}

// identOf returns an identifier of a variable in the attempt.
func (r *reader) identOf(o types.Object) ast.Expr {
	var found *ast.Ident
	for _, stmt := range r.attempt {
		ast.Inspect(stmt, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && found == nil && r.Info.ObjectOf(id) == o {
				found = id
			}
			return found == nil
		})
	}
	if found == nil {
		return nil
	}
	return found
}
