package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/types/typeutil"
)

// fieldWrites are the places where a package changes fields of what has been made before.
type fieldWrites struct {
	fields   map[*types.Var]token.Pos     // a field is given another value
	elements map[*types.Var]elementsWrite // an element of what it holds is
}

// elementsWrite is a write to an element, so many elements deep.
type elementsWrite struct {
	pos   token.Pos
	depth int
}

// inside finds a write to what a value of a type refers to.
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
			if pos, ok := w.fields[field.Origin()]; ok {
				return pos
			}
			if write, ok := w.elements[field.Origin()]; ok {
				return write.pos
			}
			if _, nested := field.Type().Underlying().(*types.Struct); nested {
				if pos := w.inside(field.Type(), seen); pos.IsValid() {
					return pos
				}
			}
		}
	}
	return token.NoPos
}

func (r *reporter) findWrites() *fieldWrites {
	w := &fieldWrites{fields: map[*types.Var]token.Pos{}, elements: map[*types.Var]elementsWrite{}}
	setup := r.setupOnly()
	for decl := range r.functions {
		if fn, _ := r.TypesInfo.Defs[decl.Name].(*types.Func); r.inTest(decl.Pos()) || setup[fn] {
			continue
		}
		made := r.madeIn(decl)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					r.noteWrite(w, made, left, 0)
				}
			case *ast.IncDecStmt:
				r.noteWrite(w, made, n.X, 0)
			case *ast.CallExpr:
				if r.changesElements(n) {
					r.noteWrite(w, made, n.Args[0], 1)
				}
			}
			return true
		})
	}
	return w
}

// setupOnly lists the methods that are called for what has just been made, and for nothing else.
func (r *reporter) setupOnly() map[*types.Func]bool {
	setup := map[*types.Func]bool{}
	for decl := range r.functions {
		made := r.madeIn(decl)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			fn, ok := r.TypesInfo.Uses[sel.Sel].(*types.Func)
			if !ok || fn.Exported() || fn.Signature().Recv() == nil {
				return true
			}
			root, _ := ast.Unparen(sel.X).(*ast.Ident)
			before, known := setup[fn.Origin()]
			setup[fn.Origin()] = (before || !known) && root != nil && made[r.TypesInfo.ObjectOf(root)]
			return true
		})
	}
	return setup
}

// madeIn lists the variables of a function that hold what it has just made: to fill that in changes nothing that
// anybody has seen.
func (r *reporter) madeIn(decl *ast.FuncDecl) map[types.Object]bool {
	made := map[types.Object]bool{}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != len(assign.Rhs) {
			return true
		}
		for i, right := range assign.Rhs {
			if address, ok := right.(*ast.UnaryExpr); ok && address.Op == token.AND {
				right = address.X
			}
			_, literal := right.(*ast.CompositeLit)
			call, _ := right.(*ast.CallExpr)
			if id, ok := assign.Lhs[i].(*ast.Ident); ok && (literal || call != nil && syntax.IsBuiltin(r.TypesInfo, call, "new")) {
				made[r.TypesInfo.ObjectOf(id)] = true
			}
		}
		return true
	})
	return made
}

// changesElements reports whether a call changes the elements of its first argument.
func (r *reporter) changesElements(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	if syntax.IsBuiltin(r.TypesInfo, call, "delete") || syntax.IsBuiltin(r.TypesInfo, call, "clear") || syntax.IsBuiltin(r.TypesInfo, call, "copy") {
		return true
	}
	if syntax.IsBuiltin(r.TypesInfo, call, "append") {
		_, part := ast.Unparen(call.Args[0]).(*ast.SliceExpr) // append(s[:i], …) writes over what was behind
		return part
	}
	fn, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch name := fn.Name(); fn.Pkg().Path() {
	case "sort":
		return !strings.HasSuffix(name, "AreSorted") && !strings.HasPrefix(name, "Search") && name != "IsSorted" && name != "SliceIsSorted"
	case "slices":
		return strings.HasPrefix(name, "Sort") && !strings.HasPrefix(name, "Sorted") || name == "Reverse" || strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "Compact")
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	}
	return false
}

// noteWrite notes an assignment to a place that fields lead to: to the last one, or to elements of it, and to elements of
// those before it that hold the others.
func (r *reporter) noteWrite(w *fieldWrites, made map[types.Object]bool, e ast.Expr, depth int) {
	at := e.Pos()
	type step struct {
		field *types.Var
		depth int
	}
	var steps []step
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			field, ok := r.TypesInfo.Uses[x.Sel].(*types.Var)
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
			if made[r.TypesInfo.ObjectOf(x)] {
				return
			}
			for _, s := range steps {
				w.note(s.field, at, s.depth)
			}
			return
		default:
			return
		}
	}
}

func (w *fieldWrites) note(field *types.Var, pos token.Pos, depth int) {
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
