package directive

import (
	"go/ast"
	"go/token"
	"go/types"
)

// undetermined is why a function cannot be wrapped whose signature the type checker could not make sense of.
const undetermined = "a type in its signature cannot be determined; does the package build?"

// unwrappable reports that a function cannot be wrapped. A type that cannot be determined is reported where it stands,
// with the type error behind it.
func (f *finder) unwrappable(fn *Func, why string) {
	var expr ast.Expr
	if why == undetermined {
		expr = f.invalidType(fn)
	}
	if expr == nil {
		f.problem(fn.Pos, "%s cannot be wrapped: %s", fn.Name, why)
		return
	}
	pos, cause := expr.Pos(), ""
	if f.Cause != nil {
		pos, cause = f.Cause(fn.File, expr)
	}
	switch {
	case pos != expr.Pos():
		f.problem(pos, "%s", cause)
	case cause == "":
		f.problem(pos, "%s cannot be wrapped: the type %s cannot be determined; does the package build?", fn.Name, types.ExprString(expr))
	default:
		f.problem(pos, "%s cannot be wrapped: the type %s cannot be determined: %s", fn.Name, types.ExprString(expr), cause)
	}
}

// untyped reports a function that the type checker has passed over, such as one whose name is declared before.
func (f *finder) untyped(pos token.Pos, file *ast.File, name *ast.Ident) {
	cause := ""
	if f.Cause != nil {
		_, cause = f.Cause(file, name)
	}
	if cause == "" {
		cause = "it has no type that can be determined"
	}
	f.problem(pos, "%s cannot be wrapped: %s", name.Name, cause)
}

// invalidType finds the first type in a signature that cannot be determined, nil where the signature is not written in
// the file.
func (f *finder) invalidType(fn *Func) ast.Expr {
	var found ast.Expr
	ast.Inspect(fn.File, func(n ast.Node) bool {
		var signature ast.Expr
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.FuncDecl:
			if n == fn.Decl {
				signature = n.Type
			}
		case *ast.TypeSpec:
			if n == fn.Type {
				signature = n.Type
			}
		case *ast.Field:
			if len(n.Names) == 1 && fn.Object != nil && n.Names[0].Pos() == fn.Object.Pos() {
				signature = n.Type
			}
		}
		if signature != nil && found == nil {
			found = f.firstInvalid(signature)
		}
		return found == nil
	})
	return found
}

// firstInvalid finds the first name in a type that the type checker could not determine.
func (f *finder) firstInvalid(signature ast.Expr) ast.Expr {
	var found ast.Expr
	ast.Inspect(signature, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.Ident, *ast.SelectorExpr:
			expr := n.(ast.Expr)
			if t, ok := f.Info.Types[expr]; ok && found == nil && t.Type == types.Typ[types.Invalid] {
				found = expr
			}
		}
		return found == nil
	})
	return found
}
