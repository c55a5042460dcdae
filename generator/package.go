package generator

import (
	"bytes"
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/render"
)

// Package is one package as the compiler sees it on the present platform, with all its files and function bodies:
// what an analyzer has at hand. It answers, without loading anything, the questions that [Plan] answers for modules.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File // with comments, generated files included
	Types *types.Package
	Info  *types.Info
}

// Own reports whether a file of a package is retrygen's own: written by it, and free to be overwritten by it.
func Own(fset *token.FileSet, file *ast.File) bool {
	name := fset.Position(file.Package).Filename
	if sourceOf(filepath.Base(name)) == "" {
		return false
	}
	src, err := os.ReadFile(name)
	return err == nil && own(filepath.Base(name), src)
}

// own reports whether a file is retrygen's own.
func (p *Package) own(file *ast.File) bool { return Own(p.Fset, file) }

// Find gives what the directives of the package ask for, and the mistakes in them.
func (p *Package) Find() (*directive.Found, []directive.Problem) {
	var sources []*ast.File
	for _, file := range p.Files {
		if !p.own(file) {
			sources = append(sources, file)
		}
	}
	return directive.Find(&directive.Package{
		Fset: p.Fset, Files: sources, Types: p.Types, Info: p.Info, Import: p.imported,
		Written:  p.written(),
		Optional: p.optional(sources),
	})
}

// written tells the positions in files that retrygen has written.
func (p *Package) written() func(token.Pos) bool {
	written := slices.DeleteFunc(slices.Clone(p.Files), func(file *ast.File) bool { return !p.own(file) })
	return func(pos token.Pos) bool {
		return slices.ContainsFunc(written, func(f *ast.File) bool { return f.FileStart <= pos && pos < f.FileEnd })
	}
}

// imported gives a package that the files import; the types of others are known in part at best.
func (p *Package) imported(path string) (*types.Package, error) {
	for _, pkg := range p.Types.Imports() {
		if pkg.Path() == path {
			return pkg, nil
		}
	}
	return nil, directive.ErrUnseen
}

// optional tells files that not every build of the package has. It reads the files when it is first asked, which is
// where a package has defaults.
func (p *Package) optional(sources []*ast.File) func(*ast.File) bool {
	restrictions := sync.OnceValue(func() map[*ast.File]string {
		all := map[*ast.File]string{}
		for _, file := range sources {
			s := &source{name: filepath.Base(p.name(file)), file: file}
			if src, err := os.ReadFile(p.name(file)); err == nil { // unreadable: it counts as unrestricted
				s.src = src
			}
			all[file] = restriction(s)
		}
		return all
	})
	external := strings.HasSuffix(p.Types.Name(), "_test")
	return func(file *ast.File) bool {
		if strings.HasSuffix(p.name(file), "_test.go") && !external {
			return true
		}
		all := restrictions()
		same := func(other *ast.File) bool { return all[other] == all[sources[0]] }
		return all[file] != "" && slices.ContainsFunc(sources, func(other *ast.File) bool { return !same(other) })
	}
}

// name is the path of a file; of one that cgo has rewritten, that of the original.
func (p *Package) name(file *ast.File) string { return p.Fset.Position(file.Package).Filename }

// Stale is a generated file that is not what the directives ask for.
type Stale struct {
	Pos  token.Pos // in the source: of its package clause; of an orphan, in the orphan
	Name string    // base name of the generated file
	Kind StaleKind
}

// StaleKind says what is wrong with a generated file.
type StaleKind int

// The kinds.
const (
	Missing  StaleKind = iota
	Differs            // stale, or edited by hand
	Orphan             // no directive asks for it any more
	InTheWay           // retrygen did not write it
)

// Stale renders the generated files of the package again and compares them with what is there. What was found must
// come from [Package.Find], without problems. Files that cgo rewrites are passed over, for their types are the rewritten
// ones.
func (p *Package) Stale(found *directive.Found) ([]Stale, error) {
	if len(p.Files) == 0 {
		return nil, nil
	}
	dir := filepath.Dir(p.name(p.Files[0]))
	f, err := readFolder(dir, p.Types.Path())
	if err != nil {
		return nil, err
	}
	f.parse(token.NewFileSet())
	u := &unit{folder: f, path: p.Types.Path(), covered: map[*ast.File]*source{}, info: p.Info, written: p.written()}
	var list []Stale
	asked := map[string]bool{}
	for _, file := range p.Files {
		s := f.source(filepath.Base(p.name(file)))
		if s == nil || s.ours || count(found, file) == 0 {
			continue
		}
		asked[target(s.name)] = true
		if p.Fset.PositionFor(file.Package, false).Filename != p.name(file) {
			continue
		}
		u.covered[file] = s
		text, err := u.render(p.Types, file, found)
		if _, ok := errors.AsType[*render.Error](err); ok {
			continue // the generator says why there is no file
		}
		if err != nil {
			return nil, err
		}
		if kind, ok := f.compare(target(s.name), text); !ok {
			list = append(list, Stale{file.Package, target(s.name), kind})
		}
	}
	for _, file := range p.Files {
		name := filepath.Base(p.name(file))
		if p.own(file) && !asked[name] && strings.HasSuffix(name, ".go") {
			list = append(list, Stale{file.Package, name, Orphan})
		}
	}
	return list, nil
}

// source gives a file of the folder by its name, nil for none.
func (f *folder) source(name string) *source {
	for _, s := range f.files {
		if s.name == name {
			return s
		}
	}
	return nil
}

// compare says what is wrong with a generated file that should have a text; ok means nothing.
func (f *folder) compare(name string, text []byte) (kind StaleKind, ok bool) {
	s := f.source(name)
	switch {
	case s == nil:
		if _, err := os.Lstat(filepath.Join(f.dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return InTheWay, false
		}
		return Missing, false
	case !s.ours:
		return InTheWay, false
	}
	return Differs, bytes.Equal(s.src, text)
}
