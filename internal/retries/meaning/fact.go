package meaning

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/objectpath"
)

// Said is a fact about a package: what it says of numbers that other packages can name, and which packages it knows such
// facts of.
type Said struct {
	Uses   []Elsewhere
	Behind []string // import paths
}

// AFact marks Said as a fact.
func (*Said) AFact() {}

// String lists the uses, for debugging.
func (s *Said) String() string {
	var list []string
	for _, u := range s.Uses {
		list = append(list, u.Name+": "+string(u.Means))
	}
	return strings.Join(list, ", ")
}

// export gives numbers that other packages can name their keys, and exports what is said of them.
func (m *Meanings) export() {
	said := &Said{Behind: slices.Sorted(maps.Keys(m.others))}
	var paths objectpath.Encoder
	for i := range m.Uses {
		u := &m.Uses[i]
		path, err := paths.For(u.object)
		if err != nil || u.object.Pkg() == nil {
			continue
		}
		u.key = u.object.Pkg().Path() + " " + string(path)
		said.Uses = append(said.Uses, m.elsewhere(u))
	}
	if len(said.Uses) > 0 || len(said.Behind) > 1 {
		m.pass.ExportPackageFact(said)
	}
}

// elsewhere is a use as other packages see it.
func (m *Meanings) elsewhere(u *Use) Elsewhere {
	at := m.pass.Fset.Position(u.Pos)
	return Elsewhere{
		Name: u.Name, Means: u.Means, Package: m.pass.Pkg.Path(), Key: u.key,
		Position: fmt.Sprintf("%s:%d:%d", filepath.Base(at.Filename), at.Line, at.Column),
	}
}
