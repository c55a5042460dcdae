package load

import (
	"go/ast"
	"go/token"
)

// withoutValues returns a copy of a file whose variables have no values where their types can be told without: a table
// may be larger than all else in a package.
func withoutValues(file *ast.File) *ast.File {
	short := *file
	short.Decls = make([]ast.Decl, len(file.Decls))
	for i, decl := range file.Decls {
		short.Decls[i] = shortDecl(decl)
	}
	return &short
}

func shortDecl(decl ast.Decl) ast.Decl {
	if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.VAR {
		return shortGroup(group)
	}
	return decl
}

func shortGroup(group *ast.GenDecl) *ast.GenDecl {
	short := *group
	short.Specs = make([]ast.Spec, len(group.Specs))
	for i, spec := range group.Specs {
		short.Specs[i] = shortSpec(spec)
	}
	return &short
}

// shortSpec returns a specification of variables without values, if their type is written or the value shows it.
func shortSpec(spec ast.Spec) ast.Spec {
	variables, ok := spec.(*ast.ValueSpec)
	if !ok || len(variables.Values) == 0 {
		return spec
	}
	t := variables.Type
	if t == nil && len(variables.Names) == 1 && len(variables.Values) == 1 {
		t = shownType(variables.Values[0])
	}
	if t == nil {
		return spec
	}
	return &ast.ValueSpec{Doc: variables.Doc, Names: variables.Names, Type: t}
}

// shownType returns the type of a composite literal, of a pointer to one, or of a function literal; nil for any other
// value, whose type has to be computed.
func shownType(value ast.Expr) ast.Expr {
	switch value := value.(type) {
	case *ast.FuncLit:
		return value.Type
	case *ast.CompositeLit:
		if array, ok := value.Type.(*ast.ArrayType); ok {
			if _, open := array.Len.(*ast.Ellipsis); open {
				return nil
			}
		}
		return value.Type
	case *ast.UnaryExpr:
		if literal, ok := value.X.(*ast.CompositeLit); ok && value.Op == token.AND {
			if t := shownType(literal); t != nil {
				return &ast.StarExpr{Star: value.OpPos, X: t}
			}
		}
	}
	return nil
}
