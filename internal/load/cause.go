package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// cause returns the first type error behind a type that cannot be determined, and the position to report it at: the
// type's own or, where an import of the file failed, that import's.
func cause(errs []types.Error, file *ast.File, expr ast.Expr) (token.Pos, string) {
	if selector, ok := expr.(*ast.SelectorExpr); ok {
		if x, ok := selector.X.(*ast.Ident); ok {
			for _, spec := range file.Imports {
				if err := within(errs, spec); err != nil && mayBe(spec, x.Name) {
					return spec.Pos(), importReason(err.Msg)
				}
			}
		}
	}
	if err := within(errs, expr); err != nil {
		return expr.Pos(), err.Msg
	}
	return expr.Pos(), ""
}

// within returns the first error that lies in a piece of syntax.
func within(errs []types.Error, node ast.Node) *types.Error {
	for i := range errs {
		if node.Pos() <= errs[i].Pos && errs[i].Pos < node.End() {
			return &errs[i]
		}
	}
	return nil
}

// mayBe reports whether an import that failed may be the one that a name means.
func mayBe(spec *ast.ImportSpec, base string) bool {
	if spec.Name != nil {
		return spec.Name.Name == base
	}
	importPath, err := strconv.Unquote(spec.Path.Value)
	return err == nil && slices.Contains(guesses(importPath), base)
}

// importReason takes the reason out of what the type checker says: could not import path (reason).
func importReason(message string) string {
	inner, ok := strings.CutPrefix(message, "could not import ")
	if !ok {
		return message
	}
	if _, reason, found := strings.Cut(inner, " ("); found && strings.HasPrefix(reason, "cannot import ") {
		return strings.TrimSuffix(reason, ")")
	}
	return message
}
