package retries

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// rounds returns the number of rounds of a loop, if it is a constant.
func (l *locals) rounds(stmt ast.Stmt) (n int, ok bool) {
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		return l.counted(stmt)
	case *ast.RangeStmt:
		return l.length(stmt.X)
	}
	return 0, false
}

// length returns how many rounds a range over a value makes: an integer, an array, a string, or a slice that is written
// out.
func (l *locals) length(x ast.Expr) (int, bool) {
	x = ast.Unparen(x)
	if n, ok := syntax.ConstantInt(l.info, x); ok {
		return n, true
	}
	if value := l.info.Types[x].Value; value != nil && value.Kind() == constant.String {
		return len(constant.StringVal(value)), true
	}
	t := syntax.Underlying(l.info.TypeOf(x))
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	if array, ok := t.(*types.Array); ok {
		return int(array.Len()), true
	}
	if _, ok := t.(*types.Slice); !ok {
		return 0, false // a map may grow
	}
	if id, ok := x.(*ast.Ident); ok && l.values[l.info.Uses[id]] != nil {
		x = ast.Unparen(l.values[l.info.Uses[id]])
	}
	lit, ok := x.(*ast.CompositeLit)
	return l.elements(lit), ok && l.elements(lit) >= 0
}

// elements returns the number of elements that are written in a slice, -1 if there are indices among them.
func (l *locals) elements(lit *ast.CompositeLit) int {
	if lit == nil || slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool { _, keyed := e.(*ast.KeyValueExpr); return keyed }) {
		return -1
	}
	return len(lit.Elts)
}

// counted returns the most rounds of "for i := 0; i < 3; i++" and the like: the counter goes up or down by a constant, and a
// limit of it is the condition, or one side of an &&.
func (l *locals) counted(stmt *ast.ForStmt) (int, bool) {
	init, ok := stmt.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return 0, false
	}
	counter := l.info.ObjectOf(init.Lhs[0].(*ast.Ident))
	from, known := syntax.ConstantInt(l.info, init.Rhs[0])
	step := l.step(stmt.Post, counter)
	if !known || step == 0 || l.changed(stmt.Body, counter) || stmt.Cond == nil || l.changed(stmt.Cond, counter) {
		return 0, false
	}
	return l.limited(stmt.Cond, counter, from, step)
}

// step returns what a statement adds to a counter, 0 for any other statement.
func (l *locals) step(stmt ast.Stmt, counter types.Object) int {
	switch stmt := stmt.(type) {
	case *ast.IncDecStmt:
		switch {
		case !l.is(stmt.X, counter):
		case stmt.Tok == token.INC:
			return 1
		default:
			return -1
		}
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 1 || !l.is(stmt.Lhs[0], counter) {
			return 0
		}
		n, ok := syntax.ConstantInt(l.info, stmt.Rhs[0])
		switch {
		case ok && stmt.Tok == token.ADD_ASSIGN:
			return n
		case ok && stmt.Tok == token.SUB_ASSIGN:
			return -n
		}
	}
	return 0
}

// limited returns the most rounds that a condition allows of a counter that begins at from.
func (l *locals) limited(cond ast.Expr, counter types.Object, from, step int) (int, bool) {
	compare, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return 0, false
	}
	if compare.Op == token.LAND {
		n, left := l.limited(compare.X, counter, from, step)
		m, right := l.limited(compare.Y, counter, from, step)
		if left && right {
			return min(n, m), true
		}
		return max(n, m), left || right
	}
	to, known := syntax.ConstantInt(l.info, compare.Y)
	if !known || !l.is(compare.X, counter) {
		return 0, false
	}
	way := to - from // to go, by steps of size
	size := step
	if step < 0 {
		way, size = -way, -size
	}
	switch compare.Op {
	case token.LSS, token.GTR:
		return (max(way, 0) + size - 1) / size, (compare.Op == token.LSS) == (step > 0)
	case token.LEQ, token.GEQ:
		return (max(way+1, 0) + size - 1) / size, (compare.Op == token.LEQ) == (step > 0)
	case token.NEQ:
		return way, size == 1 && way >= 0
	}
	return 0, false
}

// is reports whether an expression is a variable.
func (l *locals) is(e ast.Expr, object types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && object != nil && l.info.ObjectOf(id) == object
}

// changed reports whether code assigns to a variable or takes its address.
func (l *locals) changed(root ast.Node, object types.Object) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				found = found || l.is(e, object)
			}
		case *ast.IncDecStmt:
			found = found || l.is(n.X, object)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && l.is(n.X, object)
		case *ast.RangeStmt:
			found = found || n.Tok == token.ASSIGN && (n.Key != nil && l.is(n.Key, object) || n.Value != nil && l.is(n.Value, object))
		}
		return true
	})
	return found
}
