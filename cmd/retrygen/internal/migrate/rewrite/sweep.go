package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// Sweep removes the leftovers of turned sites that nothing uses any more. It returns their names, for the last site that used them.
func (r *Rewriter) Sweep(turned []*site.Site) map[*site.Site][]string {
	removed := map[*site.Site][]string{}
	gone := map[types.Object]bool{}
	for again := true; again; {
		again = false
		for _, s := range slices.Backward(turned) {
			for _, object := range s.Leftovers {
				if !gone[object] && r.sweep(object) {
					gone[object], again = true, true
					removed[s] = append(removed[s], object.Name())
				}
			}
		}
	}
	return removed
}

// sweep removes the declaration of an object if nothing uses it, and reports whether it has.
func (r *Rewriter) sweep(object types.Object) bool {
	pos, end := r.declaration(object)
	if object.Exported() || !pos.IsValid() || r.Mentions[object.Name()] || r.isUsed(object, pos, end) {
		return false
	}
	all := r.accepted.with(edits{patches: []site.Patch{{Pos: pos, End: end}}})
	if all.clash() {
		return false
	}
	texts, err := r.texts(all)
	if err != nil || r.check(texts, all.stubs) != nil {
		return false
	}
	r.accepted = all
	return true
}

// isUsed reports whether code that stays uses an object, apart from its declaration. A method may be used through an interface.
func (r *Rewriter) isUsed(object types.Object, pos, end token.Pos) bool {
	fn, _ := object.(*types.Func)
	method := fn != nil && fn.Signature().Recv() != nil
	used := false
	for _, file := range r.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.InterfaceType:
				for _, m := range n.Methods.List {
					used = used || method && slices.ContainsFunc(m.Names, func(id *ast.Ident) bool { return id.Name == object.Name() })
				}
			case *ast.Ident:
				used = used || origin(r.Info.Uses[n]) == origin(object) && (n.Pos() < pos || n.Pos() >= end) && !r.isReplaced(n.Pos())
			}
			return !used
		})
	}
	return used
}

// origin returns the generic function of an instance, and any other object as it is.
func origin(object types.Object) types.Object {
	if fn, ok := object.(*types.Func); ok {
		return fn.Origin()
	}
	return object
}

// isReplaced reports whether an edit replaces a position.
func (r *Rewriter) isReplaced(pos token.Pos) bool {
	return slices.ContainsFunc(r.accepted.patches, func(p site.Patch) bool { return p.Pos <= pos && pos < p.End })
}

// declaration returns where an object is declared at package level, with its comment; no position where it is not by itself.
func (r *Rewriter) declaration(object types.Object) (pos, end token.Pos) {
	file := r.File(object.Pos())
	if file == nil {
		return token.NoPos, token.NoPos
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.Pos() == object.Pos() && !hasDirective(d.Doc) {
				return withComment(d, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				s, ok := spec.(*ast.ValueSpec)
				switch {
				case !ok || len(s.Names) != 1 || s.Names[0].Pos() != object.Pos():
				case len(d.Specs) == 1:
					return withComment(d, d.Doc)
				default:
					return withComment(s, s.Doc)
				}
			}
		}
	}
	return token.NoPos, token.NoPos
}

func withComment(n ast.Node, doc *ast.CommentGroup) (pos, end token.Pos) {
	if doc != nil {
		return doc.Pos(), n.End()
	}
	return n.Pos(), n.End()
}
