package render

import (
	"go/token"
	"go/types"
	"strconv"
)

// name is an identifier of the generated file. What it is called is decided once everything that refers to it is known.
type name struct {
	text    string // what it is called, "" while that is open
	want    string // what it is called unless something is in the way
	instead string // what it is called then, "" for want and a number
	user    bool   // the source has it, so that invented names yield to it

	universe bool   // the language predeclares it
	scope    *scope // where a function declares it, nil for a name of the file, the package or the language
}

// invented is a name that the source does not have.
func invented(want string) *name { return &name{want: want} }

// written is a name that the source has.
func written(want string) *name { return &name{want: want, user: true} }

// scope is a block of a function. The outermost has the type parameters; the next one has the receiver, the parameters, the
// results and the variables of the body. The file, the package and the universe are around them; their names are decided
// before.
type scope struct {
	outer *scope
	names []*name
}

// use is a reference to a name.
type use struct {
	name  *name
	scope *scope
}

// naming decides the names of one declaration.
type naming struct {
	uses  []use
	order []*name // declared names, as they are met
}

// scan finds the names of a declaration.
func scan(d *decl) *naming {
	n := &naming{}
	types := &scope{}
	body := &scope{outer: types}
	n.code(d.head, types, body, types)
	n.block(d.stmt, body)
	return n
}

// decide chooses the text of every name: first for names that the source has, so that they stay; then for invented ones.
func (n *naming) decide() {
	for _, user := range []bool{true, false} {
		for _, x := range n.order {
			if x.user == user && x.text == "" {
				n.choose(x)
			}
		}
	}
}

// block walks through the statements of a block.
func (n *naming) block(list []stmt, here *scope) {
	for _, s := range list {
		if !s.block {
			n.code(s.code, here, here, nil)
			continue
		}
		inner := &scope{outer: here}
		n.code(s.code, here, inner, nil)
		n.block(s.body, inner)
	}
}

// code records the names in a piece of code: it uses them in the scope here, and declares variables in inner and type
// parameters in types.
func (n *naming) code(c code, here, inner, types *scope) {
	for _, p := range c {
		switch {
		case p.list != nil:
			for _, item := range p.list.items {
				n.code(item, here, inner, types)
			}
		case p.name == nil:
		case p.role == uses:
			n.uses = append(n.uses, use{p.name, here})
		case p.role == declares:
			n.declare(p.name, inner)
		default:
			n.declare(p.name, types)
		}
	}
}

func (n *naming) declare(x *name, in *scope) {
	x.scope = in
	in.names = append(in.names, x)
	n.order = append(n.order, x)
}

// choose finds a text that neither hides what another use means, nor is hidden where the name itself is used.
func (n *naming) choose(x *name) {
	x.text = x.want
	if n.free(x) {
		return
	}
	if x.instead != "" {
		x.text = x.instead
		if n.free(x) {
			return
		}
	}
	for i := 2; ; i++ {
		x.text = x.want + strconv.Itoa(i)
		if n.free(x) {
			return
		}
	}
}

// free reports whether a name can have its text.
func (n *naming) free(x *name) bool {
	if !x.user && !inventable(x.text) {
		return false
	}
	for s := x.scope; s != nil; s = s.outer {
		if s.has(x) {
			return false // Go wants type parameters and parameters to differ, too; the parameters of an interface's method need not
		}
	}
	for _, u := range n.uses {
		if u.name == x {
			if u.scope.hides(x, x.scope) {
				return false
			}
		} else if u.name.text == x.text && x.scope.between(u.scope, u.name.scope) {
			return false
		}
	}
	return true
}

// inventable reports whether an invented name can have a text: it is neither a keyword nor predeclared.
func inventable(text string) bool {
	return token.IsIdentifier(text) && types.Universe.Lookup(text) == nil
}

// has reports whether a scope has another name of the same text.
func (s *scope) has(x *name) bool {
	for _, other := range s.names {
		if other != x && other.text == x.text {
			return true
		}
	}
	return false
}

// hides reports whether a scope, or one around it within the scope until, has another name of the same text.
func (s *scope) hides(x *name, until *scope) bool {
	for ; s != until && s != nil; s = s.outer {
		if s.has(x) {
			return true
		}
	}
	return false
}

// between reports whether a scope lies around inner, or is it, and within outer.
func (s *scope) between(inner, outer *scope) bool {
	for ; inner != outer && inner != nil; inner = inner.outer {
		if inner == s {
			return true
		}
	}
	return false
}
