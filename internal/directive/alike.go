package directive

import (
	"go/token"
	"go/types"
	"slices"
)

// alike checks that a name is declared alike wherever the function is built, for the wrapper is the same everywhere.
func (s *fitter) alike(option, text string, ref *Ref, pos token.Pos) {
	if s.Unlike == nil {
		return
	}
	object, method := ref.Object, ""
	if ref.Root != RootObject || len(ref.Path) > 0 {
		object, method = s.owner(ref)
	}
	if object == nil {
		return
	}
	if why := s.Unlike(object, method, false, s.fn.File); why != "" {
		s.problem(pos, "%s=%s: %s; the wrapper is the same on every platform, so declare it alike", option, text, why)
	}
}

// owner is the type whose method a name selects, and the method; nil for a longer way to it.
func (s *fitter) owner(ref *Ref) (types.Object, string) {
	if len(ref.Path) != 1 {
		return nil, ""
	}
	t := ref.Path[0].From
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil, ""
	}
	return named.Obj(), ref.Path[0].Name
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
