package values

import (
	"go/types"
	"strconv"
	"strings"
)

// Shaper spells types with what they are made of, so that a change to a type changes its text. It spells a declared type
// out where it meets it first.
type Shaper struct {
	pkg  *types.Package
	json bool
	text strings.Builder
	seen map[string]bool
}

// NewShaper returns a Shaper for values that code of pkg identifies or, with json, stores as JSON, for which tags count.
func NewShaper(pkg *types.Package, json bool) *Shaper {
	return &Shaper{pkg: pkg, json: json, seen: map[string]bool{}}
}

// Shape spells a type.
func (s *Shaper) Shape(t types.Type) string {
	s.text.Reset()
	s.spell(t)
	return s.text.String()
}

func (s *Shaper) spell(t types.Type) {
	t = types.Unalias(t)
	switch t := t.(type) {
	case *types.TypeParam:
		s.text.WriteString(t.String())
		return
	case *types.Named:
		name := types.TypeString(t, PathOf)
		s.text.WriteString(name)
		if s.seen[name] || s.whole(t) {
			return
		}
		s.seen[name] = true
		s.text.WriteString(" ")
	}
	before := ""
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		before = "*"
	case *types.Slice:
		before = "[]"
	case *types.Array:
		before = "[" + strconv.FormatInt(u.Len(), 10) + "]"
	case *types.Map:
		before = "map["
	case *types.Struct:
		before = "{"
	default:
		s.text.WriteString(types.TypeString(u, PathOf))
		return
	}
	s.text.WriteString(before)
	s.parts(t.Underlying())
}

// parts spells what a type holds.
func (s *Shaper) parts(t types.Type) {
	list := parts(t)
	for i := range list {
		part := &list[i]
		if i > 0 && part.Held == Field {
			s.text.WriteString("; ")
		}
		if part.Held == Field && !part.Object.(*types.Var).Embedded() {
			s.text.WriteString(part.Object.Name() + " ")
		}
		s.spell(part.Type)
		if s.json && part.Tag != "" {
			s.text.WriteString(" `" + part.Tag + "`")
		}
		if part.Held == Key {
			s.text.WriteString("]")
		}
	}
	if _, ok := t.(*types.Struct); ok {
		s.text.WriteString("}")
	}
}

// whole reports whether what a declared type is made of does not matter.
func (s *Shaper) whole(t types.Type) bool {
	if s.json {
		return ExactByItself(t)
	}
	form, _ := FormOf(t, s.pkg)
	return form == NoForm || form >= KeyedForm
}

// PathOf is a types.Qualifier that writes the path of a package, whether it is built for its tests or not.
func PathOf(pkg *types.Package) string {
	path, _, _ := strings.Cut(pkg.Path(), " [")
	return path
}
