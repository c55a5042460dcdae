package loops

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// place finds out where the loop stands, and refuses loops that are no sequence of attempts.
func (r *reader) place() error {
	l := r.loop
	if l.Body == nil {
		return errors.New("it goes back by goto")
	}
	stmt := l.Stmt
	path := r.Path(stmt)
	parent := path[len(path)-2]
	if label, ok := parent.(*ast.LabeledStmt); ok {
		r.label = label.Label.Name
		stmt, parent = label, path[len(path)-3]
	}
	switch parent := parent.(type) {
	case *ast.BlockStmt:
		r.list = parent.List
	case *ast.CaseClause:
		r.list = parent.Body
	case *ast.CommClause:
		r.list = parent.Body
	}
	for i, s := range r.list {
		if s == stmt {
			r.at = i
		}
	}
	r.site.Stmts = r.list[r.at : r.at+1]
	r.body = l.Body.List
	r.flatten()
	for _, n := range path {
		if n == l.Function {
			return nil
		}
	}
	return errors.New("its function cannot be found")
}

// line returns the line of a position, for reasons.
func (r *reader) line(pos token.Pos) int { return r.Fset.Position(pos).Line }

// fail returns a refusal that is about a line.
func (r *reader) fail(n ast.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", r.line(n.Pos()), fmt.Sprintf(format, args...))
}

// object returns the variable that an expression names, nil if it is anything else.
func (r *reader) object(e ast.Expr) types.Object {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	v, _ := r.Info.ObjectOf(id).(*types.Var)
	if v == nil {
		return nil
	}
	return v
}

// inspectOwn visits the nodes below some nodes, but for function literals.
func inspectOwn(nodes []ast.Node, visit func(ast.Node) bool) {
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				return false
			}
			return n != nil && visit(n)
		})
	}
}

// mentions reports whether code uses a variable.
func (r *reader) mentions(n ast.Node, object types.Object) bool {
	found := false
	if n == nil || object == nil {
		return false
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && r.Info.ObjectOf(id) == object {
			found = true
		}
		return !found
	})
	return found
}

// assigned returns the variables that code assigns to, declares, or takes the address of.
func (r *reader) assigned(n ast.Node) map[types.Object]bool {
	set := map[types.Object]bool{}
	add := func(e ast.Expr) {
		for {
			switch x := ast.Unparen(e).(type) {
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.StarExpr:
				return // what a pointer points to
			}
			break
		}
		if o := r.object(e); o != nil {
			set[o] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				add(left)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		case *ast.RangeStmt:
			if n.Key != nil {
				add(n.Key)
			}
			if n.Value != nil {
				add(n.Value)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				add(id)
			}
		}
		return true
	})
	return set
}
