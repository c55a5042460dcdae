// Package values says what generated code can do with the values of a type: identify them ([Untold]), store them as
// JSON ([Inexact]), copy them ([SharingOf], [HoldsLock]), compare them ([EqualsItself]), and write their type ([Unspelled]).
//
//	values.Untold(orders, pkg, "orders") // "orders[].Do is func() error: such values cannot be compared"
//
// All questions are visitors of one walk over types ([Walk], and [Spell] for types as they are written). The walk knows
// how a type holds others and how to call them; a visitor looks at one type at a time and says whether to enter it.
package values

import (
	"go/types"
	"strings"
)

// Held says how a type holds another.
type Held int

// The ways.
const (
	Itself   Held = iota // the walk begins with it
	Element              // of a slice, array or channel, or of a map
	Pointed              // behind a pointer
	Key                  // of a map
	Field                // of a struct
	Param                // a parameter or result of a function
	Method               // a method of an interface
	Embedded             // in an interface or a union
	Argument             // a type argument
)

// Node is a type that a walk reaches.
type Node struct {
	Type  types.Type
	Held  Held
	Path  string // how a reader gets there: "orders[].Price"
	Above *Node  // what holds it, nil for the first
	Again bool   // it is a declared type that holds itself

	Object types.Object // the field or method, nil for any other
	Tag    string       // of the field
}

// Next says how a walk goes on.
type Next int

// The ways to go on.
const (
	Enter Next = iota // visit what the type holds, then go on
	Skip              // go on without
	Stop              // end the walk
)

// Walk walks through what a type is made of, depth first: the fields of structs, declared or not, the elements of slices,
// arrays and maps, and what pointers point to. It looks through aliases and behind names. A type that holds itself is
// visited as Again, and not entered. Walk reports whether the whole type was walked through, and not stopped.
func Walk(t types.Type, path string, visit func(*Node) Next) bool {
	return walk(&Node{Type: t, Path: path}, nil, true, visit) != Stop
}

// Spell walks through the types that are written where a type is written, depth first: it does not look behind names, but
// visits their type arguments. Aliases are visited as they stand. It reports whether it was not stopped.
func Spell(t types.Type, visit func(*Node) Next) bool {
	return walk(&Node{Type: t}, nil, false, visit) != Stop
}

// walk visits a node and what it holds. Open are the declared types that it stands in. Made says that the walk looks
// behind names.
func walk(n *Node, open []*types.Named, made bool, visit func(*Node) Next) Next {
	if made {
		n.Type = types.Unalias(n.Type)
		if named, ok := n.Type.(*types.Named); ok {
			n.Again = holdsItself(named, open)
			open = append(open[:len(open):len(open)], named)
		}
	}
	if next := visit(n); next != Enter || n.Again || !made && n.standsInItself() {
		return next
	}
	t := n.Type
	if made {
		t = t.Underlying()
	}
	for _, part := range parts(t) {
		part.Above, part.Path = n, part.name(n.Path)
		if walk(&part, open, made, visit) == Stop {
			return Stop
		}
	}
	return Enter
}

// holdsItself reports whether a declared type is among those that hold it, or is an instance of a generic type that holds
// itself with ever other type arguments. The compiler takes no such type, but it can be met before.
func holdsItself(t *types.Named, open []*types.Named) bool {
	const deepest = 8 // deep enough for types that people write
	alike := 0
	for _, other := range open {
		if types.Identical(other, t) {
			return true
		}
		if other.Origin() == t.Origin() {
			alike++
		}
	}
	return alike >= deepest
}

// standsInItself reports whether a type without a name holds itself, which only code with errors can say.
func (n *Node) standsInItself() bool {
	for above := n.Above; above != nil; above = above.Above {
		if above.Type == n.Type {
			return true
		}
	}
	return false
}

// name spells the path to a part of what stands at a path.
func (n *Node) name(path string) string {
	switch n.Held {
	case Element:
		return path + "[]"
	case Key:
		return "a key of " + strings.TrimPrefix(path, "a key of ")
	case Field:
		return path + "." + n.Object.Name()
	}
	return path
}

// within reports whether a node, or a type that holds it, is held in a way.
func (n *Node) within(held Held) bool {
	for ; n != nil; n = n.Above {
		if n.Held == held {
			return true
		}
	}
	return false
}

// parts lists the types that a type holds.
func parts(t types.Type) []Node {
	switch t := t.(type) {
	case *types.Alias:
		return listed(t.TypeArgs(), Argument)
	case *types.Named:
		return listed(t.TypeArgs(), Argument)
	case *types.Pointer:
		return []Node{{Type: t.Elem(), Held: Pointed}}
	case *types.Slice:
		return []Node{{Type: t.Elem(), Held: Element}}
	case *types.Array:
		return []Node{{Type: t.Elem(), Held: Element}}
	case *types.Chan:
		return []Node{{Type: t.Elem(), Held: Element}}
	case *types.Map:
		return []Node{{Type: t.Key(), Held: Key}, {Type: t.Elem(), Held: Element}}
	case *types.Struct:
		return fields(t)
	case *types.Signature:
		return append(variables(t.Params()), variables(t.Results())...)
	case *types.Interface:
		return methods(t)
	case *types.Union:
		var list []Node
		for term := range t.Terms() {
			list = append(list, Node{Type: term.Type(), Held: Embedded})
		}
		return list
	}
	return nil
}

func listed(args *types.TypeList, held Held) []Node {
	var list []Node
	for t := range args.Types() {
		list = append(list, Node{Type: t, Held: held})
	}
	return list
}

func variables(tuple *types.Tuple) []Node {
	var list []Node
	for v := range tuple.Variables() {
		list = append(list, Node{Type: v.Type(), Held: Param})
	}
	return list
}

func fields(t *types.Struct) []Node {
	var list []Node
	for i := range t.NumFields() {
		list = append(list, Node{Type: t.Field(i).Type(), Held: Field, Object: t.Field(i), Tag: t.Tag(i)})
	}
	return list
}

func methods(t *types.Interface) []Node {
	var list []Node
	for method := range t.ExplicitMethods() {
		list = append(list, Node{Type: method.Type(), Held: Method, Object: method})
	}
	for embedded := range t.EmbeddedTypes() {
		list = append(list, Node{Type: embedded, Held: Embedded})
	}
	return list
}
