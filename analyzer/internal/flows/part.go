package flows

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

// receiverPart is memory of a receiver that an expression refers to.
type receiverPart struct {
	field   *types.Var // the last field on the way to it, nil for the receiver itself
	depth   int        // the number of elements on the way to it from that field
	address bool       // the expression is the address of the field
	t       types.Type // of the expression: a pointer, a map or a slice
}

// partSearch looks for the part of the receiver that a return statement of a method returns.
type partSearch struct {
	*check.Pass
	fn  *directive.Func
	ret *ast.ReturnStmt
}

// of returns the part of the receiver that an expression refers to, nil for none. A variable stands for what was last
// assigned to it before the return statement; more than five such steps are not followed.
func (s *partSearch) of(e ast.Expr, steps int) *receiverPart {
	t := s.TypesInfo.TypeOf(e)
	if pair, ok := t.(*types.Tuple); ok && pair.Len() > 0 {
		t = pair.At(0).Type() // value, ok := m[key]
	}
	if t == nil || steps > 5 || !refers(t) {
		return nil
	}
	part := &receiverPart{t: t}
	id := s.descend(part, e)
	if id == nil {
		return nil
	}
	return s.behind(id, part, steps)
}

// refers reports whether values of a type refer to memory that others may change.
func refers(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	}
	return false
}

// descend follows an expression through fields and elements to the variable that it begins with, nil for anything else.
func (s *partSearch) descend(part *receiverPart, e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.UnaryExpr:
			part.address = x.Op == token.AND
			e = x.X
		case *ast.SelectorExpr:
			field, ok := s.TypesInfo.Uses[x.Sel].(*types.Var)
			if !ok || !field.IsField() {
				return nil
			}
			if part.field == nil {
				part.field = field.Origin()
			}
			e = x.X
		case *ast.IndexExpr:
			if part.field == nil {
				part.depth++
			}
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}

// behind is of for the variable that an expression begins with.
func (s *partSearch) behind(id *ast.Ident, part *receiverPart, steps int) *receiverPart {
	object := s.TypesInfo.ObjectOf(id)
	if object == s.fn.Sig.Recv() {
		_, pointer := s.fn.Sig.Recv().Type().Underlying().(*types.Pointer)
		if !pointer && (part.address || part.field == nil) {
			return nil // part of a copy
		}
		return part
	}
	if part.field != nil || part.depth > 0 || part.address || object == nil {
		return nil
	}
	assigned, ranged := s.lastAssigned(object)
	if assigned == nil {
		return nil
	}
	around := s.of(assigned, steps+1)
	if !ranged || around == nil {
		return around
	}
	return &receiverPart{field: around.field, depth: around.depth + 1, t: part.t}
}

// lastAssigned returns what a variable holds at the return statement: an expression, or an element of it.
func (s *partSearch) lastAssigned(v types.Object) (e ast.Expr, ranged bool) {
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && s.TypesInfo.ObjectOf(id) == v
	}
	body := s.fn.Decl.Body
	ast.Inspect(body, func(n ast.Node) bool {
		loop, ok := n.(*ast.RangeStmt)
		if ok && loop.Value != nil && is(loop.Value) && loop.Pos() <= s.ret.Pos() && s.ret.End() <= loop.End() {
			e, ranged = loop.X, true
		}
		return true
	})
	syntax.StatementsBefore(body.List, s.ret, func(stmt ast.Stmt) {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok {
			return
		}
		for i, left := range assign.Lhs {
			_, local := left.(*ast.Ident)
			switch {
			case is(left):
				e, ranged = assign.Rhs[min(i, len(assign.Rhs)-1)], false
			case !local && len(assign.Rhs) == len(assign.Lhs) && is(assign.Rhs[i]):
				e, ranged = left, false // it becomes part of something else
			}
		}
	})
	return e, ranged
}

// changedAt returns a position where the package changes what a part of a receiver holds, after it was made.
func changedAt(p *check.Pass, part *receiverPart) token.Pos {
	writes := packageWrites.Of(p)
	if part.field != nil {
		if pos, ok := writes.fields[part.field]; ok && part.address {
			return pos
		}
		if write, ok := writes.elements[part.field]; ok && write.depth > part.depth {
			return write.pos
		}
	}
	return writes.inside(part.t, map[types.Type]bool{})
}
