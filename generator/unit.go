package generator

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// unit is a set of files that are type-checked as one package: those of a folder that one platform builds
// together, without tests, with them, or the tests outside the package.
type unit struct {
	folder   *folder
	platform platform
	path     string // import path; that of an external test package ends in "_test"
	kind     kind
	parsed   map[*source]*ast.File
	covered  map[*ast.File]*source // the files whose directives this unit is asked for
	others   []*ast.File
	base     *unit // what an external test package tests
	info     *types.Info
}

// kind says which files of a folder make up a unit.
type kind int

const (
	plain    kind = iota // no tests
	internal             // with the tests in the package
	external             // the tests outside the package
)

// files lists all files of the unit in the order of their names.
func (u *unit) files() []*ast.File {
	all := slices.Clone(u.others)
	for file := range u.covered {
		all = append(all, file)
	}
	slices.SortFunc(all, func(a, b *ast.File) int { return cmp.Compare(a.FileStart, b.FileStart) })
	return all
}

// units splits a folder into the units that its directives need. A file that does not parse, or that no platform
// builds, is a diagnostic.
func (r *run) units(f *folder) []*unit {
	type key struct {
		platform platform
		kind     kind
		name     string
	}
	parsed := map[*source]*ast.File{}
	for _, s := range f.files {
		if s.ours {
			continue
		}
		mode := parser.ParseComments
		file, err := parse(r.fset, f.dir, s, mode)
		if err != nil && s.mention {
			for _, e := range syntaxErrors(err) {
				r.diagnose(e.Pos, "%s", e.Msg)
			}
			continue
		}
		if file != nil && file.Name != nil {
			parsed[s] = file
		}
	}
	groups := map[key]*unit{}
	var order []*unit
	for _, s := range f.files {
		file := parsed[s]
		if file == nil || !s.mention || !hasDirective(file) {
			continue
		}
		p, ok := platformFor(f.dir, s, r.present)
		if !ok {
			r.diagnose(r.fset.PositionFor(file.Package, false), "no platform builds this file, so its directives cannot be checked; mend its build constraint")
			continue
		}
		k := key{p, plain, file.Name.Name}
		if s.test() {
			k.kind = internal
			if strings.HasSuffix(file.Name.Name, "_test") {
				k.kind = external
			}
		}
		u := groups[k]
		if u == nil {
			u = r.newUnit(f, p, k.kind, k.name, parsed)
			groups[k] = u
			order = append(order, u)
		}
		u.covered[file] = s
		u.others = slices.DeleteFunc(u.others, func(other *ast.File) bool { return other == file })
	}
	return order
}

// newUnit gathers the files of a unit; none of them is covered yet.
func (r *run) newUnit(f *folder, p platform, k kind, name string, parsed map[*source]*ast.File) *unit {
	u := &unit{folder: f, platform: p, path: f.path, kind: k, parsed: parsed, covered: map[*ast.File]*source{}}
	for _, s := range f.files {
		file := parsed[s]
		if file == nil || file.Name.Name != name || s.test() && k == plain || !p.lets(f.dir, s) {
			continue
		}
		u.others = append(u.others, file)
	}
	if k == external {
		u.path += "_test"
		u.base = r.newUnit(f, p, internal, strings.TrimSuffix(name, "_test"), parsed)
	}
	return u
}

func hasDirective(file *ast.File) bool {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if d, ok := ast.ParseDirective(comment.Slash, comment.Text); ok && d.Tool == "retry" {
				return true
			}
		}
	}
	return false
}

// find type-checks a unit and gives what its directives ask for.
func (r *run) find(u *unit) (*directive.Found, *types.Package) {
	world := r.world(u.platform)
	pkg, info := world.check(u)
	u.info = info
	restrictions := map[*ast.File]string{}
	same := true
	for s, file := range u.parsed {
		restrictions[file] = restriction(s, file)
	}
	files := u.files()
	for _, file := range files {
		same = same && restrictions[file] == restrictions[files[0]]
	}
	found, problems := directive.Find(&directive.Package{
		Fset: r.fset, Files: files, Types: pkg, Info: info,
		Import: func(path string) (*types.Package, error) { return world.reach(u, path) },
		Cover:  func(file *ast.File) bool { return u.covered[file] != nil },
		Optional: func(file *ast.File) bool {
			return restrictions[file] != "" && !same || u.kind == internal && u.test(file)
		},
	})
	for _, p := range problems {
		r.diagnose(r.fset.PositionFor(p.Pos, false), "%s", p.Message)
	}
	return found, pkg
}

// test reports whether a file of the unit is a test.
func (u *unit) test(file *ast.File) bool {
	for s, other := range u.parsed {
		if other == file {
			return s.test()
		}
	}
	return false
}

// declared gathers every name that some file of the folder declares in the package, whatever the platform: an import
// in a generated file must collide with none of them.
func (u *unit) declared() map[string]bool {
	names := map[string]bool{}
	for _, file := range u.parsed {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					names[decl.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

// diagnose notes a mistake in the input.
func (r *run) diagnose(pos token.Position, format string, args ...any) {
	r.diagnostics = append(r.diagnostics, Diagnostic{
		File: pos.Filename, Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(format, args...),
	})
	r.broken[filepath.Dir(pos.Filename)] = true
}
