package values

import "go/types"

// Sharing says what two holders of the same value have in common.
type Sharing int

// The ways.
const (
	Apart  Sharing = iota // nothing that either can change
	Copied                // memory that generated code can copy
	Shared                // memory that it cannot copy, or not without changing what the value means
)

// SharingOf says what two holders of a value share, as code of pkg sees it.
func SharingOf(t types.Type, pkg *types.Package) Sharing {
	w := sharer{pkg: pkg}
	return w.walk(t)
}

// sharer walks through what a type is made of.
type sharer struct {
	pkg     *types.Package
	open    []types.Type
	exposed bool // behind a pointer, where a struct with hidden fields is more than its data
}

func (w *sharer) walk(t types.Type) Sharing {
	t = types.Unalias(t)
	if unchanging(t) {
		return Apart
	}
	if HoldsLock(t) {
		return Shared
	}
	if named, ok := t.(*types.Named); ok {
		if within(named, w.open) {
			return Shared
		}
		w.open = append(w.open, named)
		defer func() { w.open = w.open[:len(w.open)-1] }()
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return Shared
		}
		return Apart
	case *types.Interface:
		if param, ok := t.(*types.TypeParam); ok && basicOnly(param.Constraint(), exactBasic) {
			return Apart
		}
		return Shared
	case *types.Slice:
		return max(Copied, w.walk(u.Elem()))
	case *types.Map:
		if w.walk(u.Key()) != Apart {
			return Shared
		}
		return max(Copied, w.walk(u.Elem()))
	case *types.Array:
		return w.walk(u.Elem())
	case *types.Pointer:
		if IsBigInt(u.Elem()) {
			return Copied
		}
		outer := w.exposed
		w.exposed = true
		defer func() { w.exposed = outer }()
		return max(Copied, w.walk(u.Elem()))
	case *types.Struct:
		return w.structure(u)
	}
	return Shared
}

// within reports whether a declared type is among those that hold it, or is one of a generic type that holds itself with
// ever other type arguments. The compiler takes no such type, but it can be met before.
func within(t *types.Named, open []types.Type) bool {
	const deepest = 8 // what somebody may have written
	alike := 0
	for _, other := range open {
		if types.Identical(other, t) {
			return true
		}
		if other.(*types.Named).Origin() == t.Origin() {
			alike++
		}
	}
	return alike >= deepest
}

func (w *sharer) structure(u *types.Struct) Sharing {
	all := Apart
	for field := range u.Fields() {
		if !field.Exported() && (w.exposed || !SamePackage(field.Pkg(), w.pkg)) {
			return Shared
		}
		all = max(all, w.walk(field.Type()))
	}
	return all
}

// IsBigInt reports whether a type is big.Int, which has a copy of its own kind.
func IsBigInt(t types.Type) bool { return IsNamed(t, "math/big", "Int") }

// unchanging lists types of which no holder can change what another sees.
func unchanging(t types.Type) bool {
	return IsNamed(t, "time", "Time") || IsNamed(t, "net/netip", "Addr") || IsNamed(t, "net/netip", "AddrPort") || IsNamed(t, "net/netip", "Prefix")
}

// EqualsItself reports whether every value of a type is equal to itself, which a NaN is not, nor what holds one.
func EqualsItself(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsFloat|types.IsComplex) == 0
	case *types.Array:
		return EqualsItself(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if !EqualsItself(field.Type()) {
				return false
			}
		}
	case *types.Interface:
		return false
	}
	return true
}

// HoldsLock reports whether copying a value of the type copies a lock, by go vet's rule: the type, or a part of it,
// has Lock and Unlock methods on its pointer alone.
func HoldsLock(t types.Type) bool { return locks(t, map[types.Type]bool{}) }

func locks(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && !types.IsInterface(named) {
		pointer, value := types.NewMethodSet(types.NewPointer(named)), types.NewMethodSet(named)
		if has(pointer, "Lock") && has(pointer, "Unlock") && !has(value, "Lock") {
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return locks(u.Elem(), seen)
	case *types.Struct:
		for field := range u.Fields() {
			if locks(field.Type(), seen) {
				return true
			}
		}
	}
	return false
}

func has(methods *types.MethodSet, name string) bool {
	for method := range methods.Methods() {
		if method.Obj().Name() == name {
			return true
		}
	}
	return false
}
