package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/retrygen/retrygen/internal/values"
)

// signature reads the signature of a function, which must be one that another file can repeat.
func (f *finder) signature(fn *Func) bool {
	if written := fn.written(); written != nil {
		if pos := cgoType(fn.File, written); pos.IsValid() {
			f.problem(fn.Pos, "%s has a cgo type in its signature, which no other file can name; wrap a function with Go types", fn.Name)
			return false
		}
	}
	fn.Roles = rolesOf(fn.Sig)
	for _, tuple := range []*types.Tuple{fn.Sig.Params(), fn.Sig.Results()} {
		for v := range tuple.Variables() {
			if why := f.unusable(v.Type()); why != "" {
				f.unwrappable(fn, why)
				return false
			}
		}
	}
	for param := range fn.Sig.TypeParams().TypeParams() {
		if why := f.unusable(param.Constraint()); why != "" {
			f.unwrappable(fn, why)
			return false
		}
	}
	return f.sameRoles(fn)
}

// written returns the signature as the source has it, nil for the method of an interface.
func (fn *Func) written() ast.Expr {
	switch {
	case fn.Decl != nil:
		return fn.Decl.Type
	case fn.Type != nil:
		return fn.Type.Type
	}
	return nil
}

// cgoType finds a type of package C in a signature.
func cgoType(file *ast.File, signature ast.Expr) token.Pos {
	imported := false
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		imported = imported || err == nil && path == "C"
	}
	found := token.NoPos
	if !imported {
		return found
	}
	ast.Inspect(signature, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "C" {
				found = sel.Pos()
			}
		}
		return true
	})
	return found
}

// unusable says why a type cannot be written in the generated file, "" if it can.
func (f *finder) unusable(t types.Type) string {
	switch why := values.Unspelled(t, f.Types); why {
	case "":
		return ""
	case values.Undetermined:
		return undetermined
	default:
		return "its signature has " + why
	}
}
