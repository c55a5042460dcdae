package load

import (
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// Methods are most of what a package declares, and few of them matter: those that decide what a type is to a directive,
// those that an interface asks for, those that a value is computed with, and those that a directive may name.

// special are the methods that packages directive, values and syntax ask types for.
var special = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`Error Is As Unwrap RetryAfter RetryKey Deadline Done Err Value Context Read Seek Close
		Lock Unlock RLock RUnlock String Allow Wait Acquire Release Timeout Temporary SQLState
		MarshalJSON MarshalJSONTo MarshalText MarshalBinary AppendText AppendBinary
		UnmarshalJSON UnmarshalJSONFrom UnmarshalText UnmarshalBinary GobEncode GobDecode`) {
		special[name] = true
	}
}

// asks reports whether something asks for methods of a name. What it says may grow with the declarations that are known.
func (w *world) asks(name string) bool {
	if w.members[name] || special[name] || strings.HasSuffix(name, "WithRetry") {
		return true
	}
	near, known := w.near[name]
	if !known {
		near = w.run.nearWord(name)
		w.near[name] = near
	}
	return near
}

// membersOf returns the names of methods that a declaration asks for: methods of interfaces, and whatever stands behind a
// dot.
func membersOf(decl ast.Decl) []string {
	var names []string
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.InterfaceType:
			for _, field := range n.Methods.List {
				for _, name := range field.Names {
					names = append(names, name.Name)
				}
			}
		case *ast.SelectorExpr:
			names = append(names, n.Sel.Name)
		}
		return true
	})
	return names
}

// askMembers has packages look again for methods of names that have come up, and reports whether there are any.
func (w *world) askMembers() bool {
	if len(w.fresh) == 0 {
		return false
	}
	fresh := w.fresh
	w.fresh = map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(w.locals)) {
		if l := w.locals[path]; l.open && !l.all && l.offers(fresh) && !l.queued {
			l.queued, l.again = true, true
			w.waiting = append(w.waiting, l)
		}
	}
	return true
}

// offers reports whether a type that is needed has a method of one of some names.
func (l *local) offers(names map[string]bool) bool {
	return slices.ContainsFunc(l.methods, func(at entry) bool { return l.known[at.name] && names[at.part.names[0]] })
}
