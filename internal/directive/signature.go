package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/values"
)

// signature reads the signature of a function, which must be one that another file can repeat.
func (f *finder) signature(fn *Func) bool {
	if fn.Decl != nil {
		if pos := cgoType(fn.File, fn.Decl); pos.IsValid() {
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

// sameRoles reports whether what the loop uses of a signature is the same wherever the function is built: aliases may mean
// a request on one platform and not on another.
func (f *finder) sameRoles(fn *Func) bool {
	if f.Unlike == nil {
		return true
	}
	var used []types.Type
	for _, i := range slices.Concat(fn.Requests, fn.Attempts, fn.Seekers) {
		used = append(used, fn.Sig.Params().At(i).Type())
	}
	if fn.Context >= 0 {
		used = append(used, fn.Sig.Params().At(fn.Context).Type())
	}
	for _, i := range slices.Concat(fn.Responses, fn.Readers, fn.Closers) {
		used = append(used, fn.Sig.Results().At(i).Type())
	}
	for _, t := range used {
		if alias, ok := t.(*types.Alias); ok {
			if why := f.Unlike(alias.Obj(), "", true, fn.File); why != "" {
				f.problem(fn.Pos, "%s cannot be wrapped: %s; the wrapper is the same on every platform", fn.Name, why)
				return false
			}
		}
	}
	return true
}

// sameMethods checks that the embedded interfaces whose methods a decorator has are the same wherever the file is built.
func (f *finder) sameMethods(made *Decorator, iface *types.Interface) {
	for t := range iface.EmbeddedTypes() {
		named, ok := types.Unalias(t).(*types.Named)
		inner, isInterface := t.Underlying().(*types.Interface)
		if f.Unlike == nil || !ok || !isInterface || !made.hasAny(inner) {
			continue
		}
		if why := f.Unlike(named.Obj(), "", true, made.File); why != "" {
			f.problem(made.Pos, "%s cannot be decorated: %s; the decorator is the same on every platform", made.Name, why)
			continue
		}
		f.sameMethods(made, inner)
	}
}

// hasAny reports whether the decorator has a method of an interface.
func (d *Decorator) hasAny(iface *types.Interface) bool {
	for method := range iface.Methods() {
		same := func(fn *Func) bool { return fn.Object == method }
		if slices.ContainsFunc(d.Methods, same) || slices.Contains(d.Others, method) {
			return true
		}
	}
	return false
}

// cgoType finds a type of package C in a signature.
func cgoType(file *ast.File, decl *ast.FuncDecl) token.Pos {
	imported := false
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		imported = imported || err == nil && path == "C"
	}
	found := token.NoPos
	if !imported {
		return found
	}
	ast.Inspect(decl.Type, func(n ast.Node) bool {
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
