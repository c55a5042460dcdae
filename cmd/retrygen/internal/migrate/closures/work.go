package closures

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// operation sets the work: what the library is given to call.
func (c *closure) operation(e ast.Expr) string {
	e = c.unconverted(e)
	switch x := e.(type) {
	case *ast.FuncLit:
		c.site.Work.Lit = x
		return ""
	case *ast.Ident:
		v, ok := c.Info.Uses[x].(*types.Var)
		if !ok {
			break
		}
		if lit, stmt, why := c.definedLiteral(x, v); why != "" {
			return why
		} else if lit != nil {
			c.site.Work.Lit, c.site.Work.Defined = lit, stmt
			return ""
		}
	case *ast.CallExpr:
		if fn := syntax.Callee(c.Info, x); fn == nil || c.Body(fn) == nil {
			return "what makes the function to retry is not a function of this package"
		}
	}
	if _, ok := c.Info.TypeOf(e).Underlying().(*types.Signature); !ok {
		return "what is retried is not a function"
	}
	c.site.Work.Func = e
	return ""
}

// unconverted drops parentheses and conversions between function types.
func (c *closure) unconverted(e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !c.Info.Types[call.Fun].IsType() {
			return e
		}
		e = call.Args[0]
	}
}

// definedLiteral returns the literal that a variable holds, if its definition is the only assignment and the call its only
// use. The reason says why a literal cannot be taken from it.
func (c *closure) definedLiteral(use *ast.Ident, v *types.Var) (lit *ast.FuncLit, stmt ast.Stmt, reason string) {
	decl := c.Around(use.Pos())
	if decl == nil || v.Pos() < decl.Pos() || v.Pos() >= decl.End() {
		return nil, nil, ""
	}
	uses, defined := 0, 0
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if c.Info.Uses[n] == v {
				uses++
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				id, ok := left.(*ast.Ident)
				if !ok || c.Info.ObjectOf(id) != v {
					continue
				}
				defined++
				if len(n.Lhs) == 1 && n.Tok == token.DEFINE {
					lit, _ = c.unconverted(n.Rhs[i]).(*ast.FuncLit)
					stmt = n
				}
			}
		case *ast.DeclStmt:
			if spec := onlySpec(n); spec != nil && c.Info.Defs[spec.Names[0]] == v && len(spec.Values) == 1 {
				defined++
				lit, _ = c.unconverted(spec.Values[0]).(*ast.FuncLit)
				stmt = n
			}
		}
		return true
	})
	switch {
	case lit == nil || defined != 1:
		return nil, nil, ""
	case uses > 1 && len(c.marks(lit)) > 0:
		return nil, nil, v.Name() + " marks errors for the library, and is used elsewhere too"
	case uses > 1:
		return nil, nil, ""
	}
	return lit, stmt, ""
}

// onlySpec returns the variable declaration in a statement that has no other, nil for any other statement.
func onlySpec(s *ast.DeclStmt) *ast.ValueSpec {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok || decl.Tok != token.VAR || len(decl.Specs) != 1 {
		return nil
	}
	spec := decl.Specs[0].(*ast.ValueSpec)
	if len(spec.Names) != 1 {
		return nil
	}
	return spec
}
