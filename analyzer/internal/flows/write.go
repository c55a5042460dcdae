package flows

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

// fieldWrites are the positions where a package changes fields of what has been made before.
type fieldWrites struct {
	fields   map[*types.Var]token.Pos     // of an assignment to the field
	elements map[*types.Var]elementsWrite // of an assignment to an element of what the field holds
}

// elementsWrite is an assignment to an element of an element, and so on.
type elementsWrite struct {
	pos   token.Pos
	depth int // 1 for an element of the field itself
}

// inside returns the position of a write to what the values of a type refer to.
func (w *fieldWrites) inside(t types.Type, seen map[types.Type]bool) token.Pos {
	if seen[t] {
		return token.NoPos
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return w.inside(u.Elem(), seen)
	case *types.Slice:
		return w.inside(u.Elem(), seen)
	case *types.Map:
		return w.inside(u.Elem(), seen)
	case *types.Struct:
		for field := range u.Fields() {
			if pos := w.insideField(field, seen); pos.IsValid() {
				return pos
			}
		}
	}
	return token.NoPos
}

// insideField is inside for a field: it looks into structs, and not behind pointers.
func (w *fieldWrites) insideField(field *types.Var, seen map[types.Type]bool) token.Pos {
	if pos, ok := w.fields[field.Origin()]; ok {
		return pos
	}
	if write, ok := w.elements[field.Origin()]; ok {
		return write.pos
	}
	if _, nested := field.Type().Underlying().(*types.Struct); nested {
		return w.inside(field.Type(), seen)
	}
	return token.NoPos
}

// packageWrites are the writes of a package, but for tests and for functions that set up what has just been made.
var packageWrites = check.Share(func(p *check.Pass) *fieldWrites {
	w := &fieldWrites{fields: map[*types.Var]token.Pos{}, elements: map[*types.Var]elementsWrite{}}
	setup := setupOnly(p)
	for decl := range p.Functions {
		if p.InTest(decl.Pos()) || setup[p.Func(decl)] {
			continue
		}
		made := madeIn(p, decl)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					addWrite(p, w, made, left, 0)
				}
			case *ast.IncDecStmt:
				addWrite(p, w, made, n.X, 0)
			case *ast.CallExpr:
				if changesElements(p, n) {
					addWrite(p, w, made, n.Args[0], 1)
				}
			}
			return true
		})
	}
	return w
})

// step is a field on the way to what an assignment changes, and how many elements lead from it to the next.
type step struct {
	field *types.Var
	depth int
}

// addWrite adds an assignment to something that fields lead to. It changes the last field, or elements of it, and elements
// of the fields before that hold the others.
func addWrite(p *check.Pass, w *fieldWrites, made map[types.Object]bool, e ast.Expr, depth int) {
	at := e.Pos()
	var steps []step
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			field, ok := p.TypesInfo.Uses[x.Sel].(*types.Var)
			if !ok || !field.IsField() {
				return
			}
			if len(steps) == 0 || depth > 0 {
				steps = append(steps, step{field.Origin(), depth})
			}
			depth = 0
			e = x.X
		case *ast.IndexExpr:
			depth++
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.Ident:
			if made[p.TypesInfo.ObjectOf(x)] {
				return
			}
			for _, s := range steps {
				w.add(s.field, at, s.depth)
			}
			return
		default:
			return
		}
	}
}

func (w *fieldWrites) add(field *types.Var, pos token.Pos, depth int) {
	if depth == 0 {
		if _, ok := w.fields[field]; !ok {
			w.fields[field] = pos
		}
		return
	}
	if before := w.elements[field]; depth > before.depth {
		w.elements[field] = elementsWrite{pos, depth}
	}
}
