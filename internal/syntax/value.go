package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
)

// ErrorTest returns the error that an expression compares with nil by an operator, nil if it does anything else.
func ErrorTest(info *types.Info, e ast.Expr, op token.Token) ast.Expr {
	test, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || test.Op != op {
		return nil
	}
	x, y := test.X, test.Y
	if info.Types[x].IsNil() {
		x, y = y, x
	}
	if t := info.TypeOf(x); !info.Types[y].IsNil() || !IsErrorItself(t) {
		return nil
	}
	return x
}

// Mentions reports whether a piece of code names an object.
func Mentions(info *types.Info, root ast.Node, object types.Object) bool {
	found := false
	if object == nil || root == nil {
		return false
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && info.ObjectOf(id) == object {
			found = true
		}
		return !found
	})
	return found
}

// Root returns the variable at the beginning of a selection, nil for any other expression.
func Root(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// Field returns the value of a field in a literal with keys, nil if it is not there.
func Field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok && Text(pair.Key) == name {
			return pair.Value
		}
	}
	return nil
}

// Writes reports whether a piece of code declares or assigns to a variable, or takes its address.
func Writes(info *types.Info, root ast.Node, v *types.Var) bool {
	return writes(root, func(id *ast.Ident) bool { return info.ObjectOf(id) == v })
}

// Reassigns reports whether a piece of code assigns to a variable after its declaration, or takes its address.
func Reassigns(info *types.Info, root ast.Node, v types.Object) bool {
	return writes(root, func(id *ast.Ident) bool { return v != nil && info.Uses[id] == v })
}

func writes(root ast.Node, isVar func(*ast.Ident) bool) bool {
	found := false
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && isVar(id)
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				found = found || is(left)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

// HasCall reports whether a piece of code calls anything.
func HasCall(root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if _, ok := n.(*ast.CallExpr); ok {
			found = true
		}
		return true
	})
	return found
}

// InspectAssigned visits what is assigned to a variable: for one of several results of a call, the call.
func InspectAssigned(info *types.Info, body ast.Node, v types.Object, visit func(ast.Expr)) {
	assign := func(target ast.Expr, values []ast.Expr, i int) {
		if id, ok := target.(*ast.Ident); ok && len(values) > 0 && info.ObjectOf(id) == v {
			visit(values[min(i, len(values)-1)])
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				assign(left, n.Rhs, i)
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				assign(id, n.Values, i)
			}
		}
		return true
	})
}
