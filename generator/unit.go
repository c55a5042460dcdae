package generator

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"sync"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/render"
)

// unit is a set of files that are type-checked as one package: those of a folder that one platform builds
// together, without tests, with them, or the tests outside the package.
type unit struct {
	folder   *folder
	platform platform
	path     string // import path; that of an external test package ends in "_test"
	kind     kind
	sources  []*source             // sorted by name
	covered  map[*ast.File]*source // the files whose directives this unit is asked for
	base     *unit                 // what an external test package tests
	info     *types.Info
	written  func(token.Pos) bool // as directive.Package has it

	prepare  sync.Once
	rendered *render.Package
}

// kind says which files of a folder make up a unit.
type kind int

const (
	plain    kind = iota // no tests
	internal             // with the tests in the package
	external             // the tests outside the package
)

// filesOf gives the syntax of sources, in their order.
func filesOf(sources []*source) []*ast.File {
	files := make([]*ast.File, len(sources))
	for i, s := range sources {
		files[i] = s.file
	}
	return files
}

// units splits a folder into the units that its directives need. A file that does not parse, or that no platform
// builds, is a diagnostic.
func (r *run) units(f *folder) []*unit {
	type key struct {
		platform platform
		kind     kind
		name     string
	}
	groups := map[key]*unit{}
	var order []*unit
	for _, s := range f.files {
		if s.ours || !s.mention {
			continue
		}
		if s.err != nil {
			for _, e := range syntaxErrors(s.err) {
				r.diagnose(e.Pos, "%s", e.Msg)
			}
			continue
		}
		if !hasDirective(s.file) {
			continue
		}
		p, ok := platformFor(f.dir, s, r.present)
		if !ok {
			r.diagnose(r.fset.PositionFor(s.file.Package, false), "no platform builds this file, so its directives cannot be checked; mend its build constraint")
			continue
		}
		k := key{p, kindOf(s), s.file.Name.Name}
		u := groups[k]
		if u == nil {
			u = newUnit(f, p, k.kind, k.name)
			groups[k] = u
			order = append(order, u)
		}
		u.covered[s.file] = s
	}
	return order
}

// kindOf says which unit a file belongs to.
func kindOf(s *source) kind {
	switch {
	case !s.test():
		return plain
	case strings.HasSuffix(s.file.Name.Name, "_test"):
		return external
	}
	return internal
}

// newUnit gathers the files of a unit; none of them is covered yet.
func newUnit(f *folder, p platform, k kind, name string) *unit {
	u := &unit{folder: f, platform: p, path: f.path, kind: k, covered: map[*ast.File]*source{}}
	for _, s := range f.files {
		if s.file != nil && s.file.Name.Name == name && (k != plain || !s.test()) && p.lets(f.dir, s) {
			u.sources = append(u.sources, s)
		}
	}
	if k == external {
		u.path += "_test"
		u.base = newUnit(f, p, internal, strings.TrimSuffix(name, "_test"))
	}
	return u
}

func hasDirective(file *ast.File) bool {
	for range directive.All(file) {
		return true
	}
	return false
}

// find type-checks a unit and gives what its directives ask for.
func (r *run) find(u *unit) (*directive.Found, *types.Package) {
	world := r.world(u.platform)
	pkg, info := world.check(u)
	u.info = info
	restrictions := map[*ast.File]string{}
	tests := map[*ast.File]bool{}
	same := true
	for _, s := range u.sources {
		restrictions[s.file], tests[s.file] = restriction(s), s.test()
		same = same && restrictions[s.file] == restrictions[u.sources[0].file]
	}
	found, problems := directive.Find(&directive.Package{
		Fset: r.fset, Files: filesOf(u.sources), Types: pkg, Info: info,
		Import:  func(path string) (*types.Package, error) { return world.reach(u, path) },
		Written: r.isPromised,
		Cover:   func(file *ast.File) bool { return u.covered[file] != nil },
		Optional: func(file *ast.File) bool {
			return restrictions[file] != "" && !same || u.kind == internal && tests[file]
		},
	})
	for _, p := range problems {
		r.diagnose(r.fset.PositionFor(p.Pos, false), "%s", p.Message)
	}
	return found, pkg
}

// render writes what the directives of a source file of the unit ask for.
func (u *unit) render(pkg *types.Package, file *ast.File, found *directive.Found) ([]byte, error) {
	u.prepare.Do(func() {
		u.rendered = &render.Package{
			Path: u.path, Types: pkg, Info: u.info, Found: found,
			Declared: u.declared(file.Name.Name), Written: u.written,
		}
	})
	return render.File(&render.Input{Package: u.rendered, Source: file, Constraint: constraintOf(u.covered[file])})
}

// constraintOf repeats the build constraint of a source, with cgo where the source needs it; "" for none.
func constraintOf(s *source) string {
	expr := buildLine(s.src)
	switch {
	case expr != nil && usesCgo(s.file):
		return "cgo && (" + expr.String() + ")"
	case expr != nil:
		return expr.String()
	case usesCgo(s.file):
		return "cgo"
	}
	return ""
}

// diagnose notes a mistake in the input.
func (r *run) diagnose(pos token.Position, format string, args ...any) {
	r.diagnostics = append(r.diagnostics, Diagnostic{
		File: pos.Filename, Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(format, args...),
	})
	r.broken[filepath.Dir(pos.Filename)] = true
}
