package closures

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// madeInVariable follows a variable through what is assigned to it and to its fields.
func (c *closure) madeInVariable(id *ast.Ident, s *scope) (*recipe, string) {
	v, ok := c.Info.Uses[id].(*types.Var)
	if !ok {
		return nil, "how the policy was made is not known"
	}
	if r, ok := c.current[v]; ok {
		if r == nil {
			return nil, v.Name() + " is used before it is made"
		}
		return r, ""
	}
	if s != nil && s.args[v] != nil {
		return c.made(s.args[v], nil)
	}
	if v.Parent() == c.Types.Scope() {
		return c.madeAtPackageLevel(id, v)
	}
	decl := c.Around(v.Pos())
	if decl == nil {
		return nil, "the policy is kept in " + v.Name()
	}
	if v.Pos() < decl.Body.Pos() {
		if r, why := c.kept(id, s); s == nil && !syntax.Reassigns(c.Info, decl.Body, v) && (r != nil || why != "") {
			return r, why
		}
		return nil, "the policy is the parameter " + v.Name() + " of " + decl.Name.Name
	}
	limit := decl.End()
	if s == nil {
		limit = c.call.Pos()
	}
	if s == nil {
		c.followed = append(c.followed, v)
	}
	h := &history{closure: c, v: v, scope: s, limit: limit, use: id.Pos()}
	return h.follow(decl.Body)
}

// madeAtPackageLevel follows a variable of the package that nothing assigns but its declaration. The values of one that is a
// struct of the library are read where it is used.
func (c *closure) madeAtPackageLevel(id *ast.Ident, v *types.Var) (*recipe, string) {
	value, why := c.onlyAtPackageLevel(id, v)
	if why != "" {
		if r, _ := c.kept(id, nil); r != nil {
			return r, ""
		}
		return nil, why
	}
	return c.made(value, nil)
}

// onlyAtPackageLevel returns what a variable of the package is declared with, if nothing else changes it.
func (c *closure) onlyAtPackageLevel(id *ast.Ident, v *types.Var) (ast.Expr, string) {
	changed := false
	for _, file := range c.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					changed = changed || syntax.Mentions(c.Info, left, v)
				}
			case *ast.UnaryExpr:
				changed = changed || n.Op == token.AND && syntax.Mentions(c.Info, n.X, v)
			}
			return true
		})
	}
	var values []ast.Expr
	for _, file := range c.Files {
		syntax.InspectAssigned(c.Info, file, v, func(e ast.Expr) { values = append(values, e) })
	}
	if changed || v.Exported() || len(values) != 1 {
		return nil, "the policy is the variable " + v.Name() + ", which other code may change"
	}
	c.leftovers = append(c.leftovers, v)
	return values[0], ""
}

// history is what happens to a local variable before it is used.
type history struct {
	*closure
	v     *types.Var
	scope *scope
	limit token.Pos
	use   token.Pos

	recipe *recipe
}

// follow goes through the statements of a function.
func (h *history) follow(body *ast.BlockStmt) (*recipe, string) {
	if h.current == nil {
		h.current = map[*types.Var]*recipe{}
	}
	h.current[h.v] = nil
	defer delete(h.current, h.v)
	why := ""
	inspectStatements(body, func(s ast.Stmt, stack []ast.Node) bool {
		if s.Pos() < h.limit {
			why = h.statement(s, stack)
		}
		return why == ""
	})
	if why != "" {
		return nil, why
	}
	if h.recipe == nil {
		return nil, "how " + h.v.Name() + " was made is not known"
	}
	if h.complete == nil {
		h.complete = map[*types.Var]*recipe{}
	}
	h.complete[h.v] = h.recipe
	return h.recipe, ""
}

// statement records what a statement does to the variable.
func (h *history) statement(s ast.Stmt, stack []ast.Node) string {
	var value ast.Expr
	field := ""
	switch s := s.(type) {
	case *ast.AssignStmt:
		for i, left := range s.Lhs {
			if id, ok := left.(*ast.Ident); ok && h.Info.ObjectOf(id) == h.v {
				if len(s.Lhs) != len(s.Rhs) || len(s.Lhs) != 1 {
					return "the policy is one of several results"
				}
				value = s.Rhs[i]
			}
			if sel, ok := left.(*ast.SelectorExpr); ok && isVar(h.Info, sel.X, h.v) {
				if len(s.Lhs) != 1 || s.Tok != token.ASSIGN {
					return "the policy is assigned together with something else"
				}
				value, field = s.Rhs[i], sel.Sel.Name
			}
		}
	case *ast.DeclStmt:
		spec := h.specOf(s)
		switch {
		case spec == nil:
			return ""
		case len(spec.Values) == 0:
			if named, ok := types.Unalias(h.v.Type()).(*types.Named); ok && h.isLibrary(named.Obj().Pkg()) && !types.IsInterface(named) {
				h.recipe = &recipe{name: named.Obj().Name(), fields: map[string]site.Value{}, scope: h.scope}
				h.remember(s)
			}
			return ""
		}
		value = spec.Values[0]
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isVar(h.Info, sel.X, h.v) {
				if sel.Sel.Name == "Reset" {
					h.remember(s)
					return ""
				}
				return "the policy is changed by " + h.Source(sel)
			}
		}
	}
	if value == nil {
		return ""
	}
	if !h.always(stack) {
		return "the policy depends on a condition"
	}
	h.remember(s)
	return h.assign(field, value)
}

func isVar(info *types.Info, e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && info.Uses[id] == v
}

// specOf returns the declaration of the variable in a statement, nil if it is not there by itself.
func (h *history) specOf(s *ast.DeclStmt) *ast.ValueSpec {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok || decl.Tok != token.VAR {
		return nil
	}
	for _, spec := range decl.Specs {
		if spec, ok := spec.(*ast.ValueSpec); ok && len(spec.Names) == 1 && h.Info.Defs[spec.Names[0]] == h.v {
			return spec
		}
	}
	return nil
}

// remember notes a statement that is not needed any more once the site is turned.
func (h *history) remember(s ast.Stmt) {
	if h.scope != nil {
		return
	}
	if decl, ok := s.(*ast.DeclStmt); ok {
		if group := decl.Decl.(*ast.GenDecl); len(group.Specs) > 1 {
			h.specs = append(h.specs, h.specOf(decl))
			return
		}
	}
	h.removes = append(h.removes, s)
}

// always reports whether a statement is executed whenever the variable is used: the blocks around it are around the use.
func (h *history) always(stack []ast.Node) bool {
	for _, n := range stack[:len(stack)-1] {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.FuncLit, *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			if !(n.Pos() <= h.use && h.use < n.End()) {
				return false
			}
		}
	}
	return true
}

// assign records a value of the variable, or of one of its fields.
func (h *history) assign(field string, value ast.Expr) string {
	if field == "" {
		r, why := h.made(value, h.scope)
		h.recipe, h.current[h.v] = r, r
		return why
	}
	if h.recipe == nil {
		return "a field of the policy is assigned before the policy is made"
	}
	if _, pointer := h.v.Type().Underlying().(*types.Pointer); pointer && h.recipe.kept {
		return "a policy that is kept elsewhere is changed by " + h.v.Name()
	}
	v, why := h.value(value, h.scope)
	if why != "" {
		return why
	}
	if h.recipe.fields == nil {
		h.recipe.fields = map[string]site.Value{}
	}
	h.recipe.fields[field] = v
	return ""
}
