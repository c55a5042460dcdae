package directive

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/values"
)

// Shape spells a function with its path, what its calls are told apart by and what they give, with all fields: as a
// change to one of the types changes it, a record of before is never read as one of after. Results are spelled out for durable
// checkpoints only, since no others outlive the program.
func (fn *Func) Shape() string {
	s := shaper{pkg: fn.pkg, seen: map[string]bool{}}
	s.text.WriteString(pathOf(fn.pkg) + strings.TrimPrefix(fn.Task, fn.pkg.Name()) + "(")
	for n, i := range fn.Arguments() {
		if n > 0 {
			s.text.WriteString(", ")
		}
		s.argument(fn.Sig.Params().At(i).Type())
	}
	s.text.WriteString(")")
	if fn.Checkpoint != nil && fn.Checkpoint.Durable {
		s.results, s.seen = true, map[string]bool{}
	}
	for i := range fn.Sig.Results().Len() - 1 {
		s.text.WriteString([]string{" ", ", "}[min(i, 1)])
		if s.results {
			s.walk(fn.Sig.Results().At(i).Type())
		} else {
			s.text.WriteString(types.TypeString(fn.Sig.Results().At(i).Type(), pathOf))
		}
	}
	return s.text.String()
}

// shaper spells types. It spells a declared type out where it meets it first.
type shaper struct {
	pkg     *types.Package
	text    strings.Builder
	seen    map[string]bool
	results bool // what is spelled is written as JSON, so tags count
}

// argument spells a type by which calls are told apart; a flow may have some that cannot.
func (s *shaper) argument(t types.Type) {
	if !values.Told(t, s.pkg) {
		s.text.WriteString(types.TypeString(t, pathOf))
		return
	}
	s.walk(t)
}

func (s *shaper) walk(t types.Type) {
	t = types.Unalias(t)
	if _, ok := t.(*types.TypeParam); ok {
		s.text.WriteString(t.String())
		return
	}
	if named, ok := t.(*types.Named); ok {
		name := types.TypeString(named, pathOf)
		s.text.WriteString(name)
		if s.seen[name] || s.whole(t) {
			return
		}
		s.seen[name] = true
		s.text.WriteString(" ")
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		s.text.WriteString("*")
		s.walk(u.Elem())
	case *types.Slice:
		s.text.WriteString("[]")
		s.walk(u.Elem())
	case *types.Array:
		s.text.WriteString("[" + strconv.FormatInt(u.Len(), 10) + "]")
		s.walk(u.Elem())
	case *types.Map:
		s.text.WriteString("map[")
		s.walk(u.Key())
		s.text.WriteString("]")
		s.walk(u.Elem())
	case *types.Struct:
		s.fields(u)
	default:
		s.text.WriteString(types.TypeString(u, pathOf))
	}
}

// whole reports whether what a declared type is made of does not matter.
func (s *shaper) whole(t types.Type) bool {
	if s.results {
		return values.ExactByItself(t)
	}
	form, _ := values.FormOf(t, s.pkg)
	return form == values.NoForm || form >= values.KeyedForm
}

func (s *shaper) fields(u *types.Struct) {
	s.text.WriteString("{")
	for i := range u.NumFields() {
		if i > 0 {
			s.text.WriteString("; ")
		}
		if field := u.Field(i); !field.Embedded() {
			s.text.WriteString(field.Name() + " ")
		}
		s.walk(u.Field(i).Type())
		if s.results && u.Tag(i) != "" {
			s.text.WriteString(" `" + u.Tag(i) + "`")
		}
	}
	s.text.WriteString("}")
}

// pathOf gives the path of a package, whether it is built for its tests or not.
func pathOf(pkg *types.Package) string {
	path, _, _ := strings.Cut(pkg.Path(), " [")
	return path
}
