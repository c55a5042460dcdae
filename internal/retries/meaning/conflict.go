package meaning

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
)

// Conflict is a number with two meanings. Of what is used first, either First or Before is set.
type Conflict struct {
	Name   string
	Use    *Use       // the first one whose meaning differs; nil if the conflict is between two other packages
	First  *Use       // in this package
	Before *Elsewhere // in another
	After  *Elsewhere // in another package, if Use is nil
	Import ast.Node   // of the package of After, or of one that imports it, if Use is nil
}

// Conflicts returns the numbers with two meanings, in the order of the source: those that this package uses, then those that
// two packages use which this one is the first to import both.
func (m *Meanings) Conflicts() []Conflict {
	var list []Conflict
	found := map[string]bool{}
	for i := range m.Uses {
		u := &m.Uses[i]
		if c, ok := m.conflict(u, m.Uses[:i]); ok && !found[c.Name] {
			found[c.Name] = true
			list = append(list, c)
		}
	}
	for _, c := range m.apart() {
		if !found[c.Name] {
			found[c.Name] = true
			list = append(list, c)
		}
	}
	return list
}

// conflict returns what contradicts a use: what another package says, else what is said before it in this one.
func (m *Meanings) conflict(u *Use, before []Use) (Conflict, bool) {
	for _, path := range slices.Sorted(maps.Keys(m.others)) {
		for i := range m.others[path].Uses {
			if other := &m.others[path].Uses[i]; u.key != "" && other.Key == u.key && other.Means.against(u.Means) {
				return Conflict{Name: u.Name, Use: u, Before: other}, true
			}
		}
	}
	for i := range before {
		if first := &before[i]; first.object == u.object && first.Means.against(u.Means) {
			return Conflict{Name: u.Name, Use: u, First: first}, true
		}
	}
	return Conflict{}, false
}

// apart returns the conflicts of packages that do not know of each other, if no package that this one imports knows both.
func (m *Meanings) apart() []Conflict {
	var list []Conflict
	paths := slices.Sorted(maps.Keys(m.others))
	for i, path := range paths {
		for _, other := range paths[i+1:] {
			if m.meet(path, other) {
				continue
			}
			if c, ok := m.between(m.others[path].Uses, m.others[other].Uses); ok {
				list = append(list, c)
			}
		}
	}
	return list
}

// meet reports whether one of two packages knows the other, or another one knows both.
func (m *Meanings) meet(a, b string) bool {
	for path, said := range m.others {
		knows := func(p string) bool { return p == path || slices.Contains(said.Behind, p) }
		if knows(a) && knows(b) {
			return true
		}
	}
	return false
}

// between returns the first conflict between the uses of two packages.
func (m *Meanings) between(a, b []Elsewhere) (Conflict, bool) {
	for i := range a {
		for j := range b {
			if a[i].Key != b[j].Key || !a[i].Means.against(b[j].Means) {
				continue
			}
			if node := m.importOf(b[j].Package); node != nil {
				return Conflict{Name: a[i].Name, Before: &a[i], After: &b[j], Import: node}, true
			}
		}
	}
	return Conflict{}, false
}

// importOf returns the import of a package, or of one that knows of it, nil for none.
func (m *Meanings) importOf(path string) ast.Node {
	var through ast.Node
	for _, file := range m.pass.Files {
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			said := m.others[imported]
			switch {
			case imported == path:
				return spec
			case through == nil && said != nil && slices.Contains(said.Behind, path):
				through = spec
			}
		}
	}
	return through
}

// Meanings returns the meaning where the conflict is reported, and the one that was there first.
func (c *Conflict) Meanings() (now, before Meaning) {
	switch {
	case c.Use == nil:
		return c.After.Means, c.Before.Means
	case c.First != nil:
		return c.Use.Means, c.First.Means
	}
	return c.Use.Means, c.Before.Means
}

// Range returns where to report a conflict.
func (c *Conflict) Range() (pos, end token.Pos) {
	if c.Use != nil {
		return c.Use.Pos, c.Use.End
	}
	return c.Import.Pos(), c.Import.End()
}
