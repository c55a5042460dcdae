// Package stale compares the generated files of a package with what its directives ask for:
//
//	pkg := &stale.Package{Fset: pass.Fset, Files: pass.Files, Types: pass.Pkg, Info: pass.TypesInfo}
//	found, problems := pkg.Find()
//	if len(problems) == 0 {
//		files, err := pkg.Stale(found) // generated files that are missing, stale, left over or in the way
//		…
//	}
//
// An analyzer has one package as the compiler sees it, and loads nothing. What is stale here is what
// "retrygen -check" reports, as far as the present platform shows it.
package stale

import (
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
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/render"
)

// Package is one package as the compiler sees it on the present platform, with all its files and function bodies.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File // with comments, generated files included
	Types *types.Package
	Info  *types.Info

	Each     func(*directive.Func) // is called with what Find returns; nil for no call
	Rendered func(*ast.File) bool  // reports whether a file has been rendered and is not on the disk; nil if all are

	once sync.Once
	own  map[*ast.File]bool
}

// Own reports whether a file of the package is retrygen's own: written by it, and free to be overwritten by it.
func (p *Package) Own(file *ast.File) bool {
	p.once.Do(func() {
		p.own = map[*ast.File]bool{}
		for _, file := range p.Files {
			p.own[file] = p.isOwn(file)
		}
	})
	return p.own[file]
}

// isOwn is Own, from the file on the disk.
func (p *Package) isOwn(file *ast.File) bool {
	if p.Rendered != nil && p.Rendered(file) {
		return true
	}
	name := p.name(file)
	if output.SourceOf(filepath.Base(name)) == "" {
		return false
	}
	src, err := os.ReadFile(name)
	return err == nil && output.Own(filepath.Base(name), src)
}

// Find returns what the directives of the package ask for, and the mistakes in them.
func (p *Package) Find() (*directive.Found, []directive.Problem) {
	var sources []*ast.File
	for _, file := range p.Files {
		if !p.Own(file) {
			sources = append(sources, file)
		}
	}
	found, problems := directive.Find(&directive.Package{
		Fset: p.Fset, Files: sources, Types: p.Types, Info: p.Info, Import: p.imported,
		Written:  p.written(),
		Optional: p.optional(sources),
		Varies:   p.varies(),
	})
	if p.Each != nil {
		for _, fn := range found.All() {
			p.Each(fn)
		}
	}
	return found, problems
}

// written tells positions in files that retrygen has written.
func (p *Package) written() func(token.Pos) bool {
	written := map[*token.File]bool{}
	for _, file := range p.Files {
		if p.Own(file) {
			written[p.Fset.File(file.FileStart)] = true
		}
	}
	return func(pos token.Pos) bool { return written[p.Fset.File(pos)] }
}

// imported returns a package that the files import; the types of others are known in part at best.
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
			s := &load.Source{Name: filepath.Base(p.name(file)), File: file}
			if src, err := os.ReadFile(p.name(file)); err == nil { // unreadable: it counts as unrestricted
				s.Src = src
			}
			all[file] = load.Restriction(s)
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

// varies tells policy constants whose value depends on the platform, as far as the package itself shows it.
func (p *Package) varies() func(*types.Const, *ast.File) string {
	folder := sync.OnceValue(func() *load.Folder {
		f, err := load.ReadFolder(filepath.Dir(p.name(p.Files[0])), p.Types.Path())
		if err != nil {
			return nil // comparing the generated files reports it
		}
		f.Parse(token.NewFileSet())
		return f
	})
	return func(c *types.Const, use *ast.File) string {
		if c.Pkg() != p.Types || folder() == nil {
			return ""
		}
		s := source(folder(), filepath.Base(p.name(use)))
		if s == nil {
			return ""
		}
		return load.ConstantVaries(folder(), c.Pkg().Name(), c.Name(), s)
	}
}

// name is the path of a file, or of the original if cgo has rewritten it.
func (p *Package) name(file *ast.File) string { return p.Fset.Position(file.Package).Filename }

// File is a generated file that is not what the directives ask for.
type File struct {
	Pos  token.Pos // of the first directive in the source; of an orphan, in the orphan
	Name string    // base name of the generated file
	Kind Kind
}

// Kind says what is wrong with a generated file.
type Kind int

// The kinds.
const (
	Missing  Kind = iota
	Differs       // stale, or edited by hand
	Orphan        // no directive asks for it any more
	InTheWay      // retrygen did not write it
)

// Stale renders the generated files of the package again and compares them with what is there. What was found must
// come from [Package.Find], without problems. Files that cgo rewrites are passed over, for their types are the rewritten
// ones.
func (p *Package) Stale(found *directive.Found) ([]File, error) {
	if len(p.Files) == 0 {
		return nil, nil
	}
	dir := filepath.Dir(p.name(p.Files[0]))
	f, err := load.ReadFolder(dir, p.Types.Path())
	if err != nil {
		return nil, err
	}
	f.Parse(token.NewFileSet())
	pkg := &render.Package{
		Path: p.Types.Path(), Types: p.Types, Info: p.Info, Found: found,
		Declared: f.Declared(p.Types.Name()), Written: p.written(),
	}
	var list []File
	asked, wrappers := map[string]bool{}, load.Wrappers(found)
	for _, file := range p.Files {
		s := source(f, filepath.Base(p.name(file)))
		if s == nil || s.Own || wrappers[file] == 0 {
			continue
		}
		asked[output.Name(s.Name)] = true
		if p.Fset.PositionFor(file.Package, false).Filename != p.name(file) {
			continue
		}
		text, err := render.File(&render.Input{Package: pkg, Source: file, Constraint: load.Constraint(s)})
		if _, ok := errors.AsType[*render.Error](err); ok {
			continue // the generator says why there is no file
		}
		if err != nil {
			return nil, err
		}
		if kind, ok := compare(f, s, text); !ok {
			list = append(list, File{first(found, file), output.Name(s.Name), kind})
		}
	}
	for _, file := range p.Files {
		name := filepath.Base(p.name(file))
		if p.Own(file) && !asked[name] && strings.HasSuffix(name, ".go") {
			list = append(list, File{file.Package, name, Orphan})
		}
	}
	return list, nil
}

// first returns the position of the first directive in a file.
func first(found *directive.Found, file *ast.File) token.Pos {
	pos := file.FileEnd
	for _, fn := range found.Funcs {
		if fn.File == file {
			pos = min(pos, fn.Pos)
		}
	}
	for _, d := range found.Decorators {
		if d.File == file {
			pos = min(pos, d.Pos)
		}
	}
	return pos
}

// source returns a file of the folder by its name, nil if there is none.
func source(f *load.Folder, name string) *load.Source {
	for _, s := range f.Files {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// compare says what is wrong with the generated file of a source that should hold a text; ok means nothing.
func compare(f *load.Folder, of *load.Source, text []byte) (kind Kind, ok bool) {
	name := output.Name(of.Name)
	s := source(f, name)
	switch {
	case s == nil:
		if _, err := os.Lstat(filepath.Join(f.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return InTheWay, false
		}
		return Missing, false
	case !s.Own:
		return InTheWay, false
	}
	return Differs, output.Same(s.Src, output.Merge(name, s.Src, text, of.Src, ""))
}
