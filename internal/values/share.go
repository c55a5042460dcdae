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
	all := Apart
	Walk(t, "", func(n *Node) Next {
		own, next := sharing(n, pkg)
		if own != Apart && n.within(Key) {
			own = Shared // a copy of the key would be another key
		}
		if all = max(all, own); all == Shared {
			return Stop
		}
		return next
	})
	return all
}

// sharing says what holders of a type share, apart from what it holds.
func sharing(n *Node, pkg *types.Package) (Sharing, Next) {
	if n.Held == Field && !n.Object.Exported() && (n.within(Pointed) || !SamePackage(n.Object.Pkg(), pkg)) {
		return Shared, Stop // behind a pointer, a struct with hidden fields is more than its data
	}
	if unchanging(n.Type) {
		return Apart, Skip
	}
	if HoldsLock(n.Type) || n.Again {
		return Shared, Stop
	}
	switch u := n.Type.Underlying().(type) {
	case *types.Basic:
		if u.Kind() != types.UnsafePointer {
			return Apart, Skip
		}
	case *types.Interface:
		if param, ok := n.Type.(*types.TypeParam); ok && basicOnly(param.Constraint(), exactBasic) {
			return Apart, Skip
		}
	case *types.Pointer:
		if IsBigInt(u.Elem()) {
			return Copied, Skip
		}
		return Copied, Enter
	case *types.Slice, *types.Map:
		return Copied, Enter
	case *types.Array, *types.Struct:
		return Apart, Enter
	}
	return Shared, Stop
}

// IsBigInt reports whether a type is big.Int, which has a copy of its own kind.
func IsBigInt(t types.Type) bool { return IsNamed(t, "math/big", "Int") }

// unchanging lists types of which no holder can change what another sees.
func unchanging(t types.Type) bool { return IsNamed(t, "time", "Time") || isAddress(t) }

// isAddress reports whether a type is one of package netip.
func isAddress(t types.Type) bool {
	return IsNamed(t, "net/netip", "Addr") || IsNamed(t, "net/netip", "AddrPort") || IsNamed(t, "net/netip", "Prefix")
}
