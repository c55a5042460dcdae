package closures

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// list follows a list of options.
func (c *closure) list(e ast.Expr, s *scope) ([]*recipe, string) {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		var parts []*recipe
		for _, element := range x.Elts {
			part, why := c.made(element, s)
			if why != "" {
				return nil, why
			}
			parts = append(parts, part)
		}
		return parts, ""
	case *ast.CallExpr:
		return c.listByCall(x, s)
	case *ast.Ident:
		if v, ok := c.Info.Uses[x].(*types.Var); ok {
			return c.listInVariable(x, v, s)
		}
	case *ast.SelectorExpr:
		if v, ok := c.Info.Uses[x.Sel].(*types.Var); ok && v.IsField() {
			value, inner, why := c.onlyInField(x, v)
			if why != "" {
				return nil, why
			}
			return c.list(value, inner)
		}
	}
	return nil, "the options are a list that is put together elsewhere: " + c.Source(e)
}

// listByCall follows append, and functions of the package that return a list.
func (c *closure) listByCall(call *ast.CallExpr, s *scope) ([]*recipe, string) {
	if syntax.IsBuiltin(c.Info, call, "append") && len(call.Args) > 0 {
		parts, why := c.list(call.Args[0], s)
		if why != "" {
			return nil, why
		}
		more, why := c.appended(call, s)
		return append(parts, more...), why
	}
	fn := syntax.Callee(c.Info, call)
	if fn == nil || fn.Pkg() != c.Types {
		return nil, "the options are a list that is put together elsewhere: " + c.Source(call)
	}
	e, inner, why := c.helper(fn, call, s)
	if why != "" {
		return nil, why
	}
	return c.list(e, inner)
}

// appended follows what a call of append adds.
func (c *closure) appended(call *ast.CallExpr, s *scope) (parts []*recipe, reason string) {
	for i, arg := range call.Args[1:] {
		if call.Ellipsis.IsValid() && i == len(call.Args)-2 {
			more, why := c.list(arg, s)
			return append(parts, more...), why
		}
		one, why := c.made(arg, s)
		if why != "" {
			return nil, why
		}
		parts = append(parts, one)
	}
	return parts, ""
}

// listInVariable follows a variable through what is assigned and appended to it.
func (c *closure) listInVariable(id *ast.Ident, v *types.Var, s *scope) ([]*recipe, string) {
	if v.Parent() == c.Types.Scope() {
		value, why := c.onlyAtPackageLevel(id, v)
		if why != "" {
			return nil, why
		}
		return c.list(value, nil)
	}
	decl := c.Around(v.Pos())
	if decl == nil || v.Pos() < decl.Body.Pos() {
		return nil, "the options are the parameter " + v.Name()
	}
	l := &listHistory{history: &history{closure: c, v: v, scope: s, limit: decl.End(), use: id.Pos()}}
	if s == nil {
		l.limit = c.call.Pos()
	}
	inspectStatements(decl.Body, func(stmt ast.Stmt, stack []ast.Node) bool {
		if stmt.Pos() < l.limit {
			l.reason = l.statement(stmt, stack)
		}
		return l.reason == ""
	})
	if l.reason == "" && !l.begun {
		l.reason = "the options are a list that is put together elsewhere: " + v.Name()
	}
	return l.parts, l.reason
}

// listHistory is what happens to a list before it is used.
type listHistory struct {
	*history
	parts  []*recipe
	begun  bool
	reason string
}

// statement records what a statement does to the list.
func (l *listHistory) statement(s ast.Stmt, stack []ast.Node) string {
	var value ast.Expr
	switch s := s.(type) {
	case *ast.AssignStmt:
		for i, left := range s.Lhs {
			if id, ok := left.(*ast.Ident); ok && l.Info.ObjectOf(id) == l.v {
				if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
					return "the options are one of several results"
				}
				value = s.Rhs[i]
			}
		}
	case *ast.DeclStmt:
		spec := l.specOf(s)
		if spec == nil {
			return ""
		}
		if len(spec.Values) == 0 {
			l.begun = true
			l.remember(s)
			return ""
		}
		value = spec.Values[0]
	}
	if value == nil {
		return ""
	}
	if !l.always(stack) {
		return "the options depend on a condition"
	}
	l.remember(s)
	return l.assigned(value)
}

// assigned takes a new list, or what is appended to the list.
func (l *listHistory) assigned(value ast.Expr) string {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	if ok && l.begun && syntax.IsBuiltin(l.Info, call, "append") && len(call.Args) > 0 && isVar(l.Info, call.Args[0], l.v) {
		more, why := l.appended(call, l.scope)
		l.parts = append(l.parts, more...)
		return why
	}
	l.begun = true
	var why string
	l.parts, why = l.list(value, l.scope)
	return why
}

// inspectStatements visits the statements of a body with the nodes around them, until visit returns false.
func inspectStatements(body *ast.BlockStmt, visit func(s ast.Stmt, stack []ast.Node) bool) {
	var stack []ast.Node
	more := true
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if !more {
			return false
		}
		stack = append(stack, n)
		if s, ok := n.(ast.Stmt); ok {
			more = visit(s, stack)
		}
		return true
	})
}
