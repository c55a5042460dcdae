package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/output"
)

// Unit is a set of files that are type-checked as one package: the files of a folder that one platform builds
// together, without tests, with them, or the tests outside the package.
type Unit struct {
	Folder  *Folder
	Path    string    // import path; it ends in "_test" for an external test package
	Sources []*Source // sorted by name

	// Set by [Run.Find].
	Types *types.Package
	Info  *types.Info
	Found *directive.Found

	platform platform
	kind     kind
	covered  map[*ast.File]*Source // the files whose directives this unit is asked for
	base     *Unit                 // what an external test package tests
	byFile   map[*ast.File]*Source // by Source
}

// kind says which files of a folder make up a unit.
type kind int

const (
	plain    kind = iota // no tests
	internal             // with the tests in the package
	external             // the tests outside the package
)

// filesOf returns the syntax of sources, in their order.
func filesOf(sources []*Source) []*ast.File {
	files := make([]*ast.File, len(sources))
	for i, s := range sources {
		files[i] = s.File
	}
	return files
}

// split divides a folder into the units that its directives need. A file that does not parse, or that no platform
// builds, is a diagnostic.
func (r *Run) split(f *Folder) []*Unit {
	type key struct {
		platform platform
		kind     kind
		name     string
	}
	groups := map[key]*Unit{}
	var order []*Unit
	for _, s := range f.Files {
		if s.Own || !s.mention && (s.err == nil || !f.generatedFrom(s)) {
			continue
		}
		if s.err != nil {
			for _, e := range syntaxErrors(s.err) {
				r.Problem(e.Pos, "%s", e.Msg)
			}
			continue
		}
		if !hasDirective(s.File) {
			continue
		}
		p, ok := r.platformFor(f, s)
		if !ok {
			const message = "no platform builds this file, so its directives cannot be checked; mend its build constraint"
			r.Problem(r.Position(s.File.Package), message)
			continue
		}
		k := key{p, kindOf(s), s.File.Name.Name}
		u := groups[k]
		if u == nil {
			u = newUnit(f, p, k.kind, k.name)
			groups[k] = u
			order = append(order, u)
		}
		u.covered[s.File] = s
	}
	return order
}

// generatedFrom reports whether the folder has a generated file of a source. If so, the source must parse: what the parser
// cannot read may still have a directive, and the file must not be removed.
func (f *Folder) generatedFrom(s *Source) bool {
	name := output.Name(s.Name)
	return slices.ContainsFunc(f.Files, func(other *Source) bool { return other.Own && other.Name == name })
}

// kindOf says which unit a file belongs to.
func kindOf(s *Source) kind {
	switch {
	case !s.test():
		return plain
	case strings.HasSuffix(s.File.Name.Name, "_test"):
		return external
	}
	return internal
}

// newUnit gathers the files of a unit; none of them is covered yet.
func newUnit(f *Folder, p platform, k kind, name string) *Unit {
	u := &Unit{Folder: f, platform: p, Path: f.Path, kind: k, covered: map[*ast.File]*Source{}}
	for _, s := range f.Files {
		if s.File != nil && s.File.Name.Name == name && (k != plain || !s.test()) && p.lets(f.Dir, s) {
			u.Sources = append(u.Sources, s)
		}
	}
	if k == external {
		u.Path += "_test"
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

// Find type-checks a unit and finds what its directives ask for.
func (r *Run) Find(u *Unit) {
	problems := r.find(u)
	for len(r.worlds[u.platform].late) > 0 && r.renew(u.platform) == nil {
		problems = r.find(u)
	}
	for _, p := range problems {
		r.Problem(r.fset.PositionFor(p.Pos, false), "%s", p.Message)
	}
}

// renew begins a world again, with packages that directives turned out to name.
func (r *Run) renew(p platform) error {
	old := r.worlds[p]
	maps.Copy(old.late, old.named)
	r.worlds[p] = r.newWorld(p, old.units, old.late)
	return r.worlds[p].prepare()
}

// find type-checks a unit and finds what its directives ask for.
func (r *Run) find(u *Unit) []directive.Problem {
	world := r.worlds[u.platform]
	checked := world.check(u)
	u.Types, u.Info = checked.pkg, checked.info
	restrictions := map[*ast.File]string{}
	tests := map[*ast.File]bool{}
	same := true
	for _, s := range u.Sources {
		restrictions[s.File], tests[s.File] = Restriction(s), s.test()
		same = same && restrictions[s.File] == restrictions[u.Sources[0].File]
	}
	var problems []directive.Problem
	u.Found, problems = directive.Find(&directive.Package{
		Fset: r.fset, Files: filesOf(u.Sources), Types: u.Types, Info: u.Info,
		Import:  func(path string) (*types.Package, error) { return world.reach(u, path) },
		Written: r.isPromised,
		Cover:   func(file *ast.File) bool { return u.covered[file] != nil },
		Varies:  func(c *types.Const, use *ast.File) string { return r.constantVaries(u, c, use) },
		Unlike: func(object types.Object, method string, exactly bool, use *ast.File) string {
			return r.unlike(u, object, method, exactly, use)
		},
		Cause: func(file *ast.File, expr ast.Expr) (token.Pos, string) {
			return cause(checked.errs, file, expr)
		},
		Optional: func(file *ast.File) bool {
			return restrictions[file] != "" && !same || u.kind == internal && tests[file]
		},
	})
	return problems
}

// Covered lists the sources whose directives the unit is asked for.
func (u *Unit) Covered() []*Source {
	return slices.DeleteFunc(slices.Clone(u.Sources), func(s *Source) bool { return u.covered[s.File] == nil })
}

// Source returns the source of a syntax tree of the unit.
func (u *Unit) Source(file *ast.File) *Source {
	if u.byFile == nil {
		u.byFile = map[*ast.File]*Source{}
		for _, s := range u.Sources {
			u.byFile[s.File] = s
		}
	}
	return u.byFile[file]
}

// Release drops what the type checker has found out about the syntax of a unit. Its types remain, for others may import
// them.
func (r *Run) Release(u *Unit) {
	u.Info, u.Found = nil, nil
	if l := r.worlds[u.platform].roots[u]; l != nil {
		l.info, l.errs, l.files = nil, nil, nil
	}
}

// Foreign reports whether the present platform and tags leave a source out.
func (r *Run) Foreign(f *Folder, s *Source) bool { return !r.present.lets(f.Dir, s) }

// Wrappers returns the numbers of functions and methods that the directives of files wrap.
func Wrappers(found *directive.Found) map[*ast.File]int {
	n := map[*ast.File]int{}
	for _, fn := range found.Funcs {
		n[fn.File]++
	}
	for _, d := range found.Decorators {
		n[d.File] += len(d.Methods)
	}
	return n
}
